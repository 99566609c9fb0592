"""What the documentation names is there: files, headings, commands, settings, metrics and sources."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from liulian.base.meters import Meter
from liulian.cli import app
from liulian.config import PREFIX, SETTINGS
from liulian.web import metrics

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FOR_TESTS = {"LIULIAN_REQUIRE_ALL", "LIULIAN_TEST_DATABASE_URL", "LIULIAN_KILLS"}

_CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)
_MAKE = re.compile(r"(?<![\w./-])make(?: [A-Z]+=\S+)* ([a-z][a-z-]*)")
_COMMAND = re.compile(r"(?<![\w./-])(?:\.venv/bin/)?liulian ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?")
_SETTING = re.compile(r"\bLIULIAN_[A-Z_]+[A-Z]\b")
_METRIC = re.compile(r"\bliulian_[a-z_]+[a-z]\b")
_SOURCE = re.compile(r"`((?:[\w.-]+/)+[\w.-]+\.(?:py|ts|txt|toml|css|html|json)|[a-z_]+\.py)`")


def _texts(pattern: re.Pattern[str], *, code_only: bool = True) -> Iterator[tuple[Path, re.Match[str]]]:
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for part in _CODE.findall(text) if code_only else [text]:
            for match in pattern.finditer(part):
                yield page, match


def _anchors(page: Path) -> set[str]:
    """Return the anchors of a page as forges make them: small letters, words joined by hyphens, marks left out."""
    headings = _HEADING.findall(_CODE.sub(_without_hashes, page.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _without_hashes(code: re.Match[str]) -> str:
    return code[0].replace("#", "").replace("`", "")


def _is_broken(page: Path, target: str) -> bool:
    path, _, anchor = target.partition("#")
    file = (page.parent / path).resolve() if path else page
    return not file.exists() or (file.suffix == ".md" and bool(anchor) and anchor not in _anchors(file))


def _is_command(name: str, below: str | None) -> bool:
    """Tell whether `liulian name` exists, and what stands behind it where that names a command of a group."""
    whole = get_command(app)
    assert isinstance(whole, TyperGroup)
    command = whole.commands.get(name)
    return command is not None and (not isinstance(command, TyperGroup) or below is None or below in command.commands)


def test_every_relative_link_leads_somewhere() -> None:
    links = [(page, match[1]) for page, match in _texts(_LINK, code_only=False) if "://" not in match[1]]
    assert [(page.name, target) for page, target in links if _is_broken(page, target)] == []


def test_every_make_command_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)[0].split())
    assert {match[1] for _, match in _texts(_MAKE)} <= targets


def test_every_liulian_command_exists() -> None:
    unknown = [match[0] for _, match in _texts(_COMMAND) if not _is_command(match[1], match[2])]
    assert unknown == []


def test_every_setting_exists() -> None:
    known = {PREFIX + setting.name for setting in SETTINGS} | FOR_TESTS
    assert {match[0] for _, match in _texts(_SETTING, code_only=False)} <= known


def test_every_metric_exists_and_is_told() -> None:
    names = {
        sample.name for metric in metrics.ProcessCollector(ROOT / "nowhere").collect() for sample in metric.samples
    }
    assert len(names) == len(Meter)
    assert {match[0] for _, match in _texts(_METRIC)} == names


def test_every_source_exists() -> None:
    places = (ROOT, ROOT / "src" / "liulian", ROOT / "src")
    named = {match[1] for page, match in _texts(_SOURCE) if page.name != "CONTRIBUTING.md"}
    assert [name for name in sorted(named) if not any((place / name).exists() for place in places)] == []


@pytest.mark.parametrize("name", ["make-a-link.md", "statistics.md", "privacy.md", "README.md"])
def test_the_guide_is_there_in_both_languages(name: str) -> None:
    guide = ROOT / "docs" / "guide"
    headings = [
        len(_HEADING.findall((guide / language / name).read_text(encoding="utf-8"))) for language in ("zh", "en")
    ]
    assert headings[0] == headings[1] > 0
