"""What is known of a visitor from the user agent alone, and the small number it is stored as.

A visitor class is container (an app of the table, `browser`, `webview` or `bot`) × system × form. There is exactly one
object for each combination, so that rules compiled per class can be kept in a dict by identity or by code. The code is
written to the spool with every click: tables are append-only, and a test pins every number.
"""

from dataclasses import dataclass

from liulian.visitors.apps import EVERY_ROW

# Append only; the position is part of the code. At most 8 each.
SYSTEMS = ("other", "iOS", "Android", "HarmonyOS", "Windows", "macOS", "Linux")
FORMS = ("other", "mobile", "tablet", "desktop")

_SYSTEM_SHIFT, _CONTAINER_SHIFT = 3, 6  # Leaves 1,023 containers below 65,536.


@dataclass(frozen=True, slots=True)
class VisitorClass:
    """One kind of visitor. `form` is `other` for bots only. Made here, compared by identity or by `code`."""

    container: str
    system: str
    form: str
    code: int


def _every_class() -> list[VisitorClass]:
    return [
        VisitorClass(
            app.id, system, form, app.number << _CONTAINER_SHIFT | system_number << _SYSTEM_SHIFT | form_number
        )
        for app in EVERY_ROW
        for system_number, system in enumerate(SYSTEMS)
        for form_number, form in enumerate(FORMS)
    ]


_BY_CODE = {known.code: known for known in _every_class()}
_BY_NAMES = {(known.container, known.system, known.form): known for known in _BY_CODE.values()}


def visitor_class(code: int) -> VisitorClass:
    """Return the class stored as `code`. Raises KeyError for a number that was never given."""
    return _BY_CODE[code]


def class_named(container: str, *, system: str, form: str) -> VisitorClass:
    """Return the class of these three names. Raises KeyError for a name that is in no table."""
    return _BY_NAMES[container, system, form]


BOT = class_named("bot", system="other", form="other")
