"""Badges: something to be proud of, by a rule out of a closed set. Checked every field at once. Pure.

There is no rule for sharing, following or inviting, and a badge that says so in words is refused too: see `noise.py`.
"""

from typing import Any

from liulian.base.ids import BadgeId, encode_id
from liulian.community.making import Making
from liulian.community.model import Badge, BadgeRule, BadgeRuleKind
from liulian.community.noise import NOISE_RULES
from liulian.community.reading import Reading
from liulian.community.wording import emblem_of, id_of, name_of, quiet, whole

ABOUT_LENGTH_MAX = 200
AT_LEAST_MAX = 10_000


def make_badge(given: object, *, making: Making[Badge]) -> Badge:
    """Return the badge that is wished. Raises InvalidRequest with every fault at once."""
    reading = Reading(given)
    name = quiet(reading, "name", name_of(reading))
    about = quiet(reading, "about", reading.visible("about", length_max=ABOUT_LENGTH_MAX))
    emblem, rule = emblem_of(reading), _rule(reading, making=making)
    reading.finish()
    reading.refuse()
    return Badge(
        id=BadgeId(making.id),
        community_id=making.community.id,
        name=name,
        emblem=emblem,
        about=about,
        rule=rule,
        created_at=making.created_at,
        position=making.position,
    )


def badge_fields(badge: Badge) -> dict[str, Any]:
    """Return a badge as it would be wished: what `make_badge` takes."""
    named = badge.rule.object_id
    return {
        "name": badge.name,
        "emblem": badge.emblem,
        "about": badge.about,
        "rule": {
            "kind": badge.rule.kind.value,
            "at_least": badge.rule.at_least,
            "object_id": None if named is None else encode_id(named),
        },
    }


def _rule(reading: Reading, *, making: Making[Badge]) -> BadgeRule:
    part = reading.part("rule") or Reading({}, path="rule", faults=reading.faults)
    wished = part.value("kind")
    if isinstance(wished, str) and wished.casefold() in NOISE_RULES:
        part.fault("kind", "reward_for_noise", words=wished)
        kind = BadgeRuleKind.CHECK_INS
    else:
        kind = part.choice("kind", BadgeRuleKind)
    at_least = whole(part, "at_least", low=1, high=AT_LEAST_MAX, default=1)
    object_id = id_of(part, "object_id")
    part.finish()
    if object_id is not None and object_id not in making.objects.of_rule(kind):
        part.fault("object_id", "part_unknown")
    return BadgeRule(kind=kind, at_least=at_least, object_id=object_id)
