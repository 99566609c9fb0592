"""What an owner does with links beside changing them: archive, restore, like, claim, tag, move, many at once."""

from datetime import timedelta
from typing import Any

import httpx2
import pytest

from liulian.accounts.permissions import Scope
from liulian.base.ids import decode_id
from liulian.links.model import DEFAULT_DOMAIN
from liulian.storage.database import Database
from liulian.storage.targets import TargetReader
from tests.web.api import BASE, LINKS, NOON, api_key, bearer, client_of, make, problem, refused_fields

BULK = f"{LINKS}/bulk-edit"


async def leads(database: Database, link: dict[str, Any]) -> bool:
    """Tell whether visitors are let through."""
    return await TargetReader(database).find(domain_id=DEFAULT_DOMAIN, slug=link["slug"]) is not None


async def bulk(client: httpx2.AsyncClient, **wish: Any) -> dict[str, Any]:
    answer = await client.post(BULK, json=wish)
    assert answer.status_code == 200, answer.text
    done: dict[str, Any] = answer.json()
    return done


async def test_link_has_tags_folder_note_and_maker(program: httpx2.AsyncClient) -> None:
    folder = (await program.post("/api/v1/folders", json={"name": "posters"})).json()
    known = (await program.post("/api/v1/tags", json={"name": "Tea", "colour": "amber"})).json()

    made = await make(program, tags=["tea", known["id"], "茶饮"], folder=folder["id"], note=" two\r\nlines ")

    assert [tag["name"] for tag in made["tags"]] == ["Tea", "茶饮"]
    assert made["folder"] == {"id": folder["id"], "name": "posters"}
    assert made["note"] == "two\nlines"
    assert made["created_by"]["kind"] == "api_key"
    assert made["created_by"]["name"] == "test"
    assert made["is_favourite"] is None
    assert (await program.get(f"{LINKS}/{made['id']}")).json() == made


async def test_tags_folder_and_note_are_changed_and_taken_away(program: httpx2.AsyncClient) -> None:
    folder = (await program.post("/api/v1/folders", json={"name": "posters"})).json()
    address = f"{LINKS}/{(await make(program, tags=['a', 'b'], note='x'))['id']}"

    changed = (await program.patch(address, json={"tags": ["b", "c"], "folder": folder["id"], "note": "y"})).json()
    assert [tag["name"] for tag in changed["tags"]] == ["b", "c"]
    assert (changed["folder"]["name"], changed["note"]) == ("posters", "y")
    assert [link["id"] for link in (await program.get(LINKS, params={"q": "c"})).json()["links"]] == [changed["id"]]
    changed = (await program.patch(address, json={"tags": [], "folder": None, "note": None})).json()
    assert (changed["tags"], changed["folder"], changed["note"]) == ([], None, None)


@pytest.mark.parametrize(
    ("wish", "errors"),
    [
        ({"tags": ["\x07"]}, {"tags": "label_name"}),
        ({"tags": [f"t{number}" for number in range(21)]}, {"tags": "tags_count"}),
        ({"folder": "22222222222"}, {"folder": "folder_unknown"}),
        ({"note": "x" * 1001}, {"note": "note_too_long"}),
        ({"note": "a\x07"}, {"note": "note_characters"}),
        ({"domain": "unknown.example.com"}, {"domain": "domain_unknown"}),
        ({"tags": "tea"}, {"tags": "field_type"}),
    ],
)
async def test_what_cannot_be_hung_on_a_link_is_refused(
    program: httpx2.AsyncClient, wish: dict[str, Any], errors: dict[str, str]
) -> None:
    made = await make(program)

    for answer in (
        await program.post(LINKS, json={"destination": "https://example.com/", **wish}),
        await program.patch(f"{LINKS}/{made['id']}", json=wish),
    ):
        assert problem(answer) == (422, "invalid_request")
        assert refused_fields(answer) == errors


async def test_strangers_have_neither_tags_nor_folders(stranger: httpx2.AsyncClient) -> None:
    wish = {"destination": "https://example.com/", "tags": ["tea"], "folder": "22222222222"}

    assert refused_fields(await stranger.post(LINKS, json=wish)) == {
        "tags": "workspace_only",
        "folder": "workspace_only",
    }


async def test_archived_link_goes_on_working_until_it_is_restored(
    program: httpx2.AsyncClient, database: Database
) -> None:
    made = await make(program)
    address = f"{LINKS}/{made['id']}"

    archived = (await program.post(f"{address}/archive")).json()
    assert archived == made | {"archived_at": "2026-03-01T12:00:00.000000Z"}
    assert await leads(database, made)
    assert (await program.get(LINKS)).json()["links"] == []
    assert (await program.post(f"{address}/restore")).json() == made
    assert (await program.get(LINKS)).json()["links"] == [made]


async def test_deleted_link_leads_nowhere_and_can_come_back_for_thirty_days(
    program: httpx2.AsyncClient, database: Database
) -> None:
    made = await make(program, tags=["tea"], title="茶饮")
    address = f"{LINKS}/{made['id']}"
    await program.delete(address)

    assert not await leads(database, made)
    assert problem(await program.get(address)) == (404, "not_found")
    assert problem(await program.post(f"{address}/archive")) == (404, "not_found")
    assert (await program.post(f"{address}/restore")).json() == made
    assert await leads(database, made)
    assert (await program.get(LINKS, params={"q": "茶饮"})).json()["links"] == [made]
    await program.delete(address)
    token = await api_key(database)
    late = NOON + timedelta(days=30, seconds=1)
    async with client_of(database, base_url=BASE, token=token, clock=lambda: late) as later:
        assert problem(await later.post(f"{address}/restore")) == (404, "not_found")


async def test_favourites_are_for_people(program: httpx2.AsyncClient) -> None:
    made = await make(program)

    assert problem(await program.put(f"{LINKS}/{made['id']}/favourite")) == (403, "people_only")
    assert problem(await program.delete(f"{LINKS}/{made['id']}/favourite")) == (403, "people_only")
    assert problem(await program.put(f"{LINKS}/22222222222/favourite")) == (404, "not_found")


async def test_strangers_link_is_claimed_once_and_lives_on(
    program: httpx2.AsyncClient, stranger: httpx2.AsyncClient, database: Database
) -> None:
    made = await make(stranger, title="夏日茶饮")
    token = made.pop("manage_token")

    claimed = (await program.post(f"{LINKS}/claim", json={"manage_token": token})).json()

    assert claimed["expires_at"] is None
    assert made["expires_at"] is not None
    assert claimed["created_by"]["name"] == "test"
    assert (await program.get(LINKS, params={"q": "茶饮"})).json()["links"] == [claimed]
    assert problem(await stranger.get(f"{LINKS}/{made['id']}", headers=bearer(token))) == (404, "not_found")
    assert problem(await program.post(f"{LINKS}/claim", json={"manage_token": token})) == (404, "not_found")
    wrong = await program.post(f"{LINKS}/claim", json={"manage_token": token + "x"})
    assert refused_fields(wrong) == {"manage_token": "manage_token_invalid"}


async def test_expiry_that_somebody_chose_stays_with_a_claimed_link(
    program: httpx2.AsyncClient, stranger: httpx2.AsyncClient
) -> None:
    made = await make(stranger, expires_at="2026-03-05T00:00:00Z")

    claimed = (await program.post(f"{LINKS}/claim", json={"manage_token": made["manage_token"]})).json()

    assert claimed["expires_at"] == made["expires_at"]


async def test_live_numbers_come_for_ones_own_links_only(
    program: httpx2.AsyncClient, stranger: httpx2.AsyncClient, database: Database
) -> None:
    made, strangers = await make(program), await make(stranger)
    async with database.write() as tx:
        counts = {decode_id(link["id"]) or 0: (3, 2) for link in (made, strangers)}
        await tx.totals.add("web-0", before=0, position=7, counts=counts)

    answer = await program.post(f"{LINKS}/clicks", json={"ids": [made["id"], strangers["id"], "22222222222"]})

    assert answer.json() == {"clicks": {made["id"]: {"clicks": 3, "human_clicks": 2}}}


async def test_many_links_are_archived_and_brought_back_by_what_is_told(program: httpx2.AsyncClient) -> None:
    made = [await make(program) for _ in range(3)]
    await program.post(f"{LINKS}/{made[0]['id']}/archive")

    done = await bulk(program, action="archive", ids=[link["id"] for link in made] + ["22222222222"])

    assert done["changed"] == 2
    assert sorted(done["undo"]["ids"]) == [made[1]["id"], made[2]["id"]]
    assert [(failure["id"], failure["problem"]["code"]) for failure in done["failed"]] == [("22222222222", "not_found")]
    assert (await bulk(program, action="restore", ids=done["undo"]["ids"]))["changed"] == 2
    assert (await program.get(LINKS)).json()["total"] == 2


async def test_links_of_a_filter_are_deleted_and_come_back(program: httpx2.AsyncClient, database: Database) -> None:
    kept, *gone = [await make(program, title=title) for title in ("coffee", "tea one", "tea two")]

    done = await bulk(program, action="delete", filter={"q": "tea"})

    assert done["changed"] == 2
    assert [await leads(database, link) for link in (kept, *gone)] == [True, False, False]
    await bulk(program, action="restore", ids=done["undo"]["ids"])
    assert (await program.get(LINKS)).json()["links"] == [*gone[::-1], kept]


async def test_many_links_are_tagged_and_untagged_where_that_is_a_change(program: httpx2.AsyncClient) -> None:
    first, second = await make(program, tags=["tea"]), await make(program)

    done = await bulk(program, action="tag", ids=[first["id"], second["id"]], tags=["Tea"])
    assert done["undo"]["ids"] == [second["id"]]
    assert (await program.get(LINKS, params={"q": "tea"})).json()["total"] == 2
    undone = await bulk(program, action="untag", ids=done["undo"]["ids"], tags=["tea"])
    assert undone["changed"] == 1
    assert (await program.get(LINKS, params={"q": "tea"})).json()["total"] == 1


async def test_moved_links_know_where_they_were(program: httpx2.AsyncClient) -> None:
    one, two = [(await program.post("/api/v1/folders", json={"name": name})).json()["id"] for name in ("1", "2")]
    first, second = await make(program, folder=one), await make(program)

    done = await bulk(program, action="move", ids=[first["id"], second["id"]], folder=two)

    assert done["undo"]["moves"] == [{"folder": one, "ids": [first["id"]]}, {"folder": None, "ids": [second["id"]]}]
    assert (await program.get(LINKS, params={"folder": two})).json()["total"] == 2


async def test_many_links_are_changed_alike(program: httpx2.AsyncClient, database: Database) -> None:
    made = [await make(program, title=title) for title in "ab"]

    done = await bulk(
        program,
        action="edit",
        ids=[link["id"] for link in made],
        change={"guard": {"mode": "guide"}, "note": "spring", "destination": "https://example.org/"},
    )

    assert done["changed"] == 2
    for link in (await program.get(LINKS, params={"q": "spring"})).json()["links"]:
        assert (link["guard"]["mode"], link["destination"]) == ("guide", "https://example.org/")


async def test_edited_links_know_how_they_were(program: httpx2.AsyncClient) -> None:
    guarded = await make(program, guard={"mode": "guide", "apps": ["line", "x"]}, expires_at="2026-03-05T00:00:00Z")
    plain = [await make(program, note=note) for note in ("one", "two")]
    made = [guarded, *plain]
    change = {"guard": {"mode": "preview", "preset": "all"}, "expires_at": None, "audience": {"forms": ["mobile"]}}

    done = await bulk(program, action="edit", ids=[link["id"] for link in made], change=change)

    changes = sorted(done["undo"]["changes"], key=lambda each: len(each["ids"]))
    assert [len(each["ids"]) for each in changes] == [1, 2]
    assert all(set(each["change"]) == set(change) for each in changes)
    for each in changes:
        assert (await bulk(program, action="edit", **each))["failed"] == []
    for link in made:
        now = (await program.get(f"{LINKS}/{link['id']}")).json()
        assert now | {"updated_at": link["updated_at"]} == link


async def test_links_of_a_list_are_named_to_the_end_whatever_is_made_meanwhile(
    program: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("liulian.links.listing.IDS_MAX", 2)
    made = [(await make(program, title="tea"))["id"] for _ in range(5)]
    await make(program, title="coffee")
    wish: dict[str, Any] = {"filter": {"q": "tea"}}
    found = []
    while True:
        answer = (await program.post(f"{LINKS}/ids", json=wish)).json()
        found += answer["ids"]
        if answer["next_cursor"] is None:
            break
        wish["cursor"] = answer["next_cursor"]
        await make(program, title="tea")

    assert found == made[::-1]
    other = await program.post(f"{LINKS}/ids", json=wish | {"filter": {}})
    assert refused_fields(other) == {"cursor": "cursor_invalid"}


@pytest.mark.parametrize(
    ("wish", "errors"),
    [
        ({"action": "archive"}, {"ids": "bulk_choice"}),
        ({"action": "archive", "ids": ["22222222222"], "filter": {}}, {"ids": "bulk_choice"}),
        ({"action": "tag", "ids": ["22222222222"]}, {"tags": "field_required"}),
        ({"action": "tag", "filter": {"q": "nowhere"}, "tags": ["\x07"]}, {"tags": "label_name"}),
        (
            {"action": "delete", "ids": ["22222222222"], "tags": ["x"], "folder": "x", "change": {}},
            {"tags": "field_unknown", "folder": "field_unknown", "change": "field_unknown"},
        ),
        ({"action": "edit", "ids": ["22222222222"]}, {"change": "field_required"}),
        ({"action": "edit", "ids": ["22222222222"], "change": {"slug": "x"}}, {"change.slug": "field_unknown"}),
        ({"action": "move", "ids": ["22222222222"], "folder": "22222222222"}, {"folder": "folder_unknown"}),
        ({"action": "burn", "ids": ["x"]}, {"action": "field_type", "ids[0]": "field_form"}),
    ],
)
async def test_bulk_that_means_nothing_is_refused(
    program: httpx2.AsyncClient, wish: dict[str, Any], errors: dict[str, str]
) -> None:
    answer = await program.post(BULK, json=wish)

    assert problem(answer) == (422, "invalid_request")
    assert refused_fields(answer) == errors


async def test_who_may_only_look_organises_nothing(program: httpx2.AsyncClient, database: Database) -> None:
    made = await make(program)
    address = f"{LINKS}/{made['id']}"
    token = await api_key(database, scopes=frozenset({Scope.LINKS_READ}))

    async with client_of(database, base_url=BASE, token=token) as reader:
        for answer in (
            await reader.post(f"{address}/archive"),
            await reader.post(f"{address}/restore"),
            await reader.delete(address),
            await reader.post(BULK, json={"action": "archive", "ids": [made["id"]]}),
            await reader.post(f"{LINKS}/claim", json={"manage_token": "lm_x"}),
        ):
            assert problem(answer) == (403, "forbidden")
        assert (await reader.get(LINKS)).json()["links"] == [made]


async def test_links_of_others_cannot_be_organised(
    program: httpx2.AsyncClient, stranger: httpx2.AsyncClient, database: Database
) -> None:
    made = await make(program)
    address, other = f"{LINKS}/{made['id']}", bearer(await api_key(database, workspace=2))

    for path in ("archive", "restore"):
        assert problem(await stranger.post(f"{address}/{path}", headers=other)) == (404, "not_found")
    answer = await stranger.post(BULK, json={"action": "delete", "ids": [made["id"]]}, headers=other)
    assert (answer.json()["changed"], answer.json()["failed"][0]["problem"]["code"]) == (0, "not_found")
    assert (await stranger.post(f"{LINKS}/ids", json={}, headers=other)).json() == {"ids": [], "next_cursor": None}
    assert (await program.get(address)).json() == made
