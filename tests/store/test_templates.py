"""Every template, in every language, becomes a whole community through the services that operators use."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from liulian.accounts.model import ApiKeyActor
from liulian.accounts.permissions import ALL_SCOPES
from liulian.base.i18n import Language
from liulian.base.ids import ApiKeyId, IdSource, WorkspaceId
from liulian.community.claims import medical_claim
from liulian.community.days import local_day, zone_named
from liulian.community.model import Community, CommunityState, Reach, ServiceKind
from liulian.community.noise import rewarded_noise
from liulian.community.service import open_community
from liulian.community.store import Builder
from liulian.community.templates import KEYS, build_from_template, check_template_wish, first_channel, template
from liulian.storage.database import Database

NOW = datetime(2026, 3, 1, 4, tzinfo=UTC)
OPERATOR = ApiKeyActor(workspace_id=WorkspaceId(1), api_key_id=ApiKeyId(0), scopes=ALL_SCOPES)
EACH = [pytest.param(key, language, id=f"{key}-{language}") for key in KEYS for language in Language]
NO_WORDS = {"key", "ref", "kind", "rrule", "time", "slug", "take", "reach", "object_id", "self_test", "item", "op"}


async def built(database: Database, key: str, language: Language) -> Community:
    wish = check_template_wish({"template": key, "language": language.value})
    async with database.write() as tx:
        builder = Builder(store=tx.communities, audit=tx.audit, ids=IdSource(), now=NOW)
        community = await build_from_template(OPERATOR, wish, slug=key, builder=builder)
        return await open_community(OPERATOR, community, builder=builder)


def sentences(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text that people read, with the name of its field."""
    if isinstance(value, dict):
        for inner, each in value.items():
            yield from sentences(each, inner)
    elif isinstance(value, list):
        for each in value:
            yield from sentences(each, name)
    elif isinstance(value, str) and name not in NO_WORDS:
        yield name, value


@pytest.mark.parametrize(("key", "language"), EACH)
async def test_template_becomes_a_whole_community(database: Database, key: str, language: Language) -> None:
    made = await built(database, key, language)

    async with database.read() as tx:
        goals, badges = await tx.communities.goals_of(made.id), await tx.communities.badges_of(made.id)
        rituals, services = await tx.communities.rituals_of(made.id), await tx.communities.services_of(made.id)
        assert await tx.communities.find_by_slug(key) == made
    assert (made.state, made.language, made.template) == (CommunityState.OPEN, language, key)
    assert 2 <= len(goals) <= 3
    assert {goal.reach for goal in goals} == set(Reach)
    assert 4 <= len(badges) <= 6
    assert 2 <= len(rituals) <= 3
    assert {service.kind for service in services} == set(ServiceKind)
    assert 4 <= len(made.symbols.titles) <= 6
    assert {"name", "about"} <= made.settings.staff_card.keys()
    assert first_channel(check_template_wish({"template": key})).name


@pytest.mark.parametrize(("key", "language"), EACH)
async def test_goals_begin_on_the_day_a_template_is_used(database: Database, key: str, language: Language) -> None:
    made = await built(database, key, language)

    async with database.read() as tx:
        goals, rituals = await tx.communities.goals_of(made.id), await tx.communities.rituals_of(made.id)
    today = local_day(NOW, zone_named(made.zone))
    assert {goal.starts_on for goal in goals} == {today}
    assert all(goal.ends_on > today for goal in goals)
    assert all(ritual.starts_at > "2026-03-01" for ritual in rituals)


@pytest.mark.parametrize("key", KEYS)
def test_both_languages_are_built_alike(key: str) -> None:
    zh, en = template(key, Language.ZH), template(key, Language.EN)

    for part in ("goals", "badges", "rituals", "services"):
        assert [each.get("ref") for each in zh[part]] == [each.get("ref") for each in en[part]]
    assert [badge["rule"] for badge in zh["badges"]] == [badge["rule"] for badge in en["badges"]]
    assert [ritual["rrule"] for ritual in zh["rituals"]] == [ritual["rrule"] for ritual in en["rituals"]]


@pytest.mark.parametrize("key", KEYS)
def test_programme_is_21_days_with_freeze_days_and_never_a_habit(key: str) -> None:
    for language in Language:
        text = template(key, language)
        (first, *_) = [each for each in text["services"] if each["kind"] == "challenge"]
        assert (first["definition"]["days"], first["definition"]["freezes"] > 0) == (21, True)
        assert not re.search(r"habit|习惯|(?<!营)养成", str(text), re.IGNORECASE)


@pytest.mark.parametrize("key", KEYS)
def test_self_test_has_six_to_eight_items_and_advice_ends_with_a_person(key: str) -> None:
    for language in Language:
        text = template(key, language)
        (test,) = [each["definition"] for each in text["services"] if each["kind"] == "self_test"]
        (advice,) = [each["definition"] for each in text["services"] if each["kind"] == "advice"]
        assert 6 <= len(test["items"]) <= 8
        assert text["symbols"]["staff_name"].lower() in advice["general"].rstrip("。.").lower()[-40:]
        assert {
            each["item"] for rule in advice["rules"] for way in rule["when"].values() for each in way if "item" in each
        }


@pytest.mark.parametrize(("key", "language"), EACH)
def test_every_text_is_whole_and_written_with_its_own_punctuation(key: str, language: Language) -> None:
    for name, text in sentences(template(key, language)):
        assert text.strip() == text != "", (name, text)
        assert not re.search(r"[!！]", text), text
        assert medical_claim(text) is None, text
        if name not in ("words", "url"):
            assert rewarded_noise(text) is None, text
        if language is Language.ZH:
            assert not re.search(r"[\u4e00-\u9fff][,;:?]|[,;:?][\u4e00-\u9fff]", text), text
        else:
            assert not re.search(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]", text), text


@pytest.mark.parametrize("key", KEYS)
def test_no_figure_is_given_without_its_source(key: str) -> None:
    for language in Language:
        for goal in template(key, language)["goals"]:
            assert ("factor" in goal) == bool(goal.get("factor_source"))
