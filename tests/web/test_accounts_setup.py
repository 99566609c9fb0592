"""The first account: by the link that is printed, once."""

import asyncio
from datetime import timedelta

import pytest

from liulian.accounts.permissions import Role
from liulian.storage.database import Database
from liulian.web.auth import SESSION_COOKIE
from tests.web.api import problem, refused_fields
from tests.web.people import EMAIL, PASSWORD, V1, Town, a_town, actions

SETUP, SESSION = f"{V1}/setup", f"{V1}/session"


@pytest.fixture
def town(database: Database) -> Town:
    return a_town(database)


def wish(token: str | None, **different: object) -> dict[str, object]:
    return {"token": token, "email": EMAIL, "name": "Lin", "password": PASSWORD} | different


async def test_first_person_owns_the_default_workspace_and_is_signed_in(town: Town) -> None:
    token = await town.setup_token()
    async with town.browser() as browser:
        assert (await browser.get(SESSION)).json()["state"] == "setup"
        answer = await browser.post(SETUP, json=wish(token))
        assert answer.status_code == 201
        assert SESSION_COOKIE in answer.cookies
        state = answer.json()
        assert (state["state"], state["user"]["email"]) == ("signed_in", EMAIL)
        assert [(place["name"], place["role"]) for place in state["workspaces"]] == [("My workspace", "owner")]
        assert (await browser.get(SESSION)).json() == state
        made_at = (await browser.get(f"{V1}/workspace")).json()["created_at"]
        assert made_at == "2026-03-01T12:00:00.000000Z", "the workspace begins with them, not with the empty database"
    assert await town.setup_token() is None, "the next start prints no link"
    assert await actions(town) == ["workspace.set_up"]


async def test_link_works_once(town: Town) -> None:
    token, other = await town.setup_token(), await town.setup_token()
    async with town.browser() as browser:
        assert (await browser.post(SETUP, json=wish(token))).status_code == 201
        for used in (token, other):
            answer = await browser.post(SETUP, json=wish(used, email="other@example.com"))
            assert problem(answer) == (410, "token_invalid")


async def test_two_who_come_together_do_not_both_become_the_first(town: Town) -> None:
    tokens = [await town.setup_token(), await town.setup_token()]
    async with town.browser() as browser:
        posts = [browser.post(SETUP, json=wish(token, email=f"{n}@example.com")) for n, token in enumerate(tokens)]
        answers = await asyncio.gather(*posts)

    assert sorted(answer.status_code for answer in answers) == [201, 410]


async def test_link_is_of_no_use_once_somebody_has_an_account(town: Town) -> None:
    token = await town.setup_token()
    await town.person("first@example.com", Role.OWNER)
    async with town.browser() as browser:
        assert problem(await browser.post(SETUP, json=wish(token))) == (409, "already_set_up")


async def test_link_works_for_a_day(town: Town) -> None:
    token = await town.setup_token()
    town.clock.now += timedelta(hours=24)
    async with town.browser() as browser:
        assert problem(await browser.post(SETUP, json=wish(token))) == (410, "token_invalid")


async def test_everything_that_is_wrong_is_said_at_once_and_the_link_still_works(town: Town) -> None:
    token = await town.setup_token()
    async with town.browser() as browser:
        answer = await browser.post(SETUP, json=wish(token, email="lin", name=" ", password="short"))
        assert problem(answer) == (422, "invalid_request")
        assert refused_fields(answer) == {
            "email": "email_invalid",
            "name": "name_invalid",
            "password": "password_too_short",
        }
        assert (await browser.post(SETUP, json=wish(token))).status_code == 201


@pytest.mark.parametrize("token", ["", "x", "é", "x" * 300])
async def test_guessed_link_is_refused(town: Town, token: str) -> None:
    async with town.browser() as browser:
        answer = await browser.post(SETUP, json=wish(token))
        assert answer.status_code in (410, 422)


async def test_guessing_is_slow(town: Town) -> None:
    async with town.browser() as browser:
        for _ in range(60):
            await browser.post(SETUP, json=wish("guess"))
        assert problem(await browser.post(SETUP, json=wish("guess"))) == (429, "too_many_attempts")
