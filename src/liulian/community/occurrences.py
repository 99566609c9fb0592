"""When a ritual takes place: its rule, with what was moved or cancelled, as instants. Pure.

An occurrence is named by its wall time by the rule and keeps that name when it is moved: calendars and the log of acts
speak of it so. A change of an occurrence that the rule no longer has means nothing.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from liulian.base.errors import FieldRefused
from liulian.community.days import zone_named
from liulian.community.model import Ritual, RitualChange
from liulian.community.recurrence import Rule, check_rule, instant_of, wall_of, wall_text, walls_of

# Wall time is at most 14 hours from UTC; two days are on the safe side, also where a clock is changed.
_AROUND = timedelta(days=2)
LISTED_MAX = 1_000  # Of all rituals together, in one answer.


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One time a ritual takes place. `wall` names it; instants are UTC. A cancelled one has the time it would have."""

    ritual: Ritual
    wall: str
    starts_at: datetime
    ends_at: datetime
    is_cancelled: bool = False
    is_moved: bool = False
    note: str | None = None


Changes = Mapping[str, RitualChange]


def rule_of(ritual: Ritual) -> Rule:
    """Return the rule of a stored ritual. Raises FieldRefused where it is no longer taken."""
    return _rule(ritual.rrule, ritual.starts_at, ritual.zone)


def occurrences_between(
    ritual: Ritual, changes: Iterable[RitualChange], *, from_at: datetime, until_at: datetime
) -> list[Occurrence]:
    """Return what begins in `[from_at, until_at)`, cancelled ones too, in the order of time.

    None for a rule that is no longer taken: what was stored under other rules must not take a page down.
    """
    try:
        rule = rule_of(ritual)
    except FieldRefused:
        return []
    changed = {change.occurrence: change for change in changes if change.ritual_id == ritual.id}
    zone = zone_named(ritual.zone)
    found = _possible(ritual, rule, changed, zone, from_at=from_at, until_at=until_at)
    return sorted((each for each in found if from_at <= each.starts_at < until_at), key=_in_order)


def all_between(
    rituals: Iterable[Ritual], changes: Iterable[RitualChange], *, from_at: datetime, until_at: datetime
) -> list[Occurrence]:
    """Return what begins in a window, of several rituals, in the order of time, at most LISTED_MAX."""
    changes = list(changes)
    found = [
        each for ritual in rituals for each in occurrences_between(ritual, changes, from_at=from_at, until_at=until_at)
    ]
    return sorted(found, key=_in_order)[:LISTED_MAX]


def changes_by_name(changes: Iterable[RitualChange], ritual: Ritual) -> dict[str, RitualChange]:
    """Return the changes of one ritual by the names of occurrences."""
    return {change.occurrence: change for change in changes if change.ritual_id == ritual.id}


@lru_cache(maxsize=1024)  # Each page of a member asks; a rule is read once.
def _rule(rrule: str, starts_at: str, zone: str) -> Rule:
    return check_rule(rrule, starts_at=starts_at, zone=zone)


def _possible(
    ritual: Ritual, rule: Rule, changed: Changes, zone: ZoneInfo, *, from_at: datetime, until_at: datetime
) -> Iterator[Occurrence]:
    """Yield what may be in the window: by the rule around it, and what was moved there from elsewhere."""
    until = (until_at + _AROUND).replace(tzinfo=None)
    since = (from_at - _AROUND).replace(tzinfo=None)
    near = {wall_text(wall) for wall in walls_of(rule, since=since, until=until)}
    far = {name for name, change in changed.items() if change.moved_to is not None and name not in near}
    if far:
        far &= {wall_text(wall) for wall in walls_of(rule, until=max(map(wall_of, far)))}
    for name in near | far:
        yield _occurrence(ritual, name, changed.get(name), zone)


def _occurrence(ritual: Ritual, name: str, change: RitualChange | None, zone: ZoneInfo) -> Occurrence:
    moved_to = None if change is None else change.moved_to
    starts_at = instant_of(wall_of(moved_to or name), zone)
    return Occurrence(
        ritual=ritual,
        wall=name,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=ritual.minutes),
        is_cancelled=change is not None and moved_to is None,
        is_moved=moved_to is not None,
        note=None if change is None else change.note,
    )


def _in_order(occurrence: Occurrence) -> tuple[datetime, int, str]:
    return occurrence.starts_at, occurrence.ritual.id, occurrence.wall
