"""What a release states: one version everywhere, a changelog in its form, links that lead
somewhere, files of the project's life.
"""

import re

import pytest
import yaml

from .sources import ROOT

tomllib = pytest.importorskip("tomllib", reason="Python 3.10 does not read TOML")


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


PROJECT = tomllib.loads(read("pyproject.toml"))["project"]


def test_one_version():
    cited = yaml.safe_load(read("CITATION.cff"))
    assert cited["version"] == PROJECT["version"]
    assert cited["preferred-citation"]["year"] == 2022
    newest = re.search(r"^## \[?(\d+\.\d+\.\d+)\]?", read("CHANGELOG.md"), re.MULTILINE)
    assert newest[1] == PROJECT["version"]


def test_changelog_is_kept():
    """Versions in falling order, the newest first and alone unreleased; dates as ISO writes them
    (keepachangelog.com).
    """
    heads = re.findall(r"^## (.*)$", read("CHANGELOG.md"), re.MULTILINE)
    form = re.compile(r"\[?(\d+)\.(\d+)\.(\d+)\]?(?: - \d{4}-\d\d-\d\d| \(unreleased\))?")
    assert [head for head in heads if not form.fullmatch(head)] == []
    versions = [tuple(map(int, form.fullmatch(head).groups())) for head in heads]
    assert versions == sorted(set(versions), reverse=True)
    assert not any("(unreleased)" in head for head in heads[1:])


def test_links_lead_somewhere():
    """No invented hosts: an address is entered when there is one."""
    assert all(url.startswith("https://arxiv.org/") for url in PROJECT["urls"].values())


def test_every_python_is_classified():
    versions = [c.rsplit(" ", 1)[1] for c in PROJECT["classifiers"] if ":: 3." in c]
    assert versions == ["3.10", "3.11", "3.12", "3.13"]
    assert PROJECT["requires-python"] == f">={versions[0]}"


@pytest.mark.parametrize("name", ["bug", "physics", "slow"])
def test_issue_forms(name):
    form = yaml.safe_load(read(f".github/ISSUE_TEMPLATE/{name}.yml"))
    assert {"name", "description", "body"} <= form.keys()
    identifiers = [part["id"] for part in form["body"]]
    assert len(set(identifiers)) == len(identifiers)
    assert all(part["attributes"]["label"] for part in form["body"])


def test_workflow_and_hooks_call_what_developers_call():
    """Targets of the Makefile, programs of its environment; no second list of checks."""
    targets = set(re.findall(r"^([\w-]+):", read("Makefile"), re.MULTILINE))
    jobs = yaml.safe_load(read(".github/workflows/ci.yml"))["jobs"]
    called = set(jobs["checks"]["strategy"]["matrix"]["target"])
    for job in jobs.values():
        for step in job["steps"]:
            called |= set(re.findall(r"make (\w[\w-]*)", step.get("run", "")))
    assert called <= targets
    assert {"lint", "test", "docs", "release-check", "versions", "quick"} <= called
    (hooks,) = yaml.safe_load(read(".pre-commit-config.yaml"))["repos"]
    lint = re.search(r"^lint:.*\n((?:\t.*\n)+)", read("Makefile"), re.MULTILINE)[1]
    for hook in hooks["hooks"]:
        program = hook["entry"].removeprefix(".venv/bin/")
        assert program in lint, hook["entry"]
