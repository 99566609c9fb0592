"""Communities over the API: founded from a problem, built part by part, or made whole from a template."""

from typing import Any

import httpx2
import pytest

from liulian.accounts.permissions import Role
from liulian.base.ids import MemberId, decode_id
from liulian.community.templates import KEYS
from liulian.links.store import ScreenVerdict
from liulian.storage.database import Database
from tests.web.api import BASE, LINKS, api_key, client_of, problem, refused_fields
from tests.web.members.a_community import a_member
from tests.web.one_of_each import BADGE, CHALLENGE, COMMUNITY, GOAL, RITUAL
from tests.web.people import EMAIL, a_town
from tests.web.test_lists_api import counted

API = "/api/v1/communities"
WISHES: dict[str, dict[str, Any]] = {"goals": GOAL, "badges": BADGE, "rituals": RITUAL, "services": CHALLENGE}


async def founded(program: httpx2.AsyncClient, **wish: Any) -> dict[str, Any]:
    answer = await program.post(API, json=COMMUNITY | wish)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def added(program: httpx2.AsyncClient, community: dict[str, Any], plural: str, **wish: Any) -> dict[str, Any]:
    answer = await program.post(f"{API}/{community['id']}/{plural}", json=WISHES.get(plural, {}) | wish)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_community_is_founded_shown_changed_and_removed(program: httpx2.AsyncClient) -> None:
    made = await founded(program, slug="tea", zone="Europe/Berlin")
    here = f"{API}/{made['id']}"

    assert (made["state"], made["slug"], made["url"]) == ("draft", "tea", f"{BASE}/c/tea")
    assert (await program.get(here)).json() == made
    changed = (await program.patch(here, json={"problem": {"who": "students"}, "state": "open"})).json()
    assert changed["problem"] == made["problem"] | {"who": "students"}
    assert changed["state"] == "open"
    assert (await program.get(API)).json()["communities"] == [changed]
    assert (await program.delete(here)).status_code == 204
    assert problem(await program.get(here)) == (404, "not_found")
    again = await program.post(API, json=COMMUNITY | {"slug": "tea"})
    assert problem(again) == (409, "community_slug_taken")


async def test_community_without_a_problem_is_refused_with_every_field(program: httpx2.AsyncClient) -> None:
    answer = await program.post(API, json={"name": "Tea", "zone": "Mars"})

    assert problem(answer) == (422, "invalid_request")
    assert refused_fields(answer) == {
        "zone": "zone_unknown",
        "problem.who": "problem_who",
        "problem.situation": "problem_situation",
        "problem.outcome": "problem_outcome",
    }


async def test_problem_cannot_be_taken_away_again(program: httpx2.AsyncClient) -> None:
    made = await founded(program)

    answer = await program.patch(f"{API}/{made['id']}", json={"problem": {"outcome": " "}})

    assert refused_fields(answer) == {"problem.outcome": "problem_outcome"}


@pytest.mark.parametrize(
    ("way", "is_open"), [(["closed"], False), (["open", "draft"], False), (["open", "closed", "open"], True)]
)
async def test_states_follow_one_another(program: httpx2.AsyncClient, way: list[str], is_open: bool) -> None:
    made = await founded(program)

    answers = [await program.patch(f"{API}/{made['id']}", json={"state": state}) for state in way]

    assert (answers[-1].status_code == 200) is is_open
    assert is_open or refused_fields(answers[-1]) == {"state": "community_state"}


@pytest.mark.parametrize("plural", WISHES)
async def test_part_is_added_shown_changed_and_removed(program: httpx2.AsyncClient, plural: str) -> None:
    community = await founded(program)
    made = await added(program, community, plural)
    all_of, here = f"{API}/{community['id']}/{plural}", f"{API}/{community['id']}/{plural}/{made['id']}"

    assert (await program.get(here)).json() == made
    assert (await program.get(all_of)).json() == {plural: [made], "next_cursor": None}
    changed = (await program.patch(here, json={"name": "New"})).json()
    assert changed == made | {"name": "New"} | {
        name: changed[name] for name in ("sequence", "updated_at") if name in changed
    }
    assert (await program.delete(here)).status_code == 204
    assert problem(await program.get(here)) == (404, "not_found")


@pytest.mark.parametrize("plural", WISHES)
async def test_parts_are_put_in_another_order(program: httpx2.AsyncClient, plural: str) -> None:
    community = await founded(program)
    ids = [(await added(program, community, plural, name=f"{number}"))["id"] for number in range(3)]
    order = f"{API}/{community['id']}/{plural}/order"

    answer = await program.put(order, json={"ids": ids[::-1]})

    assert [part["id"] for part in answer.json()[plural]] == ids[::-1]
    assert refused_fields(await program.put(order, json={"ids": ids[:2]})) == {"ids": "parts_order"}


async def test_goal_without_unit_baseline_target_and_dates_is_refused(program: httpx2.AsyncClient) -> None:
    community = await founded(program)

    answer = await program.post(
        f"{API}/{community['id']}/goals", json={"name": "More", "measure": {"kind": "check_in"}}
    )

    assert refused_fields(answer) == {
        "unit": "goal_unit",
        "baseline": "goal_baseline",
        "target": "goal_target",
        "starts_on": "goal_dates",
        "ends_on": "goal_dates",
    }


async def test_badge_for_inviting_is_refused_and_says_why(program: httpx2.AsyncClient) -> None:
    community = await founded(program)

    answer = await program.post(
        f"{API}/{community['id']}/badges", json=BADGE | {"rule": {"kind": "invite"}, "about": "Invite three friends"}
    )

    assert refused_fields(answer) == {"rule.kind": "reward_for_noise", "about": "reward_for_noise"}
    assert "no rewards here for sharing" in answer.text


async def test_what_others_rest_on_stays(program: httpx2.AsyncClient) -> None:
    community = await founded(program)
    challenge = await added(program, community, "services")
    await added(program, community, "goals", measure={"kind": "check_in", "object_id": challenge["id"]})

    answer = await program.delete(f"{API}/{community['id']}/services/{challenge['id']}")

    assert problem(answer) == (409, "part_needed")


async def test_changed_definition_is_a_new_version_and_the_old_one_is_kept(program: httpx2.AsyncClient) -> None:
    community = await founded(program)
    made = await added(program, community, "services")
    here = f"{API}/{community['id']}/services/{made['id']}"

    changed = (await program.patch(here, json={"definition": {"task": "Two cups", "days": 30}})).json()
    versions = (await program.get(f"{here}/versions")).json()["versions"]

    assert (made["version"], changed["version"]) == (1, 2)
    assert [each["definition"] for each in versions] == [changed["definition"], made["definition"]]


async def test_occurrence_is_moved_and_follows_the_rule_again(program: httpx2.AsyncClient) -> None:
    community = await founded(program)
    ritual = await added(program, community, "rituals")
    here = f"{API}/{community['id']}/rituals/{ritual['id']}"

    moved = await program.put(f"{here}/changes/2026-03-11T20:00", json={"moved_to": "2026-03-12T20:00"})
    shown = (await program.get(here)).json()

    assert moved.status_code == 200, moved.text
    assert shown["changes"] == [moved.json()]
    assert shown["sequence"] == ritual["sequence"] + 1
    wrong = await program.put(f"{here}/changes/2026-03-12T20:00", json={})
    assert refused_fields(wrong) == {"occurrence": "occurrence_unknown"}
    assert (await program.delete(f"{here}/changes/2026-03-11T20:00")).status_code == 204
    assert (await program.get(here)).json()["changes"] == []


async def test_channel_is_a_short_link_that_leads_to_the_community(program: httpx2.AsyncClient) -> None:
    community = await founded(program, slug="tea")
    wish = {"name": "海报", "purpose": "promotion", "stimulus": {"share": 0.2}, "slug": "poster"}

    made = await added(program, community, "channels", **wish)
    link = (await program.get(f"{LINKS}/{made['link_id']}")).json()

    assert link["destination"] == f"{BASE}/c/tea?ch={made['id']}"
    assert made["short_url"] == link["short_url"] == f"{BASE}/poster"
    assert made["qr_url"] == link["qr_url"]
    assert (made["purpose"], made["stimulus"], made["members"]) == ("promotion", {"share": 0.2, "amount": None}, 0)
    taken = await program.post(f"{API}/{community['id']}/channels", json=wish)
    assert refused_fields(taken) == {"slug": "slug_taken"}
    fixed = await program.patch(f"{API}/{community['id']}", json={"slug": "coffee"})
    assert problem(fixed) == (409, "community_slug_fixed")


async def test_channel_is_changed_and_removed_and_its_link_stays(program: httpx2.AsyncClient) -> None:
    community = await founded(program)
    made = await added(program, community, "channels", name="海报")
    here = f"{API}/{community['id']}/channels/{made['id']}"

    changed = (await program.patch(here, json={"stimulus": {"amount": 5}})).json()

    assert changed == made | {"stimulus": {"share": None, "amount": 5.0}}
    assert (await program.delete(here)).status_code == 204
    assert (await program.get(f"{LINKS}/{made['link_id']}")).status_code == 200
    assert (await program.get(f"{API}/{community['id']}/channels")).json()["channels"] == []


async def test_channel_tells_how_many_members_it_brought(program: httpx2.AsyncClient, database: Database) -> None:
    community = await founded(program)
    made = await added(program, community, "channels", name="海报")
    async with database.write() as tx:
        for number in (1, 2):
            brought = {"community_id": decode_id(community["id"]), "channel_id": decode_id(made["id"])}
            await tx.members.add(a_member(id=MemberId(number), **brought))

    (shown,) = (await program.get(f"{API}/{community['id']}/channels")).json()["channels"]

    assert shown["members"] == 2
    assert (await program.get(f"{API}/{community['id']}")).json()["members"] == 2


async def test_communities_of_others_are_not_there(program: httpx2.AsyncClient, database: Database) -> None:
    community = await founded(program)
    goal = await added(program, community, "goals")
    here = f"{API}/{community['id']}"
    async with client_of(database, base_url=BASE, token=await api_key(database, workspace=2)) as other:
        for answer in (
            await other.get(here),
            await other.patch(here, json={"name": "Ours"}),
            await other.get(f"{here}/goals/{goal['id']}"),
            await other.post(f"{here}/channels", json={"name": "Ours"}),
        ):
            assert problem(answer) == (404, "not_found")


async def test_every_change_is_written_down(program: httpx2.AsyncClient) -> None:
    community = await founded(program)
    goal = await added(program, community, "goals")
    here = f"{API}/{community['id']}"
    await program.patch(here, json={"state": "open", "name": "New"})
    await program.patch(f"{here}/goals/{goal['id']}", json={"name": "New"})
    await program.delete(f"{here}/goals/{goal['id']}")
    await program.delete(here)

    entries = (await program.get("/api/v1/audit?action=community")).json()["entries"]

    assert [entry["action"] for entry in entries][::-1] == [
        "community.created",
        "community.part_added",
        "community.opened",
        "community.changed",
        "community.part_changed",
        "community.part_removed",
        "community.removed",
    ]


@pytest.mark.parametrize("plural", ["", "/goals", "/badges", "/rituals", "/services", "/channels"])
async def test_lists_take_as_many_statements_for_many_as_for_few(
    program: httpx2.AsyncClient, database: Database, plural: str
) -> None:
    community = await founded(program)
    counts = []
    for number in range(4):
        if plural:
            await added(program, community, plural[1:], name=f"{number}")
        else:
            await founded(program)
        with counted(database) as seen:
            where = f"{API}/{community['id']}{plural}" if plural else API
            assert (await program.get(where)).status_code == 200
        counts.append(len(seen))

    assert counts[1:] == counts[:1] * 3


async def test_templates_are_listed_and_shown_in_both_languages(program: httpx2.AsyncClient) -> None:
    listed = (await program.get("/api/v1/community-templates")).json()["templates"]

    assert [line["key"] for line in listed] == list(KEYS)
    for line in listed:
        shown = (await program.get(f"/api/v1/community-templates/{line['key']}")).json()
        assert {language: text["name"] for language, text in shown["languages"].items()} == line["names"]
    assert problem(await program.get("/api/v1/community-templates/soup")) == (404, "not_found")


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_template_is_a_living_community_at_once(program: httpx2.AsyncClient, key: str, language: str) -> None:
    wish = {"template": key, "language": language, "name": "Ours"}

    made = (await program.post(f"{API}/from-template", json=wish)).json()
    again = (await program.post(f"{API}/from-template", json=wish)).json()
    (channel,) = (await program.get(f"{API}/{made['id']}/channels")).json()["channels"]
    link = (await program.get(f"{LINKS}/{channel['link_id']}")).json()

    assert (made["name"], made["state"], made["template"]) == ("Ours", "open", key)
    assert again["slug"].startswith(f"{made['slug']}-")
    assert link["destination"] == f"{made['url']}?ch={channel['id']}"
    services = (await program.get(f"{API}/{made['id']}/services")).json()["services"]
    *_, test, advice = services
    assert (test["kind"], advice["kind"]) == ("self_test", "advice")
    assert advice["definition"]["self_test"] == test["id"]


async def test_channel_link_opens_the_promise_of_the_community(program: httpx2.AsyncClient) -> None:
    made = (await program.post(f"{API}/from-template", json={"template": "tea"})).json()
    (channel,) = (await program.get(f"{API}/{made['id']}/channels")).json()["channels"]
    link = (await program.get(f"{LINKS}/{channel['link_id']}")).json()

    page = await program.get(link["destination"].removeprefix(BASE))

    assert page.status_code == 200
    assert made["problem"]["outcome"] in page.text


async def test_installation_on_a_private_network_has_channels_too(database: Database) -> None:
    class Refuses:
        async def check(self, url: str, *, stranger: bool) -> ScreenVerdict:
            raise AssertionError(url)

    token = await api_key(database)
    async with client_of(database, token=token, host="127.0.0.1:8000", screen=Refuses()) as program:
        made = (await program.post(f"{API}/from-template", json={"template": "tea"})).json()
        (channel,) = (await program.get(f"{API}/{made['id']}/channels")).json()["channels"]

    assert made["url"] == "http://127.0.0.1:8000/c/tea"
    assert channel["short_url"].startswith("http://127.0.0.1:8000/")


async def test_self_test_cannot_lose_what_advice_cites(program: httpx2.AsyncClient) -> None:
    made = (await program.post(f"{API}/from-template", json={"template": "tea"})).json()
    services = (await program.get(f"{API}/{made['id']}/services")).json()["services"]
    test = next(service for service in services if service["kind"] == "self_test")
    fewer = test["definition"] | {"items": test["definition"]["items"][1:], "bands": []}

    answer = await program.patch(f"{API}/{made['id']}/services/{test['id']}", json={"definition": fewer})

    assert refused_fields(answer) == {"definition": "advice_breaks"}


async def test_communities_end_with_their_workspace(database: Database) -> None:
    town = a_town(database)
    await town.person(EMAIL, Role.OWNER)
    async with town.signed_in() as owner:
        theirs = (await owner.post("/api/v1/workspaces", json={"name": "Theirs"})).json()["id"]
        owner.headers["Liulian-Workspace"] = theirs
        await founded(owner, slug="tea")

        ended = await owner.request("DELETE", "/api/v1/workspace", json={"name": "Theirs"})

    assert ended.status_code < 300, ended.text
    async with database.read() as tx:
        assert await tx.communities.find_by_slug("tea") is None


async def test_unknown_template_is_refused(program: httpx2.AsyncClient) -> None:
    answer = await program.post(f"{API}/from-template", json={"template": "soup", "zone": "Mars"})

    assert refused_fields(answer) == {"template": "template_unknown", "zone": "zone_unknown"}
