"""What a community is as a whole: its problem, its symbols, its settings, checked every field at once. Pure.

The problem comes first, and is never left out: who has it, in which situation, and the outcome they wish for. Symbols
are what members and staff are called, everywhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from liulian.base.errors import FieldRefused
from liulian.base.i18n import Language, text
from liulian.community.model import Community, CommunitySettings, Problem, Symbols, Title
from liulian.community.reading import Reading
from liulian.community.wording import emblem_of, name_of, quiet, said, whole, zone_of
from liulian.links.slugs import check_custom_slug

PROBLEM_LENGTH_MAX = 300
CALLED_LENGTH_MAX = 20  # It stands in the middle of sentences.
SLOGAN_LENGTH_MAX = 60
SLUG_LENGTH_MAX = 60  # It is read aloud, and printed below QR codes.
TITLES_MAX = 12
POINTS_MAX = 1_000_000
LEAGUE_SIZES = (5, 30)  # In a larger one nobody sees that they move; in a smaller one there is nobody to see.
WORDS_MAX = 500
WORD_LENGTH_MAX = 40
CARD_FIELDS = {"name": 40, "about": 200, "hours": 60, "contact": 100, "url": 500}
ZONE_DEFAULT = "Asia/Shanghai"
EMBLEM_DEFAULT = "🌱"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedCommunity:
    """A wish in its normal form. `slug` None: none was wished."""

    name: str
    slug: str | None
    language: Language
    zone: str
    problem: Problem
    symbols: Symbols
    settings: CommunitySettings


def check_community(given: object) -> CheckedCommunity:
    """Return what is wished of a community as a whole. Raises InvalidRequest with every fault at once."""
    reading = Reading(given)
    language = reading.choice("language", Language, default=Language.ZH)
    checked = CheckedCommunity(
        name=name_of(reading),
        slug=_slug(reading),
        language=language,
        zone=zone_of(reading, "zone", default=ZONE_DEFAULT),
        problem=_problem(_part(reading, "problem")),
        symbols=_symbols(_part(reading, "symbols"), language=language),
        settings=_settings(_part(reading, "settings")),
    )
    reading.finish()
    reading.refuse()
    return checked


def fields_of(community: Community) -> dict[str, Any]:
    """Return a community as it would be wished: what `check_community` takes."""
    problem, symbols, settings = community.problem, community.symbols, community.settings
    return {
        "name": community.name,
        "slug": community.slug,
        "language": community.language.value,
        "zone": community.zone,
        "problem": {"who": problem.who, "situation": problem.situation, "outcome": problem.outcome},
        "symbols": {
            "member_name": symbols.member_name,
            "staff_name": symbols.staff_name,
            "emblem": symbols.emblem,
            "titles": [{"name": title.name, "points": title.points} for title in symbols.titles],
            "slogan": symbols.slogan,
        },
        "settings": {
            "league_size": settings.league_size,
            "checks_first_post": settings.checks_first_post,
            "words": list(settings.words),
            "checks_contacts": settings.checks_contacts,
            "for_children": settings.for_children,
            "asks_health": settings.asks_health,
            "staff_card": dict(settings.staff_card),
        },
    }


def merged(old: Mapping[str, Any], given: object) -> object:
    """Return fields with those that were given in their place, inside objects too. What is no object stays as it is."""
    if not isinstance(given, Mapping):
        return given
    both = {**old, **given}
    for name, value in given.items():
        if isinstance(value, Mapping) and isinstance(old.get(name), Mapping):
            both[name] = {**old[name], **value}
    return both


def _part(reading: Reading, name: str) -> Reading:
    """Return an object inside, an empty one where there is none: what is missing in it is said field by field."""
    return reading.part(name) or Reading({}, path=name, faults=reading.faults)


def _slug(reading: Reading) -> str | None:
    typed = reading.text("slug", length_max=SLUG_LENGTH_MAX, default="")
    if not typed:
        return None
    try:
        return check_custom_slug(typed)
    except FieldRefused as refused:
        reading.fault("slug", refused.code, **refused.params)
        return None


def _problem(part: Reading) -> Problem:
    problem = Problem(
        who=said(part, "who", "problem_who", length_max=PROBLEM_LENGTH_MAX),
        situation=said(part, "situation", "problem_situation", length_max=PROBLEM_LENGTH_MAX),
        outcome=said(part, "outcome", "problem_outcome", length_max=PROBLEM_LENGTH_MAX),
    )
    part.finish()
    return problem


def _symbols(part: Reading, *, language: Language) -> Symbols:
    symbols = Symbols(
        member_name=_called(part, "member_name", text(language, "member.builder_member_name")),
        staff_name=_called(part, "staff_name", text(language, "member.builder_staff_name")),
        emblem=emblem_of(part, default=EMBLEM_DEFAULT) or EMBLEM_DEFAULT,
        titles=_titles(part),
        slogan=quiet(part, "slogan", part.visible("slogan", length_max=SLOGAN_LENGTH_MAX, default="")),
    )
    part.finish()
    return symbols


def _called(part: Reading, name: str, default: str) -> str:
    return part.visible(name, length_max=CALLED_LENGTH_MAX, default=default) or default


def _titles(part: Reading) -> tuple[Title, ...]:
    titles = []
    for each in part.parts("titles", at_least=0, at_most=TITLES_MAX):
        name = quiet(each, "name", name_of(each, length_max=CALLED_LENGTH_MAX))
        titles.append(Title(name=name, points=whole(each, "points", low=0, high=POINTS_MAX)))
        each.finish()
    for index, (lower, higher) in enumerate(pairwise(titles), start=1):
        if higher.points <= lower.points:
            part.fault(f"titles[{index}].points", "titles_ascend")
        if higher.name in [title.name for title in titles[:index]]:
            part.fault(f"titles[{index}].name", "title_twice", name=higher.name)
    return tuple(titles)


def _settings(part: Reading) -> CommunitySettings:
    usual = CommunitySettings()
    low, high = LEAGUE_SIZES
    settings = CommunitySettings(
        league_size=whole(part, "league_size", low=low, high=high, default=usual.league_size),
        checks_first_post=part.flag("checks_first_post", default=usual.checks_first_post),
        words=_words(part),
        checks_contacts=part.flag("checks_contacts", default=usual.checks_contacts),
        for_children=part.flag("for_children", default=usual.for_children),
        asks_health=part.flag("asks_health", default=usual.asks_health),
        staff_card=_card(part.part("staff_card")),
    )
    part.finish()
    return settings


def _words(part: Reading) -> tuple[str, ...]:
    given = part.value("words")
    if given is None:
        return ()
    if not isinstance(given, list | tuple) or len(given) > WORDS_MAX:
        part.fault("words", "definition_count", least=0, most=WORDS_MAX)
        return ()
    words: dict[str, None] = {}
    for index, each in enumerate(given):
        word = each.strip() if isinstance(each, str) else ""
        if not 0 < len(word) <= WORD_LENGTH_MAX or not word.isprintable():
            part.fault(f"words[{index}]", "definition_text", max=WORD_LENGTH_MAX)
        words[word] = None
    return tuple(words)


def _card(part: Reading | None) -> dict[str, str]:
    if part is None:
        return {}
    card = {name: part.visible(name, length_max=length, default="") for name, length in CARD_FIELDS.items()}
    if card["url"] and not card["url"].startswith(("https://", "http://")):
        part.fault("url", "destination_not_a_url")
    part.finish()
    return {name: value for name, value in card.items() if value}
