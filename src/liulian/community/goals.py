"""Goals: what is to be reached, from where, in which unit, between which days. Checked every field at once. Pure.

A goal without unit, baseline, target and dates is a wish: nobody could say how far it is. What one unit means
(`factor`) is only said with its source.
"""

import math
from typing import Any

from liulian.base.ids import GoalId, encode_id
from liulian.community.acts import ActKind
from liulian.community.making import Making
from liulian.community.model import Goal, Measure, Reach, Take
from liulian.community.reading import Reading
from liulian.community.wording import day_of, figure, id_of, name_of, said, shown_day

UNIT_LENGTH_MAX = 20
SOURCE_LENGTH_MAX = 200
DAYS_MAX = 3_660  # Ten years. What takes longer needs goals on the way.

# What can be added up: what members do for the problem. Not what is sent to them, nor how far links are spread.
MEASURED = frozenset(
    {ActKind.CHECK_IN, ActKind.ATTEMPT, ActKind.ATTENDANCE, ActKind.QUESTION, ActKind.ANSWER}
    | {ActKind.SOLVED, ActKind.THANKS, ActKind.JOIN, ActKind.PURCHASE}
)
VALUED = frozenset({ActKind.CHECK_IN, ActKind.ATTEMPT, ActKind.PURCHASE})  # These have a number in them.


def make_goal(given: object, *, making: Making[Goal]) -> Goal:
    """Return the goal that is wished. Raises InvalidRequest with every fault at once."""
    reading = Reading(given)
    name, reach = name_of(reading), reading.choice("reach", Reach, default=Reach.TOGETHER)
    unit = said(reading, "unit", "goal_unit", length_max=UNIT_LENGTH_MAX)
    baseline, target = figure(reading, "baseline", "goal_baseline"), figure(reading, "target", "goal_target")
    starts_on, ends_on = day_of(reading, "starts_on", "goal_dates"), day_of(reading, "ends_on", "goal_dates")
    measure = _measure(reading, making=making)
    factor, factor_unit, factor_source = _factor(reading)
    _note_way(reading, baseline, target, measure=measure, reach=reach)
    _note_days(reading, starts_on, ends_on)
    reading.finish()
    reading.refuse()
    return Goal(
        id=GoalId(making.id),
        community_id=making.community.id,
        name=name,
        reach=reach,
        unit=unit,
        baseline=baseline,
        target=target,
        starts_on=starts_on or 0,
        ends_on=ends_on or 0,
        measure=measure,
        created_at=making.created_at,
        position=making.position,
        factor=factor,
        factor_unit=factor_unit,
        factor_source=factor_source,
    )


def goal_fields(goal: Goal) -> dict[str, Any]:
    """Return a goal as it would be wished: what `make_goal` takes."""
    measured = goal.measure.object_id
    return {
        "name": goal.name,
        "reach": goal.reach.value,
        "unit": goal.unit,
        "baseline": goal.baseline,
        "target": goal.target,
        "starts_on": shown_day(goal.starts_on),
        "ends_on": shown_day(goal.ends_on),
        "measure": {
            "kind": goal.measure.kind.value,
            "take": goal.measure.take.value,
            "object_id": None if measured is None else encode_id(measured),
        },
        "factor": goal.factor,
        "factor_unit": goal.factor_unit,
        "factor_source": goal.factor_source,
    }


def _measure(reading: Reading, *, making: Making[Goal]) -> Measure:
    part = reading.part("measure") or Reading({}, path="measure", faults=reading.faults)
    kind, take = part.choice("kind", ActKind), part.choice("take", Take, default=Take.COUNT)
    object_id = id_of(part, "object_id")
    part.finish()
    if part.has("kind") and kind not in MEASURED:
        part.fault("kind", "choice_unknown", name=kind.value, allowed=", ".join(sorted(MEASURED)))
    if take in (Take.SUM, Take.LAST) and kind not in VALUED:
        part.fault("take", "goal_take_number")
    if object_id is not None and object_id not in making.objects.of_act(kind):
        part.fault("object_id", "part_unknown")
    return Measure(kind=kind, take=take, object_id=object_id)


def _factor(reading: Reading) -> tuple[float | None, str | None, str | None]:
    """Return what one unit means, in which unit, and where that figure is from: all of it or nothing."""
    unit = reading.visible("factor_unit", length_max=UNIT_LENGTH_MAX, default="") or None
    source = reading.visible("factor_source", length_max=SOURCE_LENGTH_MAX, default="") or None
    if not reading.has("factor"):
        reading.value("factor")
        if unit or source:
            reading.fault("factor", "goal_factor")
        return None, None, None
    factor = reading.number("factor", low=0)
    if unit is None:
        reading.fault("factor_unit", "goal_factor_unit")
    if source is None:
        reading.fault("factor_source", "goal_factor_source")
    return factor, unit, source


def _note_way(reading: Reading, baseline: float, target: float, *, measure: Measure, reach: Reach) -> None:
    if math.isnan(baseline) or math.isnan(target):
        return
    if target == baseline:
        reading.fault("target", "goal_target_is_baseline")
    elif target < baseline and measure.take is not Take.LAST:
        reading.fault("target", "goal_target_below")
    if measure.take is Take.LAST and reach is not Reach.MEMBER:
        reading.fault("measure.take", "goal_last_of_one")


def _note_days(reading: Reading, starts_on: int | None, ends_on: int | None) -> None:
    if starts_on is None or ends_on is None:
        return
    if ends_on <= starts_on:
        reading.fault("ends_on", "goal_ends_before")
    elif ends_on - starts_on > DAYS_MAX:
        reading.fault("ends_on", "goal_too_long")
