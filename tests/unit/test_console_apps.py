"""What the console lets one choose of a guard and an audience is what the rules of links know, in the same order."""

import re
from pathlib import Path

from liulian.links.audience import FORMS, OPENERS, SYSTEMS
from liulian.links.guard import PRESETS
from liulian.links.rules import CUSTOM, GUARD_APPS, MODES

SOURCE = (Path(__file__).parents[2] / "frontend/console/links/apps.ts").read_text(encoding="utf-8")


def _list(name: str) -> list[str]:
    """Return the words of a list in the source, with those of the lists that are spread in it."""
    found = re.search(rf"const {name}\b[^=]*= \[(.*?)\]", SOURCE, re.DOTALL)
    assert found, name
    words: list[str] = []
    for spread, word in re.findall(r"\.\.\.(\w+)|\"([^\"]+)\"", found[1]):
        words += _list(spread) if spread else [word]
    return words


def test_console_knows_every_app_and_opener() -> None:
    assert set(_list("APPS")) == set(GUARD_APPS)
    assert set(_list("OPENERS")) == set(OPENERS)
    for name in ("APPS", "OPENERS"):
        assert len(_list(name)) == len(set(_list(name)))


def test_console_knows_every_system_form_preset_and_mode() -> None:
    assert _list("SYSTEMS") == list(SYSTEMS)
    assert _list("FORMS") == list(FORMS)
    assert _list("PRESETS") == [*PRESETS, CUSTOM]
    assert set(_list("MODES")) == set(MODES) - {"direct"}  # No mode at all is the preset `none`.
