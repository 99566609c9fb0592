"""Keys of programs: what they may do, how long, and what is remembered of their use. And the log of it all."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest

from liulian.accounts.permissions import KEY_SCOPES, ROLE_SCOPES, Role, Scope
from liulian.base.ids import encode_id
from liulian.storage.database import Database
from tests.web.api import LINKS, NOON, api_key, bearer, make, problem, refused_fields
from tests.web.people import EMAIL, V1, Town, a_town, in_workspace

KEYS, AUDIT = f"{V1}/api-keys", f"{V1}/audit"
SOON = (NOON + timedelta(hours=1)).isoformat()


@pytest.fixture
async def town(database: Database) -> Town:
    town = a_town(database)
    await town.person(EMAIL, Role.ADMIN, name="Lin")
    return town


def wish(**different: object) -> dict[str, Any]:
    return {"name": "till", "scopes": ["links:read", "links:write"]} | different


async def test_token_is_shown_once_and_works_within_its_scopes(town: Town) -> None:
    async with town.signed_in() as browser:
        made = await browser.post(KEYS, json=wish())
        assert made.status_code == 201
        key = made.json()
        token = key.pop("token")
        assert key["created_by"] == {"kind": "user", "id": key["created_by"]["id"], "name": "Lin"}
        assert (await browser.get(KEYS)).json()["api_keys"] == [key]
    async with town.browser(Authorization=f"Bearer {token}") as program:
        assert await make(program)
        assert problem(await program.get(f"{V1}/members")) == (403, "forbidden")


async def test_key_is_allowed_no_more_than_its_maker(town: Town, database: Database) -> None:
    async with town.signed_in() as browser:
        answer = await browser.post(KEYS, json=wish(scopes=["workspace:write"]))
        assert problem(answer) == (403, "scopes_too_wide")
        everything = [scope.value for scope in Scope if scope in ROLE_SCOPES[Role.ADMIN]]
        assert (await browser.post(KEYS, json=wish(scopes=everything))).status_code == 201
    key = bearer(await api_key(database, scopes=frozenset({Scope.KEYS_WRITE, Scope.LINKS_READ})))
    async with town.browser() as program:
        assert problem(await program.post(KEYS, json=wish(), headers=key)) == (403, "scopes_too_wide")
        made = await program.post(KEYS, json=wish(scopes=["links:read"]), headers=key)
        assert made.json()["created_by"] is None


async def test_key_of_before_may_do_what_an_editor_may(town: Town, database: Database) -> None:
    key = bearer(await api_key(database))
    async with database.write() as tx:
        await tx.connection.exec_driver_sql("UPDATE api_keys SET scopes = NULL")
    async with town.browser() as program:
        shown = (await program.get(f"{V1}/workspace", headers=key)).json()

    assert set(shown["scopes"]) == {scope.value for scope in KEY_SCOPES} == {s.value for s in ROLE_SCOPES[Role.EDITOR]}


async def test_key_ends_when_it_should(town: Town) -> None:
    ends_at = town.clock.now + timedelta(days=1)
    async with town.signed_in() as browser:
        token = (await browser.post(KEYS, json=wish(expires_at=ends_at.isoformat()))).json()["token"]
        past = await browser.post(KEYS, json=wish(expires_at=town.clock.now.isoformat()))
        assert refused_fields(past) == {"expires_at": "key_expires_at_past"}
        naive = await browser.post(KEYS, json=wish(expires_at="2027-01-01T00:00:00"))
        assert problem(naive) == (422, "invalid_request")
    async with town.browser(Authorization=f"Bearer {token}") as program:
        town.clock.now = ends_at - timedelta(seconds=1)
        assert (await program.get(LINKS)).status_code == 200
        town.clock.now = ends_at
        assert problem(await program.get(LINKS)) == (401, "not_signed_in")


async def test_key_makes_none_that_outlives_it(town: Town) -> None:
    ends_at = town.clock.now + timedelta(days=1)
    async with town.signed_in() as browser:
        by_person = (await browser.post(KEYS, json=wish(scopes=["keys:write"], expires_at=ends_at.isoformat()))).json()
        async with town.browser(Authorization=f"Bearer {by_person['token']}") as program:
            for wanted in (None, (ends_at + timedelta(days=9)).isoformat()):
                made = (await program.post(KEYS, json=wish(scopes=["keys:write"], expires_at=wanted))).json()
                assert made["expires_at"] == by_person["expires_at"]
                assert made["created_by"] == by_person["created_by"], "whoever goes takes these along too"
            sooner = (await program.post(KEYS, json=wish(scopes=["keys:write"], expires_at=SOON))).json()
            assert sooner["expires_at"] < by_person["expires_at"]


async def test_key_does_no_more_than_its_maker_does_now(town: Town) -> None:
    await town.person("owner@example.com", Role.OWNER)
    async with town.signed_in() as browser:
        key = (await browser.post(KEYS, json=wish(scopes=["links:read", "links:write", "keys:write"]))).json()
        maker = key["created_by"]["id"]
    async with (
        town.signed_in("owner@example.com") as owner,
        town.browser(Authorization=f"Bearer {key['token']}") as program,
    ):
        assert (await program.get(KEYS)).status_code == 200
        assert (await owner.patch(f"{V1}/members/{maker}", json={"role": "analyst"})).status_code == 200
        assert (await program.get(f"{V1}/workspace")).json()["scopes"] == ["links:read"]
        assert problem(await program.get(KEYS)) == (403, "forbidden")
        assert (await owner.delete(f"{V1}/members/{maker}")).status_code == 204
        assert problem(await program.get(LINKS)) == (401, "not_signed_in")


async def test_key_does_nothing_while_its_maker_is_disabled(town: Town) -> None:
    async with town.signed_in() as browser:
        token = (await browser.post(KEYS, json=wish())).json()["token"]
    async with town.browser(Authorization=f"Bearer {token}") as program:
        for disabled_at, status in ((town.clock(), 401), (None, 200)):
            async with town.database.write() as tx:
                user = await tx.users.find_by_email(EMAIL)
                assert user is not None
                await tx.users.update(user.id, disabled_at=disabled_at)
            assert (await program.get(LINKS)).status_code == status


async def test_last_use_is_remembered_at_most_once_a_minute(town: Town) -> None:
    async with town.signed_in() as browser:
        token = (await browser.post(KEYS, json=wish())).json()["token"]

        async def last_used() -> str | None:
            (key,) = (await browser.get(KEYS)).json()["api_keys"]
            used: str | None = key["last_used_at"]
            return used

        assert await last_used() is None
        async with town.browser(Authorization=f"Bearer {token}") as program:
            await program.get(LINKS)
            first = await last_used()
            town.clock.pass_by(seconds=59)
            await program.get(LINKS)
            assert await last_used() == first is not None
            town.clock.pass_by(seconds=1)
            await program.get(LINKS)
            assert (await last_used() or "") > first


async def test_revoked_key_is_useless_at_once_and_only_for_its_workspace(town: Town, database: Database) -> None:
    async with town.signed_in() as browser:
        key = (await browser.post(KEYS, json=wish())).json()
        other = bearer(await api_key(database, workspace=2))
        assert problem(await browser.delete(f"{KEYS}/{key['id']}", headers=other)) == (404, "not_found")
        assert (await browser.delete(f"{KEYS}/{key['id']}")).status_code == 204
        assert problem(await browser.delete(f"{KEYS}/{key['id']}")) == (404, "not_found")
        assert problem(await browser.get(LINKS, headers=bearer(key["token"]))) == (401, "not_signed_in")


@pytest.mark.parametrize(
    "different",
    [{"scopes": []}, {"scopes": ["links:fly"]}, {"name": ""}, {"name": "a\nb"}, {"scopes": "links:read"}, {"more": 1}],
)
async def test_wish_that_makes_no_sense_is_refused(town: Town, different: dict[str, object]) -> None:
    async with town.signed_in() as browser:
        assert problem(await browser.post(KEYS, json=wish(**different))) == (422, "invalid_request")


async def test_log_says_who_did_what_newest_first_and_page_by_page(town: Town) -> None:
    async with town.signed_in() as browser:
        key = (await browser.post(KEYS, json=wish())).json()
        await browser.delete(f"{KEYS}/{key['id']}")
        found, cursor = [], None
        while True:
            page = (await browser.get(AUDIT, params={"limit": 1} | ({"cursor": cursor} if cursor else {}))).json()
            found += page["entries"]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert [entry["action"] for entry in found] == ["api_key.revoked", "api_key.created", "member.joined"]
        assert found[1]["actor"]["name"] == "Lin"
        assert found[1]["object_id"] == key["id"]
        assert found[1]["details"] == {"name": "till", "scopes": ["links:read", "links:write"]}
        assert key["token"] not in str(found)

        async def only(**params: str) -> list[str]:
            entries = (await browser.get(AUDIT, params=params)).json()["entries"]
            return [entry["action"] for entry in entries]

        assert await only(action="api_key") == ["api_key.revoked", "api_key.created"]
        assert await only(action="api_key.created") == ["api_key.created"]
        assert await only(action="api") == []
        assert await only(actor=found[1]["actor"]["id"]) == [entry["action"] for entry in found]
        assert await only(actor=encode_id(12345)) == []
        assert problem(await browser.get(AUDIT, params={"actor": "x"})) == (422, "invalid_request")
        assert problem(await browser.get(AUDIT, params={"cursor": "x"})) == (422, "invalid_request")


async def test_log_is_a_file_that_a_spreadsheet_shows_and_does_not_compute(town: Town) -> None:
    async with town.signed_in() as browser:
        await browser.patch(f"{V1}/me", json={"name": '=HYPERLINK("x")'})
        await browser.post(KEYS, json=wish())
        answer = await browser.get(f"{AUDIT}.csv")

    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [row["action"] for row in rows] == ["api_key.created", "member.joined"]
    assert rows[0]["actor_name"] == '\'=HYPERLINK("x")'


async def test_log_of_another_workspace_is_not_there(town: Town) -> None:
    async with town.database.write() as tx:
        await tx.connection.exec_driver_sql("INSERT INTO workspaces (id, name, created_at) VALUES (2, 'Other', 0)")
    await town.person("other@example.com", Role.OWNER, workspace=2)
    async with town.signed_in() as mine, town.signed_in("other@example.com") as theirs:
        await mine.post(KEYS, json=wish())
        entries = (await theirs.get(AUDIT)).json()["entries"]
        assert [entry["action"] for entry in entries] == ["member.joined"]
        assert problem(await theirs.get(AUDIT, headers=in_workspace(1))) == (404, "not_found")
