"""What the home page of a member is made of: panels in their order, each of a module of its own.

A part of the community gives `async def X_panel(tx, asking, now) -> Panel | None` in its page module, and a template
`member/_X.html` that is given the panel's `shown` as `panel`, beside what every page has. None: nothing to show. A
panel that fails is left out and told to the log: the page stands without it. Never writes.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import import_module

from liulian.base.log import logger
from liulian.community.people import MemberActor
from liulian.storage.database import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One part of the page. `shown` is what its template calls `panel`; `name` is filled in from the registry."""

    template: str
    shown: object
    name: str = ""


Show = Callable[[Transaction, MemberActor, datetime], Awaitable[Panel | None]]

# In the order of the page; where each comes from: `module:function` below `liulian.web.members`. Above the act of the
# day is what it is for, and the act itself; below, what came of it. They are named, not imported: each imports `Panel`.
ABOVE = {
    "purpose": "home:purpose_panel",
    "goals": "checkin:goals_panel",
    "ritual": "rituals:ritual_panel",
}
ACT = {"check_in": "checkin:check_in_panel"}
BELOW = {
    "streak": "checkin:streak_panel",
    "league": "league:league_panel",
    "badges": "badges:badges_panel",
    "tests": "tests:tests_panel",
    "calendar": "calendar:calendar_panel",
    "exchange": "exchange:exchange_panel",
    "broadcast": "broadcast:broadcast_panel",
    "data": "me:me_panel",
}


async def panels_of(
    places: Iterable[tuple[str, str]], tx: Transaction, asking: MemberActor, now: datetime
) -> list[Panel]:
    """Return the panels of some places (name, where it comes from) that there are now, in the same order."""
    found = [await _panel_of(name, where, tx, asking, now) for name, where in places]
    return [panel for panel in found if panel is not None]


async def _panel_of(name: str, where: str, tx: Transaction, asking: MemberActor, now: datetime) -> Panel | None:
    try:
        show = shower(where)
        panel = None if show is None else await show(tx, asking, now)
    except Exception as error:  # noqa: BLE001 - One part that fails takes nothing from the others.
        logger.error("panel_failed", panel=name, problem=type(error).__name__)
        return None
    return None if panel is None else Panel(template=panel.template, shown=panel.shown, name=name)


@cache
def shower(where: str) -> Show | None:
    """Return the function that `module:function` names, None where there is none."""
    module, _, function = where.partition(":")
    try:
        show: Show | None = getattr(import_module(f"liulian.web.members.{module}"), function, None)
    except ModuleNotFoundError:
        return None
    return show
