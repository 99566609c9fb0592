"""What communities are built from is checked whole: every field that is wrong is named at once."""

import math
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from liulian.base.errors import InvalidRequest
from liulian.base.i18n import Language
from liulian.base.ids import CommunityId, RitualId, ServiceId, WorkspaceId, encode_id
from liulian.community.acts import Purpose
from liulian.community.badges import badge_fields, make_badge
from liulian.community.channels import check_channel
from liulian.community.goals import goal_fields, make_goal
from liulian.community.making import Making, Objects
from liulian.community.model import (
    BadgeRuleKind,
    Community,
    CommunityState,
    Problem,
    Service,
    ServiceKind,
    ServiceState,
    Symbols,
)
from liulian.community.offering import make_service, service_fields
from liulian.community.rituals_check import first_start, is_occurrence, make_change, make_ritual, ritual_fields
from liulian.community.symbols import check_community, fields_of, merged
from liulian.community.wording import is_one_character

NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)
PROBLEM = {"who": "上班族", "situation": "下午犯困", "outcome": "不靠糖也有精神"}
CHALLENGE = {"task": "喝一杯无糖茶"}
GOAL: dict[str, Any] = {
    "name": "一起少喝一万杯甜饮料",
    "reach": "together",
    "unit": "杯",
    "baseline": 0,
    "target": 10_000,
    "starts_on": "2026-03-01",
    "ends_on": "2026-05-30",
    "measure": {"kind": "check_in", "take": "count"},
}
RITUAL: dict[str, Any] = {
    "name": "每周三健康问答",
    "about": "带一个问题来",
    "rrule": "FREQ=WEEKLY;BYDAY=WE",
    "starts_at": "2026-03-04T20:00",
}
BADGE: dict[str, Any] = {
    "name": "七日",
    "emblem": "🌱",
    "about": "连续七天",
    "rule": {"kind": "streak", "at_least": 7},
}


def a_community() -> Community:
    return Community(
        id=CommunityId(1),
        workspace_id=WorkspaceId(1),
        slug="tea",
        name="茶",
        state=CommunityState.DRAFT,
        language=Language.ZH,
        zone="Asia/Shanghai",
        problem=Problem(**PROBLEM),
        symbols=Symbols(member_name="茶友", staff_name="茶小二", emblem="🍵"),
        created_at=NOON,
        updated_at=NOON,
    )


def a_challenge() -> Service:
    return Service(
        id=ServiceId(9),
        community_id=CommunityId(1),
        kind=ServiceKind.CHALLENGE,
        name="21 天",
        state=ServiceState.ACTIVE,
        purpose=Purpose.PROBLEM,
        version=1,
        definition=CHALLENGE,
        created_at=NOON,
        updated_at=NOON,
    )


def making(**changed: Any) -> Making[Any]:
    usual: dict[str, Any] = {
        "id": 5,
        "community": a_community(),
        "objects": Objects(services=(a_challenge(),)),
        "now": NOON,
        "position": 0,
    }
    return Making(**usual | changed)


def faults(make: Any, *args: Any, **named: Any) -> dict[str, str]:
    """Return code by field."""
    with pytest.raises(InvalidRequest) as refused:
        make(*args, **named)
    return {error.field: error.code for error in refused.value.errors}


def test_community_without_a_problem_is_refused_field_by_field() -> None:
    found = faults(check_community, {"zone": "Mars"})

    assert found == {
        "name": "field_required",
        "zone": "zone_unknown",
        "problem.who": "problem_who",
        "problem.situation": "problem_situation",
        "problem.outcome": "problem_outcome",
    }


def test_community_has_usual_symbols_of_its_language() -> None:
    zh = check_community({"name": "茶", "problem": PROBLEM})
    en = check_community({"name": "Tea", "problem": PROBLEM, "language": "en"})

    assert (zh.symbols.member_name, zh.symbols.staff_name, zh.symbols.emblem) == ("成员", "主持人", "🌱")
    assert (en.symbols.member_name, en.symbols.staff_name) == ("member", "host")


def test_titles_ascend_and_are_given_for_no_noise() -> None:
    titles = [{"name": "新芽", "points": 0}, {"name": "邀请达人", "points": 0}, {"name": "新芽", "points": 5}]

    found = faults(check_community, {"name": "茶", "problem": PROBLEM, "symbols": {"titles": titles}})

    assert found == {
        "symbols.titles[1].name": "reward_for_noise",
        "symbols.titles[1].points": "titles_ascend",
        "symbols.titles[2].name": "title_twice",
    }


def test_settings_and_slug_are_checked_too() -> None:
    settings = {"league_size": 31, "words": [""], "staff_card": {"url": "javascript:alert(1)", "fax": "1"}}

    found = faults(check_community, {"name": "茶", "problem": PROBLEM, "slug": "api", "settings": settings})

    assert found == {
        "slug": "slug_reserved",
        "settings.league_size": "field_range",
        "settings.words[0]": "definition_text",
        "settings.staff_card.url": "destination_not_a_url",
        "settings.staff_card.fax": "field_unknown",
    }


def test_part_of_a_problem_can_be_changed_alone() -> None:
    both = merged(fields_of(a_community()), {"problem": {"who": "学生"}})

    assert check_community(both).problem == Problem(**PROBLEM | {"who": "学生"})


@pytest.mark.parametrize("text", ["🍵", "茶", "👨‍👩‍👧", "🇨🇳", "❤️", "👍🏽", "1️⃣", "é", "🏴󠁧󠁢󠁳󠁣󠁴󠁿"])
def test_one_character_of_any_build_is_an_emblem(text: str) -> None:
    assert is_one_character(text)


@pytest.mark.parametrize("text", ["ab", "🍵🍵", "茶 ", "🇨🇳🇩🇪", "\u200b"])
def test_more_than_one_character_is_no_emblem(text: str) -> None:
    assert not is_one_character(text)


def test_goal_comes_back_as_it_was_wished() -> None:
    wish = GOAL | {"factor": 0.025, "factor_unit": "kg 糖", "factor_source": "GB 28050"}

    assert goal_fields(make_goal(wish, making=making())) == wish | {
        "measure": {"kind": "check_in", "take": "count", "object_id": None}
    }


def test_goal_without_anything_is_refused_field_by_field() -> None:
    assert faults(make_goal, {}, making=making()) == {
        "name": "field_required",
        "unit": "goal_unit",
        "baseline": "goal_baseline",
        "target": "goal_target",
        "starts_on": "goal_dates",
        "ends_on": "goal_dates",
        "measure.kind": "field_required",
    }


@pytest.mark.parametrize(
    ("wish", "field", "code"),
    [
        ({"target": 0}, "target", "goal_target_is_baseline"),
        ({"target": -1}, "target", "goal_target_below"),
        ({"target": math.inf}, "target", "field_range"),
        ({"ends_on": "2026-03-01"}, "ends_on", "goal_ends_before"),
        ({"ends_on": "2046-03-01"}, "ends_on", "goal_too_long"),
        ({"ends_on": "20260530"}, "ends_on", "date_invalid"),
        ({"measure": {"kind": "send"}}, "measure.kind", "choice_unknown"),
        ({"measure": {"kind": "thanks", "take": "sum"}}, "measure.take", "goal_take_number"),
        ({"measure": {"kind": "check_in", "take": "last"}}, "measure.take", "goal_last_of_one"),
        ({"measure": {"kind": "check_in", "object_id": encode_id(8)}}, "measure.object_id", "part_unknown"),
        ({"measure": {"kind": "attempt", "object_id": encode_id(9)}}, "measure.object_id", "part_unknown"),
        ({"factor": 2}, "factor_source", "goal_factor_source"),
        ({"factor_source": "a book"}, "factor", "goal_factor"),
        ({"colour": "red"}, "colour", "field_unknown"),
    ],
)
def test_goal_that_cannot_be_followed_is_refused(wish: dict[str, Any], field: str, code: str) -> None:
    assert faults(make_goal, GOAL | wish, making=making())[field] == code


def test_value_that_is_to_fall_may_have_a_target_below() -> None:
    wish = GOAL | {"reach": "member", "baseline": 65, "target": 62.5, "measure": {"kind": "check_in", "take": "last"}}

    assert make_goal(wish, making=making()).target == 62.5


def test_badge_comes_back_as_it_was_wished() -> None:
    wish = BADGE | {"rule": {"kind": "streak", "at_least": 7, "object_id": encode_id(9)}}

    assert badge_fields(make_badge(wish, making=making())) == wish


@pytest.mark.parametrize("kind", ["share", "invite", "follow", "Referral"])
def test_badge_for_noise_is_refused_and_told_why(kind: str) -> None:
    assert faults(make_badge, BADGE | {"rule": {"kind": kind, "at_least": 1}}, making=making()) == {
        "rule.kind": "reward_for_noise"
    }


def test_badge_that_says_noise_in_words_is_refused() -> None:
    wish = BADGE | {"name": "转发之星", "about": "邀请三位好友加入"}

    assert faults(make_badge, wish, making=making()) == {"name": "reward_for_noise", "about": "reward_for_noise"}


def test_there_is_no_rule_for_noise() -> None:
    assert {kind.value for kind in BadgeRuleKind} == {
        "streak",
        "check_ins",
        "attendance",
        "attempts",
        "thanks",
        "solutions",
        "goal",
    }


def test_ritual_comes_back_with_what_is_usual() -> None:
    ritual = make_ritual(RITUAL, making=making())

    assert ritual_fields(ritual) == RITUAL | {
        "host": "",
        "zone": "Asia/Shanghai",
        "minutes": 30,
        "attend": "tap",
        "code": None,
    }
    assert ritual.sequence == 0
    assert make_ritual(RITUAL, making=making(old=ritual)).sequence == 1


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"rrule": "FREQ=HOURLY"}, "rrule"),
        ({"starts_at": "2026-03-05T20:00"}, "starts_at"),
        ({"starts_at": "tomorrow"}, "starts_at"),
        ({"zone": "Mars"}, "zone"),
        ({"attend": "code"}, "code"),
        ({"attend": "code", "code": " 茶 8 茶 "}, "code"),
        ({"about": "转发有奖，分享得积分"}, "about"),
        ({"minutes": 0.5}, "minutes"),
    ],
)
def test_ritual_that_cannot_take_place_is_refused(wish: dict[str, Any], field: str) -> None:
    assert field in faults(make_ritual, RITUAL | wish, making=making())


def test_only_an_occurrence_can_be_moved() -> None:
    ritual = replace(make_ritual(RITUAL, making=making()), id=RitualId(3))

    assert is_occurrence(ritual, "2026-03-11T20:00")
    change = make_change({"moved_to": "2026-03-12T19:30", "note": "场地"}, ritual, "2026-03-11T20:00", now=NOON)
    assert (change.moved_to, change.sequence) == ("2026-03-12T19:30", 1)
    assert make_change({}, ritual, "2026-03-11T20:00", now=NOON).moved_to is None
    assert faults(make_change, {"moved_to": "soon"}, ritual, "2026-03-12T20:00", now=NOON) == {
        "occurrence": "occurrence_unknown",
        "moved_to": "wall_time",
    }


def test_ritual_begins_at_the_first_time_its_rule_allows() -> None:
    sunday = datetime(2026, 3, 1, 20)  # noqa: DTZ001 - A wall time.

    assert first_start("FREQ=WEEKLY;BYDAY=WE", earliest=sunday, zone="Asia/Shanghai") == "2026-03-04T20:00"
    assert first_start("FREQ=MONTHLY;BYMONTHDAY=1", earliest=sunday, zone="Asia/Shanghai") == "2026-03-01T20:00"


def test_new_definition_of_a_service_is_a_new_version() -> None:
    wish = {"kind": "challenge", "name": "21 天", "definition": CHALLENGE}
    first = make_service(wish, making=making())
    renamed = make_service(wish | {"name": "三周"}, making=making(old=first))
    changed = make_service(wish | {"definition": {"task": "两杯", "days": 30}}, making=making(old=renamed))

    assert (first.version, renamed.version, changed.version) == (1, 1, 2)
    assert service_fields(first) == wish | {"state": "active", "purpose": "problem"}


def test_fault_in_a_definition_is_named_below_it() -> None:
    wish = {"kind": "challenge", "name": "", "definition": {"days": -1}}

    found = faults(make_service, wish, making=making())

    assert found == {"name": "field_required", "definition.task": "field_required", "definition.days": "field_range"}


def test_service_stays_of_its_kind() -> None:
    first = make_service({"kind": "challenge", "name": "21", "definition": CHALLENGE}, making=making())
    wish = {"kind": "self_test", "name": "21", "definition": CHALLENGE}

    assert faults(make_service, wish, making=making(old=first))["kind"] == "service_kind_fixed"


def test_channel_says_what_it_is_for_and_what_is_given_away() -> None:
    wish = check_channel({"name": "海报", "purpose": "promotion", "stimulus": {"share": 0.2}}, is_new=True)

    assert (wish.purpose, wish.stimulus.share, wish.stimulus.amount) == (Purpose.PROMOTION, 0.2, None)
    assert faults(check_channel, {"purpose": "x", "stimulus": {"share": 20}}, is_new=True) == {
        "name": "field_required",
        "purpose": "choice_unknown",
        "stimulus.share": "field_range",
    }


@pytest.mark.parametrize("unseen", ["\u200b", "\u202ex", "a\u3164", "\u2800"])
def test_what_members_read_holds_no_letters_that_nobody_sees(unseen: str) -> None:
    texts = {"member_name": unseen, "slogan": unseen, "emblem": unseen}
    found = faults(check_community, {"name": unseen, "problem": PROBLEM, "symbols": texts})
    ritual = faults(make_ritual, RITUAL | {"name": unseen, "about": unseen}, making=making())

    assert found.items() >= {"name": "text_unseen", "symbols.slogan": "text_unseen"}.items()
    assert found["symbols.member_name"] == ritual["name"] == ritual["about"] == "text_unseen"
    assert "symbols.emblem" in found
