"""Where lines must not break: within a number such as 10 000, between a figure and its spread or
its percent; and a minus that is no hyphen. In running text and tables, never in code.
"""

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

SPACE, MINUS = "\u00a0", "\u2212"
THOUSANDS = re.compile(r"(?<=\d) (?=\d{3}(?!\d))")  # 10 000
SIGNS = re.compile(r"(?:^|(?<=[\d)])) ([±×%])( (?=\d))?")  # 0.1 ± 0.2, 5 %
BOUNDS = re.compile(r"(?<=[≥≤]) (?=\d)")  # ≥ 2
NEGATIVE = re.compile(r"(?<=\de)-(?=\d)|(?<![\w)])-(?=\d)")  # 4e-15, -9 %
CODE = (nodes.literal, nodes.literal_block, nodes.math, nodes.math_block, nodes.raw, nodes.comment)


class Typography(SphinxTransform):
    """Applies the rules to every text of a page that is no code."""

    default_priority = 800

    def apply(self, **kwargs: Any) -> None:
        for text in list(self.document.findall(nodes.Text)):
            if isinstance(text.parent, CODE) or text.parent is None:
                continue
            new = THOUSANDS.sub(SPACE, str(text))
            new = SIGNS.sub(lambda m: SPACE + m[1] + (SPACE if m[2] else ""), new)
            new = BOUNDS.sub(SPACE, new)
            new = NEGATIVE.sub(MINUS, new)
            if new != text:
                text.parent.replace(text, nodes.Text(new))


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_transform(Typography)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
