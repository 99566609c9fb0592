"""Both languages say the same things, and every sentence that the code asks for exists."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from liulian.base.i18n import Language, catalogue

SOURCE = Path(__file__).parents[2] / "src" / "liulian"
KEYS = sorted(catalogue(Language.ZH).keys() | catalogue(Language.EN).keys())


def places(sentence: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(sentence) if name is not None)


def asked_keys() -> Iterator[str]:
    """Yield the keys that modules and templates name in full: `text(language, "area.key")` and `t("area.key")`."""
    for module in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id="text"), args=[_, ast.Constant(value=str(key)), *_]):
                    yield key
    for template in SOURCE.rglob("*.html"):
        yield from re.findall(r"\bt(?:ext)?\(\s*[\"']([\w.-]+)[\"']\s*[,)]", template.read_text(encoding="utf-8"))


def test_both_languages_have_the_same_areas() -> None:
    files = {
        language: {path.name for path in (SOURCE / "base" / "locales" / language).iterdir()} for language in Language
    }
    assert files[Language.ZH] == files[Language.EN]


def test_both_languages_have_the_same_sentences() -> None:
    assert catalogue(Language.ZH).keys() == catalogue(Language.EN).keys()


@pytest.mark.parametrize("key", KEYS)
def test_sentence_has_the_same_places_in_both_languages(key: str) -> None:
    assert places(catalogue(Language.ZH)[key]) == places(catalogue(Language.EN)[key])


@pytest.mark.parametrize("key", KEYS)
def test_sentence_is_there_and_does_not_shout(key: str) -> None:
    for language in Language:
        sentence = catalogue(language)[key]
        assert sentence.strip() == sentence != ""
        assert "!" not in sentence
        assert "\uff01" not in sentence


@pytest.mark.parametrize("key", KEYS)
def test_chinese_is_written_with_full_width_punctuation(key: str) -> None:
    assert not re.search(r"[\u4e00-\u9fff][,;:?]|[,;:?][\u4e00-\u9fff]", catalogue(Language.ZH)[key])


def test_every_sentence_asked_for_exists() -> None:
    assert set(asked_keys()) <= set(KEYS)
