"""What pyproject.toml cannot say: a package index shows the README without the files beside it, so
its links into the repository are left out there, and so is the picture.
"""

import re
from pathlib import Path

from setuptools import setup

README = (Path(__file__).parent / "README.md").read_text(encoding="utf-8")
PICTURE = re.compile(r"!\[[^\]]*\]\((?!https?:)[^)]*\)\n\n")
LINK = re.compile(r"\[([^\]]*)\]\((?!https?:)[^)]*\)")

setup(
    long_description=LINK.sub(r"\1", PICTURE.sub("", README)),
    long_description_content_type="text/markdown",
)
