"""The order of decisions, pair by pair, and what each guard and audience comes to."""

from itertools import combinations

import pytest

from liulian.links.audience import Audience
from liulian.links.decide import (
    GUIDE,
    PREVIEW,
    REDIRECT,
    SWALLOW_APP_ADDRESSES,
    Answer,
    Gone,
    NotAllowed,
    OpenApp,
    Rules,
    decide,
)
from liulian.links.guard import GUARDABLE, OPENS_ANYWAY, PRESETS, Guard, Mode, preset_of
from liulian.visitors.model import BOT, VisitorClass, class_named

WECHAT_PHONE = class_named("wechat", system="iOS", form="mobile")
SAFARI = class_named("browser", system="iOS", form="mobile")
DESKTOP = class_named("browser", system="Windows", form="desktop")
NOW = 1_000_000

# Each stage by itself stops a visitor in WeChat on an iPhone, in the order that is promised.
STAGES: list[tuple[str, dict[str, object], Answer]] = [
    ("taken down", {"taken_down": "phishing"}, Gone("phishing")),
    ("expired", {"expires_us": NOW}, Gone()),
    ("device", {"audience": Audience(forms=frozenset({"desktop"}))}, NotAllowed(by_container=False)),
    ("guard", {"guard": Guard(mode=Mode.GUIDE, apps=frozenset({"wechat"}))}, GUIDE),
    ("container", {"audience": Audience(containers=frozenset({"browser"}))}, NotAllowed(by_container=True)),
]


@pytest.mark.parametrize(("name", "members", "answer"), STAGES, ids=[name for name, _, _ in STAGES])
def test_each_stage_by_itself_gives_its_answer(name: str, members: dict[str, object], answer: Answer) -> None:
    assert decide(_rules(members), WECHAT_PHONE, now_us=NOW) == answer


@pytest.mark.parametrize(("earlier", "later"), list(combinations(STAGES, 2)), ids=lambda stage: stage[0])
def test_of_two_stages_the_earlier_one_answers(
    earlier: tuple[str, dict[str, object], Answer], later: tuple[str, dict[str, object], Answer]
) -> None:
    both = _rules(earlier[1], later[1])

    assert decide(both, WECHAT_PHONE, now_us=NOW) == earlier[2]


def test_a_link_without_rules_goes_straight_through() -> None:
    assert decide(Rules(), WECHAT_PHONE, now_us=NOW) is REDIRECT


def test_a_link_is_gone_at_its_expiry_instant_and_not_before() -> None:
    rules = Rules(expires_us=NOW)

    assert decide(rules, SAFARI, now_us=NOW - 1) is REDIRECT
    assert decide(rules, SAFARI, now_us=NOW) == Gone()


def test_going_on_from_a_page_passes_the_guard_and_nothing_else() -> None:
    guard = Guard(mode=Mode.GUIDE, apps=frozenset({"wechat"}))
    shut = Audience(containers=frozenset({"browser"}))

    assert decide(Rules(guard=guard), WECHAT_PHONE, now_us=NOW, goes_on=True) is REDIRECT
    assert decide(Rules(guard=guard, audience=shut), WECHAT_PHONE, now_us=NOW, goes_on=True) == NotAllowed(
        by_container=True
    )
    assert decide(Rules(guard=guard, expires_us=NOW), WECHAT_PHONE, now_us=NOW, goes_on=True) == Gone()


def test_a_guard_concerns_only_the_chosen_apps() -> None:
    guarded = Rules(guard=Guard(mode=Mode.PREVIEW, apps=frozenset({"wechat"})))

    assert decide(guarded, WECHAT_PHONE, now_us=NOW) is PREVIEW
    assert decide(guarded, SAFARI, now_us=NOW) is REDIRECT


@pytest.mark.parametrize("app", sorted(GUARDABLE))
def test_apps_that_swallow_app_addresses_show_the_guide_instead(app: str) -> None:
    visitor = class_named(app, system="Android", form="mobile")
    rules = Rules(guard=Guard(mode=Mode.APP, apps=GUARDABLE, app_url="weixin://dl/business/?t=a"))

    answer = decide(rules, visitor, now_us=NOW)

    assert answer == (GUIDE if app in SWALLOW_APP_ADDRESSES else OpenApp("weixin://dl/business/?t=a"))


@pytest.mark.parametrize(
    ("audience", "allowed"),
    [
        (Audience(), {"phone", "desktop", "bot"}),
        (Audience(systems=frozenset({"iOS"})), {"phone"}),
        (Audience(systems=frozenset({"other"})), {"bot"}),
        (Audience(forms=frozenset({"mobile", "desktop"})), {"phone", "desktop"}),
        (Audience(systems=frozenset({"iOS", "Windows"}), forms=frozenset({"desktop"})), {"desktop"}),
        (Audience(containers=frozenset({"browser"})), {"phone", "desktop"}),
        (Audience(systems=frozenset({"iOS"}), containers=frozenset({"wechat"})), set()),
    ],
)
def test_an_audience_is_and_across_its_axes_and_or_inside_one(audience: Audience, allowed: set[str]) -> None:
    visitors: dict[str, VisitorClass] = {"phone": SAFARI, "desktop": DESKTOP, "bot": BOT}

    through = {
        name for name, visitor in visitors.items() if decide(Rules(audience=audience), visitor, now_us=NOW) is REDIRECT
    }

    assert through == allowed


def test_presets_are_what_they_are_called() -> None:
    assert PRESETS["wechat_qq"] == {"wechat", "qq"}
    assert not PRESETS["china"] & OPENS_ANYWAY
    assert PRESETS["china"] < PRESETS["all"]
    assert "webview" in PRESETS["all"]
    assert "browser" not in PRESETS["all"]
    assert {preset_of(Guard(mode=Mode.GUIDE, apps=apps)) for apps in PRESETS.values()} == set(PRESETS)
    assert preset_of(Guard(mode=Mode.GUIDE, apps=frozenset({"douyin"}))) == "custom"
    assert preset_of(Guard()) == "none"


def _rules(*members: dict[str, object]) -> Rules:
    """Return rules of several members; two audiences become one that has the axes of both."""
    merged: dict[str, object] = {}
    for each in members:
        for name, value in each.items():
            merged[name] = _both(merged.get(name), value)
    return Rules(**merged)  # type: ignore[arg-type]


def _both(before: object, value: object) -> object:
    if isinstance(before, Audience) and isinstance(value, Audience):
        return Audience(forms=before.forms | value.forms, containers=before.containers | value.containers)
    return value
