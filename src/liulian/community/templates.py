"""Communities that are ready to be used: problem, goals, symbols, badges, rituals, services and a first channel link.

Each template is a file for each language, in words that people there would use. Parts name each other by `@ref`, goals
last `days` from the day the template is used, rituals begin at the first time their rule allows. Whatever is built goes
through the same services as what operators build by hand.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from liulian.accounts.model import Actor, require
from liulian.accounts.permissions import Scope
from liulian.base.i18n import Language
from liulian.base.ids import encode_id
from liulian.base.zones import day_of_number
from liulian.community.channels import CheckedChannel, check_channel
from liulian.community.days import local_day, zone_named
from liulian.community.making import Part
from liulian.community.model import Community
from liulian.community.parts import BADGES, GOALS, RITUALS, SERVICES, PartKind, add_part
from liulian.community.reading import Reading
from liulian.community.rituals_check import first_start
from liulian.community.service import create_community
from liulian.community.store import Builder, CommunityStore
from liulian.community.symbols import SLUG_LENGTH_MAX, ZONE_DEFAULT, check_community
from liulian.community.wording import NAME_LENGTH_MAX, shown_day, zone_of
from liulian.links.slugs import random_slug

KEYS = ("tea", "weight", "reading", "sugar-free", "heritage")


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateWish:
    """Which template, in which language. `name` and `slug` empty: those of the template."""

    key: str
    language: Language
    name: str
    slug: str
    zone: str


@cache
def template(key: str, language: Language) -> Mapping[str, Any]:
    """Return one template in one language; `key` is one of KEYS."""
    file = files("liulian.community").joinpath("templates", f"{key}.{language.value}.json")
    read: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return read


def may_list_templates(actor: Actor) -> None:
    """Raise where somebody has nothing to do with communities."""
    require(actor, Scope.COMMUNITIES_READ)


def check_template_wish(given: object) -> TemplateWish:
    """Return which template is to be used, and how. Raises InvalidRequest with every fault at once."""
    reading = Reading(given)
    key = reading.text("template", length_max=NAME_LENGTH_MAX)
    if key and key not in KEYS:
        reading.fault("template", "template_unknown", allowed=", ".join(KEYS))
    wish = TemplateWish(
        key=key,
        language=reading.choice("language", Language, default=Language.ZH),
        name=reading.visible("name", length_max=NAME_LENGTH_MAX, default=""),
        slug=reading.text("slug", length_max=SLUG_LENGTH_MAX, default=""),
        zone=zone_of(reading, "zone", default=ZONE_DEFAULT),
    )
    reading.finish()
    reading.refuse()
    return wish


async def slug_for(wish: TemplateWish, *, store: CommunityStore) -> str:
    """Return the slug that a community gets: the wished one, that of the template, or one like it that is free."""
    if wish.slug:
        return wish.slug
    usual = str(template(wish.key, wish.language)["slug"])
    return f"{usual}-{random_slug()}" if await store.is_taken(usual) else usual


async def build_from_template(actor: Actor, wish: TemplateWish, *, slug: str, builder: Builder) -> Community:
    """Return a whole new community, still a draft, without its channel. Raises as `create_community` does."""
    chosen = template(wish.key, wish.language)
    given = {
        "name": wish.name or chosen["name"],
        "slug": slug,
        "language": wish.language.value,
        "zone": wish.zone,
        "problem": chosen["problem"],
        "symbols": chosen["symbols"],
        "settings": chosen["settings"],
    }
    community = await create_community(actor, check_community(given), builder=builder, template=wish.key)
    work = _Work(actor=actor, community=community, builder=builder, refs={})
    for each in chosen["services"]:
        await work.add(SERVICES, each)
    for each in chosen["rituals"]:
        await work.add(RITUALS, _begun(each, community, now=builder.now))
    for each in chosen["goals"]:
        await work.add(GOALS, _dated(each, community, now=builder.now))
    for each in chosen["badges"]:
        await work.add(BADGES, each)
    return community


def first_channel(wish: TemplateWish) -> CheckedChannel:
    """Return the channel that a community from a template begins with."""
    return check_channel(template(wish.key, wish.language)["channel"], is_new=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """One community that is being built, and the ids of what it has so far, by their names in the template."""

    actor: Actor
    community: Community
    builder: Builder
    refs: dict[str, str]

    async def add(self, kind: PartKind[Part], each: Mapping[str, Any]) -> None:
        given = {name: self._named(value) for name, value in each.items() if name != "ref"}
        part = await add_part(self.actor, self.community.id, given, kind=kind, builder=self.builder)
        if "ref" in each:
            self.refs[f"@{each['ref']}"] = encode_id(part.id)

    def _named(self, value: Any) -> Any:
        """Return a value with ids in the place of references."""
        match value:
            case str() if value.startswith("@"):
                return self.refs[value]
            case dict():
                return {name: self._named(each) for name, each in value.items()}
            case list():
                return [self._named(each) for each in value]
            case _:
                return value


def _dated(goal: Mapping[str, Any], community: Community, *, now: datetime) -> dict[str, Any]:
    """Return a goal of a template with its days, the first of them today."""
    today = local_day(now, zone_named(community.zone))
    days = {"starts_on": shown_day(today), "ends_on": shown_day(today + goal["days"] - 1)}
    return {name: value for name, value in goal.items() if name != "days"} | days


def _begun(ritual: Mapping[str, Any], community: Community, *, now: datetime) -> dict[str, Any]:
    """Return a ritual of a template with the first time it takes place, tomorrow at the earliest."""
    tomorrow = day_of_number(local_day(now, zone_named(community.zone)) + 1)
    hour, minute = map(int, ritual["time"].split(":"))
    earliest = datetime(tomorrow.year, tomorrow.month, tomorrow.day, hour, minute)  # noqa: DTZ001 - A wall time.
    begun = {"starts_at": first_start(ritual["rrule"], earliest=earliest, zone=community.zone)}
    return {name: value for name, value in ritual.items() if name != "time"} | begun
