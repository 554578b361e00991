"""The documentation site: `make docs` builds it into docs/_build/html, every notebook executed."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_extensions"))

from segnn import __version__

# Commands in notebooks print as into a file: no moving bars, no colours, whatever the kernel says.
os.environ.update(TTY_COMPATIBLE="0", TTY_INTERACTIVE="0", COLUMNS="96")

project = "segnn"
author = copyright = "the developers of segnn"
version = release = __version__
html_title = f"segnn {version}"

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "accessible",
    "cli_page",
    "live_pages",
    "native_math",
    "results_pages",
    "typography",
]
exclude_patterns = ["_build", "jupyter_execute"]

# Headings are link targets, so that pages may point into each other; $...$ is mathematics.
myst_heading_anchors = 4
myst_enable_extensions = ["dollarmath", "colon_fence", "deflist"]

# A cell that fails, or that takes longer than a reader would wait, fails the build.
nb_execution_mode = "cache"
nb_execution_raise_on_error = True
nb_execution_timeout = 400
nb_execution_show_tb = True
nb_merge_streams = True
nb_render_markdown_format = "myst"

# A name in single backquotes of a docstring is code, and a link where the page has what it names.
default_role = "py:obj"

# Two hyphens begin an option; they are no dash.
smartquotes = False

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
maximum_signature_line_length = 80
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True

# Nothing is fetched when a page is read: no fonts, no scripts from elsewhere.
html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["segnn.css"]
html_copy_source = False
html_show_sphinx = False
pygments_style = "xcode"
pygments_dark_style = "native"
