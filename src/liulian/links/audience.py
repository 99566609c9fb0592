"""Audience (允许访问的平台类型): who may open a link. AND across the axes, OR inside one, empty means everyone.

Bots are `other` on both axes of the device and are judged by the same rules as people.
"""

from dataclasses import dataclass
from typing import Final

from liulian.visitors.apps import CONTAINERS, Kind
from liulian.visitors.model import VisitorClass

SYSTEMS = ("iOS", "Android", "HarmonyOS", "Windows", "macOS", "Linux", "other")
FORMS = ("mobile", "tablet", "desktop")
DESKTOP_SYSTEMS = ("Windows", "macOS", "Linux")  # What `PC` stands for.
OPENERS = tuple(app.id for app in CONTAINERS if app.kind is not Kind.BOT)  # With `browser` and `webview`.


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Names out of SYSTEMS, FORMS and OPENERS."""

    systems: frozenset[str] = frozenset()
    forms: frozenset[str] = frozenset()
    containers: frozenset[str] = frozenset()

    def allows_device(self, visitor: VisitorClass) -> bool:
        """Tell whether system and form are among those that may open the link."""
        system_fits = not self.systems or visitor.system in self.systems
        form_fits = not self.forms or visitor.form in self.forms
        return system_fits and form_fits

    def allows_container(self, visitor: VisitorClass) -> bool:
        """Tell whether the app, or the browser, is among those that may open the link."""
        return not self.containers or visitor.container in self.containers


EVERYONE: Final = Audience()
