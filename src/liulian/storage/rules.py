"""How guard and audience are kept in a column each: compact JSON, null for the usual. Texts only, no SQL.

A choice that is a preset is kept as the name of the preset: an app that joins the table later is then part of it.
"""

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any

import msgspec

from liulian.links.audience import EVERYONE, FORMS, OPENERS, SYSTEMS, Audience
from liulian.links.guard import NO_GUARD, PRESETS, Guard, Mode

REMEMBERED = 4096  # Equal texts share one value: a hundred thousand guarded links have few different guards.


def guard_text(guard: Guard) -> str | None:
    """Return what is stored of a guard; None for a link that goes straight through."""
    if guard == NO_GUARD:
        return None
    preset = next((name for name, apps in PRESETS.items() if apps == guard.apps), None)
    apps = preset or _in_order(guard.apps, OPENERS)
    return _packed({"mode": guard.mode.value, "apps": apps, "app_url": guard.app_url})


def audience_text(audience: Audience) -> str | None:
    """Return what is stored of an audience; None for everyone."""
    if audience == EVERYONE:
        return None
    systems, forms = _in_order(audience.systems, SYSTEMS), _in_order(audience.forms, FORMS)
    return _packed({"systems": systems, "forms": forms, "containers": _in_order(audience.containers, OPENERS)})


@lru_cache(REMEMBERED)
def read_guard(text: str) -> Guard:
    """Return the guard that was stored as `text`."""
    kept = msgspec.json.decode(text)
    apps = kept["apps"]
    chosen = PRESETS[apps] if isinstance(apps, str) else frozenset(apps)
    return Guard(mode=Mode(kept["mode"]), apps=chosen, app_url=kept.get("app_url"))


@lru_cache(REMEMBERED)
def read_audience(text: str) -> Audience:
    """Return the audience that was stored as `text`."""
    return Audience(**{axis: frozenset(names) for axis, names in msgspec.json.decode(text).items()})


def _in_order(names: Collection[str], order: Sequence[str]) -> list[str]:
    return [name for name in order if name in names]


def _packed(members: dict[str, Any]) -> str:
    return msgspec.json.encode({name: value for name, value in members.items() if value}).decode()
