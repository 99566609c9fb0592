"""Signing in and out: what is said, what is not, and what a cookie may do."""

import httpx2
import pytest

from liulian.accounts.permissions import Role
from liulian.accounts.sessions import IDLE_MAX, LIFE_MAX
from liulian.base.net import TrustedProxies
from liulian.storage.database import Database
from liulian.web.auth import SESSION_COOKIE, SESSION_PATH
from tests.web.api import LINKS, api_key, bearer, problem
from tests.web.people import EMAIL, PASSWORD, V1, Town, a_town, in_workspace, sign_in

SESSION = f"{V1}/session"


@pytest.fixture
async def town(database: Database) -> Town:
    town = a_town(database)
    await town.person(EMAIL, Role.OWNER, name="Lin")
    return town


async def test_who_is_here_is_told_to_anybody(town: Town) -> None:
    async with town.browser() as browser:
        before = (await browser.get(SESSION)).json()
        await sign_in(browser)
        after = (await browser.get(SESSION)).json()

    assert (before["state"], before["user"], before["workspaces"]) == ("signed_out", None, [])
    assert (after["state"], after["user"]["email"]) == ("signed_in", EMAIL)
    assert [(place["name"], place["role"]) for place in after["workspaces"]] == [("Liulian", "owner")]
    assert "workspace:write" in after["workspaces"][0]["scopes"]


async def test_cookie_is_for_this_site_alone_and_scripts_never_see_it(town: Town) -> None:
    town.parts["base_url"] = None
    async with town.browser() as browser:
        plain = (await browser.post(SESSION, json={"email": EMAIL, "password": PASSWORD})).headers["set-cookie"]
    async with town.browser() as browser:
        browser.base_url = httpx2.URL("https://s.example")
        secure = (await browser.post(SESSION, json={"email": EMAIL, "password": PASSWORD})).headers["set-cookie"]

    for cookie in (plain, secure):
        assert {"HttpOnly", "SameSite=lax", "Path=/api/"} <= {part.strip() for part in cookie.split(";")}
    assert "Secure" not in plain
    assert "Secure" in secure


async def test_cookie_is_secure_behind_a_proxy_nobody_told_us_to_trust(town: Town) -> None:
    wish = {"email": EMAIL, "password": PASSWORD}
    async with town.browser() as browser:
        browser.base_url = httpx2.URL("http://s.example")  # As a proxy in front of us asks.
        public = (await browser.post(SESSION, json=wish)).headers["set-cookie"]
        browser.base_url = httpx2.URL("http://127.0.0.1:8000")
        local = (await browser.post(SESSION, json=wish)).headers["set-cookie"]

    assert "Secure" in public
    assert "Secure" not in local, "the browser would not keep it"


async def test_cookie_goes_with_no_short_link_and_no_page(town: Town) -> None:
    async with town.signed_in() as browser:
        sent = {path: browser.build_request("GET", path).headers.get("cookie") for path in ("/abc", "/", "/console/")}
        here = browser.build_request("GET", f"{V1}/session").headers["cookie"]

    assert set(sent.values()) == {None}
    assert here.startswith(f"{SESSION_COOKIE}=")


async def test_unknown_address_and_wrong_password_are_told_alike_after_the_same_work(town: Town) -> None:
    await town.person("gone@example.com", disabled_at=town.clock())
    await town.person("none@example.com", password_hash=None)
    told = set()
    for email in (EMAIL, "nobody@example.com", "gone@example.com", "none@example.com"):
        password = PASSWORD if email == "gone@example.com" else "a wrong password"
        before = town.passwords.compared
        async with town.browser() as browser:
            answer = await browser.post(SESSION, json={"email": email, "password": password})
        assert problem(answer) == (401, "sign_in_failed")
        assert town.passwords.compared == before + 1
        assert SESSION_COOKIE not in answer.cookies
        told.add(answer.text)

    assert len(told) == 1


async def test_address_is_known_however_it_is_written(town: Town) -> None:
    async with town.browser() as browser:
        assert (await sign_in(browser, " LIN@Example.COM "))["user"]["email"] == EMAIL


async def test_session_begins_anew_whatever_cookie_came(town: Town) -> None:
    async with town.browser() as browser:
        browser.cookies.set(SESSION_COOKIE, "chosen-by-somebody-else", domain="s.example", path=SESSION_PATH)
        await sign_in(browser)
        first = [each for each in browser.cookies.jar if each.value != "chosen-by-somebody-else"][-1].value
    assert first

    async with town.browser() as browser:
        browser.headers["Cookie"] = f"{SESSION_COOKIE}={first}"
        answer = await browser.post(SESSION, json={"email": EMAIL, "password": PASSWORD})
        second = answer.cookies[SESSION_COOKIE]
        assert second != first
        assert problem(await browser.get(f"{V1}/me")) == (401, "not_signed_in"), "the earlier session ended"
        assert (await browser.get(f"{V1}/me", headers={"Cookie": f"{SESSION_COOKIE}={second}"})).status_code == 200


async def test_signing_out_ends_the_session_itself(town: Town) -> None:
    async with town.signed_in() as browser:
        token = browser.cookies[SESSION_COOKIE]
        assert (await browser.delete(SESSION)).status_code == 204
        assert SESSION_COOKIE not in browser.cookies
        kept = {"Cookie": f"{SESSION_COOKIE}={token}"}
        assert problem(await browser.get(f"{V1}/me", headers=kept)) == (401, "not_signed_in")
        assert (await browser.delete(SESSION)).status_code == 204, "there is nothing left to do"


async def test_cookie_that_has_ended_is_no_silent_stranger_and_is_taken_back(town: Town) -> None:
    async with town.signed_in() as browser:
        async with town.database.write() as tx:
            user = await tx.users.find_by_email(EMAIL)
            assert user is not None
            await tx.sessions.end_all(user.id)

        kept = {"Cookie": f"{SESSION_COOKIE}={browser.cookies[SESSION_COOKIE]}"}
        wish = {"destination": "https://example.com"}
        assert problem(await browser.post(LINKS, json=wish)) == (401, "not_signed_in")
        assert SESSION_COOKIE not in browser.cookies
        assert (await browser.post(LINKS, json=wish)).status_code == 201, "a stranger now, and knows it"
        shown = await browser.get(SESSION, headers=kept)
        assert shown.json()["state"] == "signed_out"
        assert f'{SESSION_COOKIE}=""' in shown.headers["Set-Cookie"]


async def test_session_that_nobody_used_for_a_month_is_over(town: Town) -> None:
    async with town.signed_in() as browser:
        town.clock.now += IDLE_MAX
        assert problem(await browser.get(f"{V1}/me")) == (401, "not_signed_in")


async def test_session_that_is_used_lasts_half_a_year_and_no_longer(town: Town) -> None:
    async with town.signed_in() as browser:
        ends_at = town.clock.now + LIFE_MAX
        while town.clock.now + IDLE_MAX / 2 < ends_at:
            town.clock.now += IDLE_MAX / 2
            assert (await browser.get(f"{V1}/me")).status_code == 200
        town.clock.now = ends_at
        assert problem(await browser.get(f"{V1}/me")) == (401, "not_signed_in")


async def test_disabled_person_is_out_at_once(town: Town) -> None:
    async with town.signed_in() as browser:
        async with town.database.write() as tx:
            user = await tx.users.find_by_email(EMAIL)
            assert user is not None
            await tx.users.update(user.id, disabled_at=town.clock())

        assert problem(await browser.get(f"{V1}/me")) == (401, "not_signed_in")
        assert problem(await browser.get(LINKS)) == (401, "not_signed_in")


FOREIGN = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "", "Origin": "https://s.example"},
    {"Origin": "https://evil.example"},
    {"Origin": "http://s.example"},
    {"Origin": "https://s.example.evil.example"},
    {"Origin": "null"},
    {},
]
OURS = [
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "https://s.example"},
]


@pytest.mark.parametrize("headers", FOREIGN)
async def test_page_of_another_site_changes_nothing_by_our_cookie(town: Town, headers: dict[str, str]) -> None:
    async with town.signed_in() as browser:
        del browser.headers["Sec-Fetch-Site"]
        for method, path in (("POST", LINKS), ("PATCH", f"{V1}/me"), ("DELETE", SESSION), ("POST", f"{V1}/workspaces")):
            answer = await browser.request(method, path, json={"name": "x"}, headers=headers)
            assert problem(answer) == (403, "cross_site"), (method, path)
        assert (await browser.get(f"{V1}/me", headers=headers)).status_code == 200, "looking is no change"


@pytest.mark.parametrize("headers", OURS)
async def test_page_of_this_site_may(town: Town, headers: dict[str, str]) -> None:
    async with town.signed_in() as browser:
        del browser.headers["Sec-Fetch-Site"]
        answer = await browser.patch(f"{V1}/me", json={"name": "Lin Mo"}, headers=headers)

    assert answer.status_code == 200


@pytest.mark.parametrize("origin", ["http://s.example", "https://s.example"])
async def test_page_of_the_host_that_was_asked_may_while_no_base_url_is_set(town: Town, origin: str) -> None:
    town.parts["base_url"] = None
    async with town.signed_in() as browser:
        del browser.headers["Sec-Fetch-Site"]
        answer = await browser.patch(f"{V1}/me", json={"name": "Lin Mo"}, headers={"Origin": origin})

    assert answer.status_code == 200


async def test_page_of_another_site_signs_nobody_in(town: Town) -> None:
    async with town.browser(**{"Sec-Fetch-Site": "cross-site"}) as browser:
        for path, body in (("session", {"email": EMAIL, "password": PASSWORD}), ("session/passkey/options", {})):
            assert problem(await browser.post(f"{V1}/{path}", json=body)) == (403, "cross_site")


async def test_program_without_a_browser_may_sign_in(town: Town) -> None:
    async with town.browser() as program:
        del program.headers["Sec-Fetch-Site"]
        await sign_in(program)


async def test_key_beats_the_cookie(town: Town, database: Database) -> None:
    other = bearer(await api_key(database, workspace=2))
    async with town.signed_in() as browser:
        made = await browser.post(LINKS, json={"destination": "https://example.com"})
        assert made.status_code == 201
        assert "manage_token" not in made.json(), "it belongs to the workspace"
        assert (await browser.get(LINKS, headers=other)).json()["links"] == []
        assert problem(await browser.get(f"{V1}/me", headers=other)) == (401, "not_signed_in")


async def test_workspace_is_chosen_by_header_or_query_and_never_a_strange_one(town: Town) -> None:
    async with town.signed_in() as browser:
        made = (await browser.post(f"{V1}/workspaces", json={"name": "Tea"})).json()
        async with town.database.write() as tx:
            await tx.connection.exec_driver_sql("INSERT INTO workspaces (id, name, created_at) VALUES (99, 'x', 0)")

        show = f"{V1}/workspace"
        assert (await browser.get(show)).json()["name"] == "Liulian"
        assert (await browser.get(show, headers={"Liulian-Workspace": made["id"]})).json()["name"] == "Tea"
        assert (await browser.get(show, params={"workspace": made["id"]})).json()["name"] == "Tea"
        for strange in (in_workspace(99), in_workspace(12345), {"Liulian-Workspace": "x"}):
            assert problem(await browser.get(show, headers=strange)) == (404, "not_found")


async def test_person_without_a_workspace_is_told_so(town: Town) -> None:
    await town.person("alone@example.com")
    async with town.signed_in("alone@example.com") as browser:
        assert (await browser.get(SESSION)).json()["workspaces"] == []
        assert problem(await browser.get(LINKS)) == (403, "no_workspace")
        assert (await browser.get(f"{V1}/me")).status_code == 200
        assert (await browser.post(f"{V1}/workspaces", json={"name": "Mine"})).status_code == 201
        assert (await browser.get(LINKS)).status_code == 200


async def test_account_is_tried_so_often_and_then_has_to_wait(town: Town) -> None:
    async with town.browser() as browser:
        for _ in range(20):
            answer = await browser.post(SESSION, json={"email": EMAIL, "password": "wrong password"})
            assert problem(answer) == (401, "sign_in_failed")
        before = town.passwords.compared
        refused = await browser.post(SESSION, json={"email": EMAIL.upper(), "password": PASSWORD})
        assert problem(refused) == (429, "too_many_attempts")
        wait_s = int(refused.headers["Retry-After"])
        assert 0 < wait_s <= 3600
        assert town.passwords.compared == before, "no work is done for it"

        town.clock.pass_by(seconds=wait_s)
        await sign_in(browser)


async def test_stranger_who_guesses_elsewhere_keeps_nobody_out(town: Town) -> None:
    town.parts["proxies"] = TrustedProxies.parse("loopback")
    wrong = {"email": EMAIL, "password": "wrong password"}
    async with town.signed_in() as here, town.browser() as browser:
        for number in range(200):
            guess = await browser.post(SESSION, json=wrong, headers={"X-Forwarded-For": f"203.0.{number}.7"})
            assert problem(guess) == (401, "sign_in_failed")
            if number == 21:
                await sign_in(browser)
        refused = await browser.post(SESSION, json=wrong, headers={"X-Forwarded-For": "203.0.200.7"})
        assert problem(refused) == (429, "too_many_attempts"), "all addresses together have a limit too"
        change = {"current": PASSWORD, "new": "another long password"}
        assert (await here.post(f"{V1}/me/password", json=change)).status_code == 204, "who is in already is in"


async def test_address_that_tries_many_accounts_has_to_wait_too(town: Town) -> None:
    async with town.browser() as browser:
        for number in range(60):
            await browser.post(SESSION, json={"email": f"a{number}@example.com", "password": "wrong password"})
        refused = await browser.post(SESSION, json={"email": EMAIL, "password": PASSWORD})

    assert problem(refused) == (429, "too_many_attempts")


async def test_who_succeeds_is_not_counted(town: Town) -> None:
    async with town.browser() as browser:
        for _ in range(25):
            await sign_in(browser)


@pytest.mark.parametrize(
    "body",
    [{}, {"email": EMAIL}, {"email": EMAIL, "password": "x", "more": 1}, {"email": 1, "password": "x"}, [], "x"],
)
async def test_body_that_is_no_sign_in_is_refused(town: Town, body: object) -> None:
    async with town.browser() as browser:
        assert problem(await browser.post(SESSION, json=body)) == (422, "invalid_request")


async def test_weaker_hash_is_made_anew_at_the_next_sign_in(town: Town) -> None:
    from argon2 import PasswordHasher

    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1, hash_len=16).hash(PASSWORD)
    user = await town.person("old@example.com", Role.EDITOR, password_hash=weak)
    async with town.signed_in("old@example.com"):
        pass
    async with town.database.read() as tx:
        present = await tx.users.find(user.id)

    assert present is not None
    assert present.password_hash != weak
    async with town.signed_in("old@example.com"):
        pass
