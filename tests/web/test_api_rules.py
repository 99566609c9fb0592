"""Guard, audience, expiry and screening over the API: any combination in, the canonical one out."""

import asyncio
import itertools
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from liulian.base.ids import DomainId
from liulian.links.audience import EVERYONE
from liulian.links.decide import Rules
from liulian.links.guard import GUARDABLE, PRESETS, Guard, Mode
from liulian.storage.database import Database
from liulian.storage.targets import TargetReader
from liulian.web.api.schemas import BulkAnswer
from liulian.web.parts import Strangers
from tests.web.api import BASE, LINKS, NOON, api_key, bearer, client_of, make, problem, refused_fields

DIRECT: dict[str, object] = {"mode": "direct", "apps": [], "preset": "none", "app_url": None}
EVERYBODY: dict[str, list[str]] = {"systems": [], "forms": [], "containers": []}
IN_30_DAYS, IN_A_WEEK = "2026-03-31T12:00:00.000000Z", "2026-03-08T12:00:00.000000Z"


@dataclass(frozen=True)
class Verdict:
    flags: tuple[str, ...]
    refused: str | None


@dataclass
class Listed:
    """A screen that knows what it was told, and remembers what it was asked."""

    refused: dict[str, str] = field(default_factory=dict)
    flags: dict[str, tuple[str, ...]] = field(default_factory=dict)
    asked: list[tuple[str, bool]] = field(default_factory=list)

    async def check(self, url: str, *, stranger: bool) -> Verdict:
        self.asked.append((url, stranger))
        await asyncio.sleep(0)
        return Verdict(self.flags.get(url, ()), self.refused.get(url))


async def refused(client: httpx2.AsyncClient, **wish: Any) -> dict[str, str]:
    answer = await client.post(LINKS, json={"destination": "https://example.com/"} | wish)
    assert problem(answer) == (422, "invalid_request")
    return refused_fields(answer)


async def test_link_without_rules_goes_straight_through_for_everyone(program: httpx2.AsyncClient) -> None:
    made = await make(program)

    assert (made["guard"], made["audience"]) == (DIRECT, EVERYBODY)
    assert (made["expires_at"], made["taken_down"], made["flags"]) == (None, None, [])


async def test_every_combination_comes_out_in_its_canonical_form(program: httpx2.AsyncClient) -> None:
    modes: tuple[dict[str, Any], ...] = (
        {"mode": "guide"},
        {"mode": "preview"},
        {"mode": "app", "app_url": "taobao://a"},
    )
    audiences: list[dict[str, list[str]]] = [
        dict(zip(EVERYBODY, names, strict=True))
        for names in itertools.product(
            [[], ["PC"], ["ios", "OTHER"]], [[], ["DESKTOP", "Mobile"]], [[], ["QQ", "Browser"]]
        )
    ]
    spelled = {"PC": ["Windows", "macOS", "Linux"], "ios": ["iOS", "other"], "DESKTOP": ["mobile", "desktop"]}
    spelled |= {"QQ": ["qq", "browser"]}
    wishes = [
        {"destination": "https://example.com/", "guard": mode | {"preset": preset}, "audience": audience}
        for mode, preset, audience in itertools.product(modes, PRESETS, audiences)
    ]

    answer = await program.post(f"{LINKS}/bulk", json={"links": wishes})

    for wish, result in zip(wishes, answer.json()["results"], strict=True):
        made, guard = result["link"], wish["guard"]
        usual = "all" if guard["mode"] == "app" else "wechat_qq"  # What `none` leaves to the mode.
        assert made["guard"]["preset"] == (usual if guard["preset"] == "none" else guard["preset"])
        assert made["guard"]["mode"] == guard["mode"]
        assert set(made["guard"]["apps"]) == PRESETS[made["guard"]["preset"]]
        chosen = wish["audience"].items()
        assert made["audience"] == {axis: spelled[names[0]] if names else [] for axis, names in chosen}
    BulkAnswer.model_validate_json(answer.text)


async def test_what_is_shown_can_be_sent_again(program: httpx2.AsyncClient) -> None:
    wish = {"guard": {"apps": ["weibo", "wechat"]}, "audience": {"systems": ["pc"]}, "expires_at": IN_A_WEEK}
    made = await make(program, **wish)

    again = {name: made[name] for name in ("destination", "title", "guard", "audience", "expires_at")}

    assert (await program.post(LINKS, json=again)).json()["guard"] == made["guard"]
    assert (await program.patch(f"{LINKS}/{made['id']}", json=again)).json() == made


async def test_rules_reach_the_way_of_a_click(program: httpx2.AsyncClient, database: Database) -> None:
    made = await make(program, guard={"mode": "preview", "preset": "all"}, expires_at=IN_A_WEEK)

    target = await TargetReader(database).find(domain_id=DomainId(1), slug=made["slug"])

    week_us = 7 * 86_400_000_000
    assert target is not None
    assert target.rules == Rules(
        guard=Guard(mode=Mode.PREVIEW, apps=GUARDABLE),
        audience=EVERYONE,
        expires_us=int(NOON.timestamp()) * 1_000_000 + week_us,
    )


async def test_everything_that_is_wrong_is_named_at_once(stranger: httpx2.AsyncClient) -> None:
    wish = {
        "destination": "http://10.0.0.1/",
        "slug": 7,
        "guard": {"mode": "hide", "apps": ["qq", "browser", 3], "app_url": "javascript:alert(1)", "more": 1},
        "audience": {"systems": ["BeOS"], "forms": [None], "containers": "browser"},
        "expires_at": "2026-02-28T00:00:00Z",
        "colour": "red",
    }

    assert await refused(stranger, **wish) == {
        "destination": "destination_private",
        "slug": "field_type",
        "guard.mode": "choice_unknown",
        "guard.apps[1]": "choice_unknown",
        "guard.apps[2]": "field_type",
        "guard.app_url": "app_url_scheme",
        "guard.more": "field_unknown",
        "audience.systems[0]": "choice_unknown",
        "audience.forms[0]": "field_type",
        "audience.containers": "field_type",
        "expires_at": "expires_at_past",
        "colour": "field_unknown",
    }


async def test_refusal_in_a_bulk_names_the_link_too(program: httpx2.AsyncClient) -> None:
    good: dict[str, Any] = {"destination": "https://example.com/"}
    bulk = {"links": [good, good | {"guard": {"apps": ["icq"]}}, good | {"guard": 1, "audience": []}]}

    results = (await program.post(f"{LINKS}/bulk", json=bulk)).json()["results"]

    assert "link" in results[0]
    assert [error["field"] for error in results[1]["problem"]["errors"]] == ["links[1].guard.apps[0]"]
    assert [error["field"] for error in results[2]["problem"]["errors"]] == ["links[2].guard", "links[2].audience"]


async def test_change_sets_rules_whole_and_takes_them_away(program: httpx2.AsyncClient) -> None:
    address = f"{LINKS}/{(await make(program, title='tea'))['id']}"
    phones = {"systems": ["iOS"], "forms": [], "containers": []}

    for wish, shown in [
        ({"guard": {"mode": "guide", "apps": ["weibo"]}}, ("custom", EVERYBODY, None)),
        ({"audience": {"systems": ["IOS"]}}, ("custom", phones, None)),
        ({"expires_at": "2026-03-08T20:00:00+08:00"}, ("custom", phones, IN_A_WEEK)),
        ({"title": "coffee"}, ("custom", phones, IN_A_WEEK)),
        ({"guard": {"preset": "wechat_qq"}, "audience": {}}, ("wechat_qq", EVERYBODY, IN_A_WEEK)),
        ({"guard": None, "audience": None, "expires_at": None}, ("none", EVERYBODY, None)),
    ]:
        changed = (await program.patch(address, json=wish)).json()
        assert (changed["guard"]["preset"], changed["audience"], changed["expires_at"]) == shown
        assert (await program.get(address)).json() == changed


async def test_refused_change_names_every_field_and_changes_nothing(program: httpx2.AsyncClient) -> None:
    made = await make(program, guard={"apps": ["weibo"]})
    address = f"{LINKS}/{made['id']}"

    answer = await program.patch(
        address, json={"guard": {"mode": "app"}, "audience": {"forms": ["watch"]}, "expires_at": 5, "title": 5}
    )

    assert refused_fields(answer) == {
        "guard.app_url": "app_url_required",
        "audience.forms[0]": "choice_unknown",
        "expires_at": "field_type",
        "title": "field_type",
    }
    assert (await program.get(address)).json() == made


async def test_wrong_type_for_a_link_of_others_tells_nothing_of_it(
    stranger: httpx2.AsyncClient, program: httpx2.AsyncClient
) -> None:
    made = await make(program)

    assert problem(await stranger.patch(f"{LINKS}/{made['id']}", json={"guard": 5})) == (404, "not_found")


async def test_link_of_a_stranger_ends_after_thirty_days(stranger: httpx2.AsyncClient) -> None:
    assert (await make(stranger))["expires_at"] == IN_30_DAYS
    assert (await make(stranger, expires_at=IN_30_DAYS))["expires_at"] == IN_30_DAYS
    assert (await make(stranger, expires_at=IN_A_WEEK))["expires_at"] == IN_A_WEEK


async def test_operator_says_how_long_the_link_of_a_stranger_lives(database: Database) -> None:
    async with client_of(database, base_url=BASE, strangers=Strangers(link_days=7)) as stranger:
        assert (await make(stranger))["expires_at"] == IN_A_WEEK
        answer = await stranger.post(LINKS, json={"destination": "https://example.com/", "expires_at": IN_30_DAYS})

    assert refused_fields(answer) == {"expires_at": "expires_at_too_late"}
    assert "7 days" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("expires_at", "code"),
    [
        (None, "expires_at_required"),
        ("2026-03-31T12:00:00.000001Z", "expires_at_too_late"),
        ("2026-03-01T12:00:00Z", "expires_at_past"),
        ("9999-12-31T23:59:59Z", "expires_at_too_late"),
        ("soon", "expires_at_form"),
    ],
)
async def test_link_of_a_stranger_lasts_neither_for_ever_nor_longer(
    stranger: httpx2.AsyncClient, expires_at: object, code: str
) -> None:
    assert await refused(stranger, expires_at=expires_at) == {"expires_at": code}
    made = await make(stranger)

    answer = await stranger.patch(
        f"{LINKS}/{made['id']}", json={"expires_at": expires_at}, headers=bearer(made["manage_token"])
    )

    assert refused_fields(answer) == {"expires_at": code}


async def test_managing_a_link_does_not_make_it_last_longer(database: Database) -> None:
    async with client_of(database, base_url=BASE) as stranger:
        made = await make(stranger)
    mine, address = bearer(made["manage_token"]), f"{LINKS}/{made['id']}"

    async with client_of(database, base_url=BASE, clock=lambda: NOON + timedelta(days=20)) as later:
        longer = await later.patch(address, json={"expires_at": "2026-04-05T00:00:00Z"}, headers=mine)
        same = await later.patch(address, json={"expires_at": IN_30_DAYS, "title": "tea"}, headers=mine)

    assert refused_fields(longer) == {"expires_at": "expires_at_too_late"}
    assert same.json()["expires_at"] == IN_30_DAYS


async def test_program_may_let_a_link_end_whenever_it_likes(program: httpx2.AsyncClient) -> None:
    assert (await make(program, expires_at=None))["expires_at"] is None
    assert (await make(program, expires_at="9999-12-31T23:59:59Z"))["expires_at"] == "9999-12-31T23:59:59.000000Z"
    assert await refused(program, expires_at="2026-03-01T11:59:59Z") == {"expires_at": "expires_at_past"}


async def test_replay_gives_the_first_answer_though_the_time_has_passed(database: Database) -> None:
    token = await api_key(database)
    wish = {"destination": "https://example.com/", "guard": {"preset": "all"}, "expires_at": IN_A_WEEK}
    key = {"Idempotency-Key": "the-same-request"}
    screen = Listed()

    async with client_of(database, base_url=BASE, token=token) as program:
        first = await program.post(LINKS, json=wish, headers=key)
    screen.refused["https://example.com/"] = "destination_listed"
    async with client_of(
        database, base_url=BASE, token=token, screen=screen, clock=lambda: NOON + timedelta(hours=1)
    ) as program:
        second = await program.post(LINKS, json=wish, headers=key)

    assert second.json() == first.json()
    assert second.headers["Idempotency-Replayed"] == "true"


async def test_what_screening_refuses_is_an_error_of_the_field(database: Database) -> None:
    screen = Listed(
        refused={"https://bad.example.com/": "destination_listed", "https://app.example.com/": "destination_private"}
    )
    async with client_of(database, base_url=BASE, screen=screen) as stranger:
        found = await refused(
            stranger, destination="https://bad.example.com", slug="a b", guard={"app_url": "https://app.example.com"}
        )

    assert found == {
        "slug": "slug_characters",
        "destination": "destination_listed",
        "guard.app_url": "destination_private",
    }
    assert sorted(screen.asked) == [("https://app.example.com/", True), ("https://bad.example.com/", True)]


async def test_screening_sees_what_a_mini_program_is_told_to_open(database: Database) -> None:
    screen = Listed(refused={"https://bad.example.com/": "destination_listed"})
    app_url = "alipays://platformapi/startapp?appId=20000067&url=https%3A%2F%2Fbad.example.com"
    async with client_of(database, base_url=BASE, screen=screen) as stranger:
        assert await refused(stranger, guard={"app_url": app_url}) == {"guard.app_url": "destination_listed"}


async def test_flags_are_kept_and_follow_the_destination(database: Database) -> None:
    flags = {"https://a.example.com/": ("shortener", "lookalike"), "https://b.example.com/": ("unresolved",)}
    async with client_of(database, base_url=BASE, token=await api_key(database), screen=Listed(flags=flags)) as program:
        made = await make(program, destination="https://a.example.com/")
        address = f"{LINKS}/{made['id']}"
        assert made["flags"] == ["shortener", "lookalike"]

        for wish, expected in [
            ({"title": "tea"}, ["shortener", "lookalike"]),
            ({"guard": {"app_url": "https://b.example.com/"}}, ["shortener", "lookalike", "unresolved"]),
            ({"destination": "https://b.example.com/"}, ["unresolved"]),
            ({"destination": "https://c.example.com/"}, ["unresolved"]),
            ({"guard": None}, []),
        ]:
            assert (await program.patch(address, json=wish)).json()["flags"] == expected


async def test_flags_go_with_the_address_that_raised_them(database: Database) -> None:
    flags: dict[str, tuple[str, ...]] = {
        "https://a.example.com/": ("lookalike",),
        "https://b.example.com/": ("unresolved",),
    }
    app = {"app_url": "weixin://x?u=https://b.example.com/"}
    screen = Listed(flags=flags)
    async with client_of(database, base_url=BASE, token=await api_key(database), screen=screen) as program:
        made = await make(program, destination="https://a.example.com/", guard=app)
        address = f"{LINKS}/{made['id']}"
        assert made["flags"] == ["lookalike", "unresolved"]
        screen.refused = {"https://a.example.com/": "destination_listed"}

        for wish, expected in [
            ({"guard": None}, ["lookalike"]),
            ({"guard": app}, ["lookalike", "unresolved"]),
            ({"destination": "https://c.example.com/"}, ["unresolved"]),
            ({"guard": {"mode": "guide"}}, []),
        ]:
            assert (await program.patch(address, json=wish)).json()["flags"] == expected


async def test_change_is_screened_unless_it_changes_nothing(database: Database) -> None:
    screen = Listed()
    async with client_of(database, base_url=BASE, token=await api_key(database), screen=screen) as program:
        made = await make(program, destination="https://a.example.com/")
        address = f"{LINKS}/{made['id']}"
        screen.refused = {
            "https://a.example.com/": "destination_listed",
            "https://b.example.com/": "destination_listed",
        }

        same = await program.patch(address, json={"destination": "https://a.example.com/", "title": "tea"})
        other = await program.patch(address, json={"destination": "https://b.example.com/"})

    assert same.json()["title"] == "tea"
    assert refused_fields(other) == {"destination": "destination_listed"}
    assert {stranger for _, stranger in screen.asked} == {False}


async def test_each_destination_of_a_bulk_is_screened_once(database: Database) -> None:
    screen = Listed(refused={"https://example.com/0": "destination_listed"})
    wishes = [{"destination": f"https://example.com/{number % 3}"} for number in range(300)]
    async with client_of(database, base_url=BASE, screen=screen) as stranger:
        results = (await stranger.post(f"{LINKS}/bulk", json={"links": wishes})).json()["results"]

    assert len(screen.asked) == 3
    assert [("link" in result) for result in results] == [number % 3 > 0 for number in range(300)]
    assert results[3]["problem"]["errors"][0]["field"] == "links[3].destination"
