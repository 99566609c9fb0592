"""Guard, audience and expiry: whatever is sent, one canonical meaning or every refused field."""

import itertools
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liulian.base.errors import FieldError, FieldRefused
from liulian.links.audience import FORMS, OPENERS, SYSTEMS, Audience
from liulian.links.guard import NO_GUARD, PRESETS, Guard, Mode
from liulian.links.rules import (
    GUARD_APPS,
    MODES,
    NAMES_MAX,
    read_audience,
    read_expiry,
    read_guard,
    shown_audience,
    shown_guard,
)

WEIXIN = "weixin://dl/business/?t=tea"
OWN = {"s.example"}

json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from([*MODES, *PRESETS, *OPENERS, WEIXIN]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=8,
)


def guard_of(**wish: object) -> Guard:
    guard, errors = read_guard(wish, own_hosts=OWN)
    assert errors == ()
    return guard


def codes(errors: tuple[FieldError, ...]) -> dict[str, str]:
    return {error.field: error.code for error in errors}


@pytest.mark.parametrize(
    ("wish", "mode", "apps"),
    [
        ({"mode": "guide"}, Mode.GUIDE, "wechat_qq"),
        ({"mode": "guide", "apps": []}, Mode.GUIDE, "wechat_qq"),
        ({"mode": "guide", "apps": [], "preset": "custom"}, Mode.GUIDE, "wechat_qq"),
        ({"mode": "preview"}, Mode.PREVIEW, "wechat_qq"),
        ({"mode": " Preview ", "preset": "ALL"}, Mode.PREVIEW, "all"),
        ({"mode": "app", "app_url": WEIXIN}, Mode.APP, "all"),
        ({"app_url": WEIXIN}, Mode.APP, "all"),
        ({"app_url": WEIXIN, "preset": "china"}, Mode.APP, "china"),
        ({"preset": "china"}, Mode.GUIDE, "china"),
        ({"mode": "guide", "preset": "none"}, Mode.GUIDE, "wechat_qq"),
        ({"mode": "guide", "apps": [], "preset": "none", "app_url": None}, Mode.GUIDE, "wechat_qq"),
        ({"mode": "preview", "apps": ["wechat", "qq"], "preset": "none"}, Mode.PREVIEW, "wechat_qq"),
        ({"mode": "app", "preset": "none", "app_url": WEIXIN}, Mode.APP, "all"),
        ({"apps": ["QQ", "WeChat", "qq"]}, Mode.GUIDE, "wechat_qq"),
        ({"mode": "guide", "apps": ["qq", "wechat"], "preset": "wechat_qq"}, Mode.GUIDE, "wechat_qq"),
    ],
)
def test_what_is_left_open_is_the_usual(wish: dict[str, Any], mode: Mode, apps: str) -> None:
    guard = guard_of(**wish)

    assert (guard.mode, guard.apps) == (mode, PRESETS[apps])


@pytest.mark.parametrize(
    "wish",
    [
        None,
        {},
        {"mode": "direct"},
        {"preset": "none"},
        {"preset": "none", "app_url": WEIXIN},
        {"mode": "direct", "apps": [], "preset": "none", "app_url": None},
        {"mode": "direct", "apps": ["wechat"], "preset": "china", "app_url": WEIXIN},
        {"app_url": None},
        {"app_url": "  "},
        {"apps": []},
        {"preset": "custom"},
    ],
)
def test_straight_through_is_one_value_however_it_is_said(wish: object) -> None:
    assert read_guard(wish, own_hosts=OWN) == (NO_GUARD, ())


def test_every_combination_of_mode_and_apps_comes_out_as_it_goes_in() -> None:
    choices = [list(pair) for pair in itertools.combinations(GUARD_APPS, 2)] + [list(PRESETS["china"])]

    for mode, apps in itertools.product(("guide", "preview", "app"), choices):
        shown = shown_guard(guard_of(mode=mode, apps=[app.upper() for app in apps[::-1]], app_url=WEIXIN))

        assert (shown["mode"], shown["apps"]) == (mode, [app for app in GUARD_APPS if app in apps])
        assert shown_guard(guard_of(**shown)) == shown


def test_choice_has_the_name_of_its_preset() -> None:
    for preset, apps in PRESETS.items():
        assert shown_guard(guard_of(preset=preset))["preset"] == preset
        assert shown_guard(guard_of(apps=list(apps)))["preset"] == preset
    assert shown_guard(guard_of(apps=["wechat"]))["preset"] == "custom"


@pytest.mark.parametrize(
    ("wish", "refused"),
    [
        ("guide", {"guard": "field_type"}),
        ([], {"guard": "field_type"}),
        ({"mode": None}, {"guard.mode": "field_type"}),
        ({"mode": "cloak"}, {"guard.mode": "choice_unknown"}),
        ({"preset": "everyone"}, {"guard.preset": "choice_unknown"}),
        ({"apps": None}, {"guard.apps": "field_type"}),
        ({"apps": "wechat"}, {"guard.apps": "field_type"}),
        ({"apps": ["wechat"] * (NAMES_MAX + 1)}, {"guard.apps": "names_count"}),
        (
            {"apps": ["wechat", "browser", 7, "bot", ""]},
            {
                "guard.apps[1]": "choice_unknown",
                "guard.apps[2]": "field_type",
                "guard.apps[3]": "choice_unknown",
                "guard.apps[4]": "choice_unknown",
            },
        ),
        ({"app_url": 7}, {"guard.app_url": "field_type"}),
        ({"mode": "app"}, {"guard.app_url": "app_url_required"}),
        ({"apps": ["qq"], "preset": "none"}, {"guard.preset": "guard_preset_apps"}),
        ({"mode": "guide", "apps": ["qq"], "preset": "china"}, {"guard.preset": "guard_preset_apps"}),
        (
            {"mode": "app", "apps": ["qq"], "preset": "china"},
            {"guard.preset": "guard_preset_apps", "guard.app_url": "app_url_required"},
        ),
        (
            {"mode": 1, "apps": [None], "preset": "x", "app_url": "javascript:alert(1)", "more": 1},
            {
                "guard.more": "field_unknown",
                "guard.mode": "field_type",
                "guard.apps[0]": "field_type",
                "guard.preset": "choice_unknown",
                "guard.app_url": "app_url_scheme",
            },
        ),
    ],
)
def test_every_refusal_of_a_guard_names_its_field(wish: object, refused: dict[str, str]) -> None:
    guard, errors = read_guard(wish, own_hosts=OWN)

    assert codes(errors) == refused
    if "guard.preset" not in refused and "guard.app_url" not in refused:
        assert guard == NO_GUARD


@pytest.mark.parametrize("axis", ["systems", "forms", "containers"])
def test_names_of_an_audience_come_out_in_order_and_in_our_spelling(axis: str) -> None:
    allowed = {"systems": SYSTEMS, "forms": FORMS, "containers": OPENERS}[axis]
    for names in itertools.chain(itertools.combinations(allowed, 2), [allowed, ()]):
        audience, errors = read_audience({axis: [name.swapcase() for name in reversed(names)]})

        assert errors == ()
        assert shown_audience(audience) == {"systems": [], "forms": [], "containers": []} | {axis: list(names)}


@pytest.mark.parametrize(
    ("systems", "meant"),
    [
        (["PC"], ["Windows", "macOS", "Linux"]),
        (["pc", "LINUX", "ios"], ["iOS", "Windows", "macOS", "Linux"]),
        (["harmonyos", " android "], ["Android", "HarmonyOS"]),
    ],
)
def test_pc_stands_for_the_systems_of_computers(systems: list[str], meant: list[str]) -> None:
    audience, errors = read_audience({"systems": systems})

    assert errors == ()
    assert shown_audience(audience)["systems"] == meant


@pytest.mark.parametrize("wish", [None, {}, {"systems": [], "forms": [], "containers": []}])
def test_nothing_chosen_is_everyone(wish: object) -> None:
    assert read_audience(wish) == (Audience(), ())


def test_every_refusal_of_an_audience_names_its_field() -> None:
    wish = {"systems": ["iOS", "BeOS", None], "forms": {}, "containers": ["browser", "bot"], "who": []}

    _, errors = read_audience(wish)

    assert codes(errors) == {
        "audience.systems[1]": "choice_unknown",
        "audience.systems[2]": "field_type",
        "audience.forms": "field_type",
        "audience.containers[1]": "choice_unknown",
        "audience.who": "field_unknown",
    }
    assert codes(read_audience("everyone")[1]) == {"audience": "field_type"}


@given(json)
def test_anything_is_read_or_refused(value: object) -> None:
    for error in (*read_guard(value, own_hosts=OWN)[1], *read_audience(value)[1]):
        assert error.field.startswith(("guard", "audience"))


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-03-01T12:00:00Z", datetime(2026, 3, 1, 12, tzinfo=UTC)),
        ("2026-03-01t12:00:00z", datetime(2026, 3, 1, 12, tzinfo=UTC)),
        ("2026-03-01T20:00:00.25+08:00", datetime(2026, 3, 1, 12, 0, 0, 250_000, tzinfo=UTC)),
        ("2026-03-01T12:00:00.123456789-00:00", datetime(2026, 3, 1, 12, 0, 0, 123_456, tzinfo=UTC)),
    ],
)
def test_expiry_is_an_instant(text: str, instant: datetime) -> None:
    assert read_expiry(text) == instant


@pytest.mark.parametrize(
    "text",
    ["", "tomorrow", "2026-03-01", "2026-03-01T12:00:00", "2026-02-30T12:00:00Z", "2026-W09-7T12:00:00Z",
     "2026-03-01 12:00:00Z", "2026-03-01T12:00:60Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59",
     "2026-03-01T12:00:00+99:00", "２０２６-03-01T12:00:00Z", " 2026-03-01T12:00:00Z"],
)  # fmt: skip
def test_what_is_no_instant_is_refused(text: str) -> None:
    with pytest.raises(FieldRefused, match="expires_at_form"):
        read_expiry(text)


@pytest.mark.parametrize("value", [0, 1772366400, True, [], {}])
def test_expiry_is_a_text(value: object) -> None:
    with pytest.raises(FieldRefused, match="field_type"):
        read_expiry(value)
