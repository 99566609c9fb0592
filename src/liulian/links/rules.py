"""Read guard, audience and expiry as callers send them, and give them back in canonical order and spelling. Pure.

What comes in is JSON of any shape; every refused field is named at once. Names may be written in any case.
"""

import re
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar

from liulian.base.errors import FieldError, FieldRefused
from liulian.links.app_urls import parse_app_url
from liulian.links.audience import DESKTOP_SYSTEMS, EVERYONE, FORMS, OPENERS, SYSTEMS, Audience
from liulian.links.guard import DEFAULT_PRESET, GUARDABLE, NO_GUARD, PRESETS, Guard, Mode, preset_of

NAMES_MAX = 64  # Twice as many as there are names; a longer list is noise.
UNKNOWN_SHOWN_MAX = 20  # Unknown fields named in one answer.
CUSTOM = "custom"  # The preset of a choice that is none.
PC = "PC"  # Among the systems: the three of computers.
MODES = tuple(mode.value for mode in Mode)
GUARD_APPS = tuple(name for name in OPENERS if name in GUARDABLE)

_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE)

T = TypeVar("T")


def read_guard(value: object, *, own_hosts: Collection[str]) -> tuple[Guard, tuple[FieldError, ...]]:
    """Return the guard that is meant by an object with `mode`, `apps`, `preset`, `app_url`, all optional.

    None is no guard. Without a mode the rest says what is meant; without apps it is the usual ones of the mode.
    """
    if value is None:
        return NO_GUARD, ()
    fields = _Fields(value, ("mode", "apps", "preset", "app_url"), within="guard")
    mode = fields.read("mode", partial(_one_of, MODES))
    preset = fields.read("preset", partial(_one_of, (*PRESETS, CUSTOM)))
    apps = fields.read_names("apps", GUARD_APPS)
    app_url = fields.read("app_url", partial(_app_url, own_hosts=own_hosts))
    guard = NO_GUARD
    if not fields.errors:
        guard = _guard(mode, apps=apps, preset=preset, app_url=app_url, refuse=fields.refuse)
    return guard, tuple(fields.errors)


def read_audience(value: object) -> tuple[Audience, tuple[FieldError, ...]]:
    """Return the audience that is meant by an object with `systems`, `forms`, `containers`, all optional.

    None is everyone. `PC` among the systems stands for the three of computers.
    """
    if value is None:
        return EVERYONE, ()
    fields = _Fields(value, ("systems", "forms", "containers"), within="audience")
    systems = fields.read_names("systems", (*SYSTEMS, PC))
    forms, containers = fields.read_names("forms", FORMS), fields.read_names("containers", OPENERS)
    if PC in systems:
        systems = systems - {PC} | frozenset(DESKTOP_SYSTEMS)
    return Audience(systems=systems, forms=forms, containers=containers), tuple(fields.errors)


def read_expiry(value: object) -> datetime | None:
    """Return the instant of an RFC 3339 text, in UTC; None: never. Raises FieldRefused."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise FieldRefused("field_type")
    if _RFC_3339.fullmatch(value):
        try:
            return datetime.fromisoformat(value.upper()).astimezone(UTC)
        except (ValueError, OverflowError):  # No calendar has it, or it leaves the calendar in UTC.
            pass
    raise FieldRefused("expires_at_form")


def shown_guard(guard: Guard) -> dict[str, Any]:
    """Return a guard as the API shows it, in an order that is always the same."""
    apps = [name for name in GUARD_APPS if name in guard.apps]
    return {"mode": guard.mode.value, "apps": apps, "preset": preset_of(guard), "app_url": guard.app_url}


def shown_audience(audience: Audience) -> dict[str, list[str]]:
    """Return an audience as the API shows it, in an order that is always the same."""
    return {
        "systems": [name for name in SYSTEMS if name in audience.systems],
        "forms": [name for name in FORMS if name in audience.forms],
        "containers": [name for name in OPENERS if name in audience.containers],
    }


class _Fields:
    """The members of one object, read one by one. What is refused is collected in `errors`."""

    def __init__(self, value: object, known: Sequence[str], *, within: str) -> None:
        self.errors: list[FieldError] = []
        self._within = within
        self._given: dict[Any, object] = {}
        if isinstance(value, dict):
            self._given = value
            unknown = sorted(str(name) for name in value if name not in known)
            self.errors += [
                FieldError(f"{within}.{name[:100]}", "field_unknown") for name in unknown[:UNKNOWN_SHOWN_MAX]
            ]
        else:
            self.errors.append(FieldError(within, "field_type"))

    def refuse(self, name: str, refused: FieldRefused) -> None:
        self.errors.append(refused.of(f"{self._within}.{name}"))

    def read(self, name: str, check: Callable[[object], T]) -> T | None:
        """Return what `check` makes of a member, None where there is none or it is refused."""
        if name not in self._given:
            return None
        return self._accept(name, self._given[name], check)

    def read_names(self, name: str, allowed: Sequence[str]) -> frozenset[str]:
        """Return the names of a list, in our spelling."""
        listed = self._given.get(name, [])
        if not isinstance(listed, list):
            self.refuse(name, FieldRefused("field_type"))
            return frozenset()
        if len(listed) > NAMES_MAX:
            self.refuse(name, FieldRefused("names_count", max=NAMES_MAX))
            return frozenset()
        check = partial(_one_of, allowed)
        read = [self._accept(f"{name}[{index}]", item, check) for index, item in enumerate(listed)]
        return frozenset(item for item in read if item is not None)

    def _accept(self, name: str, item: object, check: Callable[[object], T]) -> T | None:
        try:
            return check(item)
        except FieldRefused as refused:
            self.refuse(name, refused)
            return None


def _one_of(allowed: Sequence[str], item: object) -> str:
    """Return the allowed name that is meant, whatever its case. Raises FieldRefused."""
    if not isinstance(item, str):
        raise FieldRefused("field_type")
    wished = item.strip().lower()
    for name in allowed:
        if name.lower() == wished:
            return name
    raise FieldRefused("choice_unknown", name=item.strip()[:40], allowed=", ".join(allowed))


def _app_url(item: object, *, own_hosts: Collection[str]) -> str | None:
    if item is None:
        return None
    if not isinstance(item, str):
        raise FieldRefused("field_type")
    return parse_app_url(item, own_hosts=own_hosts)


def _guard(
    mode: str | None,
    *,
    apps: frozenset[str],
    preset: str | None,
    app_url: str | None,
    refuse: Callable[[str, FieldRefused], None],
) -> Guard:
    """Return one guard out of four answers that may leave things open, or contradict each other.

    A mode decides whether there is a guard. Beside one that guards, the preset `none` names no apps and says nothing
    more: who fills in every field must not lose the guard. Without a mode `none` is no guard.
    """
    if mode is None and preset == "none" and not apps:
        return NO_GUARD
    if mode is not None and preset == "none":
        preset = None
    mode = mode or _usual_mode(apps=apps, preset=preset, app_url=app_url)
    if mode == Mode.DIRECT:
        return NO_GUARD
    named = PRESETS.get(preset or CUSTOM, frozenset())
    if apps and preset in PRESETS and named != apps:
        refuse("preset", FieldRefused("guard_preset_apps"))
    if mode == Mode.APP and app_url is None:
        refuse("app_url", FieldRefused("app_url_required"))
    usual = "all" if mode == Mode.APP else DEFAULT_PRESET  # In the two of the usual preset no app's address works.
    return Guard(mode=Mode(mode), apps=apps or named or PRESETS[usual], app_url=app_url)


def _usual_mode(*, apps: frozenset[str], preset: str | None, app_url: str | None) -> str:
    if app_url is not None:
        return Mode.APP
    return Mode.GUIDE if apps or preset in PRESETS else Mode.DIRECT
