"""Rituals: what recurs, by which rule, who hosts it, what to do. Checked every field at once. Pure.

Each change that calendars must hear of makes `sequence` grow. One occurrence may be moved or left out.
"""

from datetime import datetime
from typing import Any

from liulian.base.errors import FieldRefused
from liulian.base.ids import RitualId
from liulian.community.attendance import plain_code
from liulian.community.making import Making
from liulian.community.model import Attend, Ritual, RitualChange
from liulian.community.noise import rewarded_noise
from liulian.community.reading import Reading
from liulian.community.recurrence import check_rule, wall_of, wall_text, walls_of
from liulian.community.wording import name_of, whole, zone_of

ABOUT_LENGTH_MAX = 500
HOST_LENGTH_MAX = 40
RULE_LENGTH_MAX = 300
MINUTES_MAX = 24 * 60
CODE_LENGTH_MIN = 4  # One character is guessed at once.
CODE_LENGTH_MAX = 20  # Said aloud, typed on a phone.
NOTE_LENGTH_MAX = 200
_OF_THE_START = frozenset({"wall_time", "rrule_start"})


def make_ritual(given: object, *, making: Making[Ritual]) -> Ritual:
    """Return the ritual that is wished. Raises InvalidRequest with every fault at once."""
    reading = Reading(given)
    zone = zone_of(reading, "zone", default=making.community.zone)
    ritual = Ritual(
        id=RitualId(making.id),
        community_id=making.community.id,
        name=name_of(reading),
        about=_about(reading),
        host=reading.visible("host", length_max=HOST_LENGTH_MAX, default=""),
        rrule=reading.text("rrule", length_max=RULE_LENGTH_MAX),
        starts_at=reading.text("starts_at", length_max=len("2026-03-04T20:00")),
        zone=zone,
        minutes=whole(reading, "minutes", low=1, high=MINUTES_MAX, default=30),
        attend=reading.choice("attend", Attend, default=Attend.TAP),
        created_at=making.created_at,
        updated_at=making.now,
        code=reading.text("code", length_max=CODE_LENGTH_MAX, default="") or None,
        sequence=0 if making.old is None else making.old.sequence + 1,
        position=making.position,
    )
    if ritual.attend is Attend.CODE and len(plain_code(ritual.code or "").decode()) < CODE_LENGTH_MIN:
        reading.fault("code", "ritual_code", min=CODE_LENGTH_MIN)
    if not {fault.field for fault in reading.faults} & {"rrule", "starts_at", "zone"}:
        _note_rule(reading, ritual)
    reading.finish()
    reading.refuse()
    return ritual


def ritual_fields(ritual: Ritual) -> dict[str, Any]:
    """Return a ritual as it would be wished: what `make_ritual` takes."""
    return {
        "name": ritual.name,
        "about": ritual.about,
        "host": ritual.host,
        "rrule": ritual.rrule,
        "starts_at": ritual.starts_at,
        "zone": ritual.zone,
        "minutes": ritual.minutes,
        "attend": ritual.attend.value,
        "code": ritual.code,
    }


def make_change(given: object, ritual: Ritual, occurrence: str, *, now: datetime) -> RitualChange:
    """Return what is to be different in one occurrence. Raises InvalidRequest."""
    reading = Reading(given)
    moved_to = reading.text("moved_to", length_max=len(occurrence), default="") or None
    note = reading.visible("note", length_max=NOTE_LENGTH_MAX, default="") or None
    reading.finish()
    if not is_occurrence(ritual, occurrence):
        reading.fault("occurrence", "occurrence_unknown")
    if moved_to is not None:
        try:
            wall_of(moved_to)
        except FieldRefused as refused:
            reading.fault("moved_to", refused.code, **refused.params)
    reading.refuse()
    return RitualChange(
        ritual_id=ritual.id,
        occurrence=occurrence,
        moved_to=moved_to,
        note=note,
        sequence=ritual.sequence + 1,
        changed_at=now,
    )


def is_occurrence(ritual: Ritual, occurrence: str) -> bool:
    """Tell whether a wall time is one at which a ritual takes place by its rule."""
    try:
        wall = wall_of(occurrence)
        rule = check_rule(ritual.rrule, starts_at=ritual.starts_at, zone=ritual.zone)
    except FieldRefused:
        return False
    return wall in walls_of(rule, until=wall)


def first_start(rrule: str, *, earliest: datetime, zone: str) -> str:
    """Return the first wall time from `earliest` (a wall time) on at which a ritual may begin. Raises FieldRefused."""
    start = wall_text(earliest)
    try:
        check_rule(rrule, starts_at=start, zone=zone)
    except FieldRefused as refused:
        if refused.code != "rrule_start":
            raise
        return str(refused.params["first"]).replace(" ", "T")
    return start


def _about(reading: Reading) -> str:
    about = reading.visible("about", length_max=ABOUT_LENGTH_MAX)
    if words := rewarded_noise(about):
        reading.fault("about", "reward_for_noise", words=words[:40])
    return about


def _note_rule(reading: Reading, ritual: Ritual) -> None:
    try:
        check_rule(ritual.rrule, starts_at=ritual.starts_at, zone=ritual.zone)
    except FieldRefused as refused:
        field = "starts_at" if refused.code in _OF_THE_START else "rrule"
        reading.fault(field, refused.code, **refused.params)
