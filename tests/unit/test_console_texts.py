"""Every sentence of the console exists in both languages, is used, and stands nowhere but in the locales."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from liulian.base.i18n import Language, catalogue

CONSOLE = Path(__file__).parents[2] / "frontend/console"
PROGRAM = Path(__file__).parents[2] / "src/liulian"
LANGUAGES = ("zh-CN", "en")
SOURCES = sorted(path for path in CONSOLE.rglob("*") if path.suffix in {".vue", ".ts"})
COMPONENTS = [path for path in SOURCES if path.suffix == ".vue"]

# `"domains.title"`, wherever it stands: in t(…), in a route's meta, in a list of tabs.
WHOLE_KEY = re.compile(r"""(?<!=)["'`]([a-z_]+\.[a-z0-9_]+)["'`]""")
# `role.${x}_text`: a key of which only the beginning, and perhaps the end, is fixed.
MADE_KEY = re.compile(r"`([a-z_]+\.[a-z0-9_]*)\$\{[^}]*\}([a-z0-9_]*)`")
CALLED_KEY = re.compile(r"""\bt\(\s*["']([^"']+)["']""")
# `audit.record(actor, "link.deleted"`, `record_security(user, "user.disabled"`, `join(…, action="member.joined"`.
RECORDED = re.compile(r"""(?:\b(?:_?record|_note|record_security|join)\([^)"]*|\baction = )"([a-z_]+)\.[a-z_]+\"""")
PLACE = re.compile(r"\{(\w+)\}")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
EXPRESSION = re.compile(r"\{\{.*?\}\}", re.DOTALL)
WORD = re.compile(r"[^\W\d_]{2,}")
SPOKEN = {"title", "aria-label", "placeholder", "label", "alt", "text", "help", "content"}


def _sentences(language: str) -> dict[str, str]:
    areas = (CONSOLE / "locales" / language).glob("*.json")
    return {
        f"{area.stem}.{key}": sentence
        for area in areas
        for key, sentence in json.loads(area.read_text(encoding="utf-8")).items()
    }


def _source() -> str:
    return COMMENT.sub("", "\n".join(path.read_text(encoding="utf-8") for path in SOURCES))


def test_both_languages_have_the_same_sentences_with_the_same_places() -> None:
    chinese, english = map(_sentences, LANGUAGES)

    assert sorted(set(chinese) ^ set(english)) == []
    assert [key for key in chinese if set(PLACE.findall(chinese[key])) != set(PLACE.findall(english[key]))] == []
    assert [key for each in (chinese, english) for key, sentence in each.items() if not sentence.strip()] == []


def test_every_key_that_is_asked_for_exists() -> None:
    known = _sentences("en")
    areas = {key.partition(".")[0] for key in known}
    asked = {key for key in WHOLE_KEY.findall(_source()) if key.partition(".")[0] in areas and not key.endswith(".ts")}

    assert sorted(set(CALLED_KEY.findall(_source())) - set(known)) == []
    assert sorted(key for key in asked if key not in known and not _is_name_of_something_else(key)) == []


def test_every_key_is_used() -> None:
    source = _source()
    whole, made = set(WHOLE_KEY.findall(source)), MADE_KEY.findall(source)
    unused = [
        key
        for key in _sentences("en")
        if key not in whole and not any(key.startswith(begin) and key.endswith(end) for begin, end in made)
    ]

    assert unused == []


def test_everything_that_the_audit_log_can_say_has_a_sentence() -> None:
    known = {key.removeprefix("audit.") for key in _sentences("en") if key.startswith("audit.")}
    written = _audited()

    assert len(written) > 30
    assert sorted(action for action in written if action.replace(".", "_") not in known) == []


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.name)
def test_no_words_stand_in_a_template(path: Path) -> None:
    template = re.search(r"^<template>$(.*)^</template>$", path.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    finder = _Words()
    finder.feed(EXPRESSION.sub("", template[1] if template else ""))

    assert finder.found == []


def _audited() -> set[str]:
    """Return what the program writes into its log: words of the kinds that are recorded anywhere as a plain word."""
    sources = [path.read_text(encoding="utf-8") for path in PROGRAM.rglob("*.py")]
    kinds = {kind for source in sources for kind in RECORDED.findall(source)}
    words = {word for source in sources for word in re.findall(r'"([a-z_]+\.[a-z_]+)"', source)}
    return {word for word in words if word.partition(".")[0] in kinds and not _is_name_of_something_else(word)}


def _is_name_of_something_else(key: str) -> bool:
    """Tell whether what looks like a key is a name of what the browser keeps, `liulian.workspace`, of a file, or of a
    sentence of a server page."""
    return key.startswith("liulian.") or key.endswith((".csv", ".json", ".zip")) or key in catalogue(Language.EN)


class _Words(HTMLParser):
    """Collects words between tags and in attributes that people read."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        if WORD.search(data):
            self.found.append(data.strip())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [f"{name}={value}" for name, value in attrs if name in SPOKEN and value and WORD.search(value)]
