"""Who belongs to a workspace, who may change that, and how somebody new comes in."""

from datetime import timedelta
from typing import Any

import httpx2
import pytest

from liulian.accounts.disabling import disable
from liulian.accounts.people import DEFAULT_WORKSPACE, User
from liulian.accounts.permissions import ROLE_SCOPES, Role, Scope
from liulian.base.ids import encode_id
from liulian.storage.database import Database
from tests.web.api import BASE, api_key, bearer, problem
from tests.web.people import PASSWORD, V1, LetterBox, Town, a_town, actions, sign_in

MEMBERS, INVITATIONS = f"{V1}/members", f"{V1}/invitations"


@pytest.fixture
def letters() -> LetterBox:
    return LetterBox()


@pytest.fixture
async def town(database: Database, letters: LetterBox) -> Town:
    """Four people, one in each role, and one who owns another workspace."""
    town = a_town(database, mailer=letters)
    for role in Role:
        await town.person(f"{role}@example.com", role, name=role.value.title())
    async with database.write() as tx:
        await tx.connection.exec_driver_sql("INSERT INTO workspaces (id, name, created_at) VALUES (2, 'Other', 0)")
    await town.person("stranger@example.com", Role.OWNER, workspace=2)
    return town


async def person(town: Town, email: str) -> User:
    async with town.database.read() as tx:
        user = await tx.users.find_by_email(email)
    assert user is not None
    return user


async def address(town: Town, email: str) -> str:
    return f"{MEMBERS}/{encode_id((await person(town, email)).id)}"


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(
    ("method", "path", "body", "scope"),
    [
        ("GET", "members", None, Scope.MEMBERS_READ),
        ("GET", "invitations", None, Scope.MEMBERS_READ),
        ("POST", "invitations", {"role": "analyst"}, Scope.MEMBERS_WRITE),
        ("PATCH", "workspace", {"name": "Tea"}, Scope.WORKSPACE_WRITE),
        ("DELETE", "workspace", {"name": "wrong"}, Scope.WORKSPACE_WRITE),
        ("GET", "api-keys", None, Scope.KEYS_WRITE),
        ("POST", "api-keys", {"name": "x", "scopes": ["links:read"]}, Scope.KEYS_WRITE),
        ("GET", "audit", None, Scope.AUDIT_READ),
        ("GET", "audit.csv", None, Scope.AUDIT_READ),
        ("GET", "workspace", None, None),
    ],
)
async def test_role_does_what_its_scopes_say(
    town: Town, role: Role, method: str, path: str, body: object, scope: Scope | None
) -> None:
    async with town.signed_in(f"{role}@example.com") as browser:
        answer = await browser.request(method, f"{V1}/{path}", json=body)

    may = scope is None or scope in ROLE_SCOPES[role]
    assert (answer.status_code != 403) is may, answer.text
    if not may:
        assert problem(answer) == (403, "forbidden")


HIGHER = {Role.OWNER: 3, Role.ADMIN: 2, Role.EDITOR: 1, Role.ANALYST: 0}


@pytest.mark.parametrize("by", Role)
@pytest.mark.parametrize("of", Role)
@pytest.mark.parametrize("to", Role)
async def test_nobody_gives_or_changes_a_role_above_their_own(town: Town, by: Role, of: Role, to: Role) -> None:
    await town.person("second-owner@example.com", Role.OWNER)
    await town.person("target@example.com", of)
    async with town.signed_in(f"{by}@example.com") as browser:
        answer = await browser.patch(await address(town, "target@example.com"), json={"role": to.value})

    if Scope.MEMBERS_WRITE not in ROLE_SCOPES[by]:
        assert problem(answer) == (403, "forbidden")
    elif max(HIGHER[of], HIGHER[to]) > HIGHER[by]:
        assert problem(answer) == (403, "role_too_high")
    else:
        assert (answer.status_code, answer.json()["role"]) == (200, to.value)


@pytest.mark.parametrize(("by", "may"), [("owner", True), ("admin", False), ("editor", False)])
async def test_owner_is_removed_by_owners_alone(town: Town, by: str, may: bool) -> None:
    await town.person("second-owner@example.com", Role.OWNER)
    async with town.signed_in(f"{by}@example.com") as browser:
        answer = await browser.delete(await address(town, "second-owner@example.com"))

    assert (answer.status_code == 204) is may


async def test_last_owner_cannot_go_and_cannot_become_less(town: Town) -> None:
    async with town.signed_in("owner@example.com") as browser:
        me = await address(town, "owner@example.com")
        assert problem(await browser.delete(me)) == (409, "last_owner")
        assert problem(await browser.patch(me, json={"role": "editor"})) == (409, "last_owner")

        heir = await address(town, "admin@example.com")
        assert (await browser.patch(heir, json={"role": "owner"})).status_code == 200
        assert (await browser.delete(me)).status_code == 204
        assert problem(await browser.get(MEMBERS)) == (403, "no_workspace"), "at once"
    assert await actions(town) == ["member.joined"] * 4 + ["member.role_changed", "member.left"]


async def test_owner_who_is_disabled_does_not_count_as_one(town: Town) -> None:
    await town.person("away@example.com", Role.OWNER, disabled_at=town.clock())
    async with town.signed_in("owner@example.com") as browser:
        me = await address(town, "owner@example.com")
        assert problem(await browser.delete(me)) == (409, "last_owner")
        assert problem(await browser.patch(me, json={"role": "editor"})) == (409, "last_owner")
        listed = (await browser.get(MEMBERS)).json()["members"]
        assert [member["email"] for member in listed if member["disabled"]] == ["away@example.com"]
        assert (await browser.delete(await address(town, "away@example.com"))).status_code == 204


async def test_anybody_may_leave(town: Town) -> None:
    async with town.signed_in("analyst@example.com") as browser:
        assert (await browser.delete(await address(town, "analyst@example.com"))).status_code == 204


async def test_removed_member_is_out_at_once_and_keeps_the_account(town: Town) -> None:
    async with town.signed_in("owner@example.com") as owner, town.signed_in("editor@example.com") as editor:
        assert (await editor.get(MEMBERS)).status_code == 200
        assert (await owner.delete(await address(town, "editor@example.com"))).status_code == 204
        assert problem(await editor.get(MEMBERS)) == (403, "no_workspace")
        assert (await editor.get(f"{V1}/me")).status_code == 200


async def test_people_of_another_workspace_are_not_there(town: Town) -> None:
    async with town.signed_in("owner@example.com") as browser:
        for email in ("stranger@example.com",):
            other = await address(town, email)
            assert problem(await browser.patch(other, json={"role": "analyst"})) == (404, "not_found")
            assert problem(await browser.delete(other)) == (404, "not_found")
        listed = (await browser.get(MEMBERS)).json()["members"]
        assert [member["role"] for member in listed] == [role.value for role in Role]
        assert listed[0]["last_seen_at"] is not None
        assert listed[1]["last_seen_at"] is None


async def test_key_gives_no_role_that_may_more_than_the_key(town: Town, database: Database) -> None:
    narrow = bearer(await api_key(database, scopes=frozenset({Scope.MEMBERS_READ, Scope.MEMBERS_WRITE})))
    wide = bearer(await api_key(database, scopes=ROLE_SCOPES[Role.ADMIN]))
    async with town.browser() as program:
        for role in Role:
            answer = await program.post(INVITATIONS, json={"role": role.value}, headers=narrow)
            assert problem(answer) == (403, "role_too_high")
        assert (await program.post(INVITATIONS, json={"role": "admin"}, headers=wide)).status_code == 201
        answer = await program.post(INVITATIONS, json={"role": "owner"}, headers=wide)
        assert problem(answer) == (403, "role_too_high")


async def invite(town: Town, by: str = "owner@example.com", **wish: Any) -> Any:
    async with town.signed_in(by) as browser:
        answer = await browser.post(INVITATIONS, json={"role": "editor"} | wish)
    assert answer.status_code == 201, answer.text
    return answer.json()


def token_of(invitation: dict[str, str]) -> str:
    place, _, token = invitation["url"].partition("#")
    assert place == f"{BASE}/console/invitation"
    return token


async def accept(browser: httpx2.AsyncClient, invitation: dict[str, str], **who: str) -> httpx2.Response:
    return await browser.post(f"{INVITATIONS}/accept", json={"token": token_of(invitation)} | who)


NEW: dict[str, str] = {"email": "new@example.com", "name": "New", "password": PASSWORD}


async def test_somebody_new_comes_in_by_a_link(town: Town) -> None:
    invitation = await invite(town)
    async with town.browser() as browser:
        look = await browser.post(f"{INVITATIONS}/look", json={"token": token_of(invitation)})
        offered = look.json()
        assert (offered["workspace_name"], offered["role"], offered["email"]) == ("Liulian", "editor", None)
        answer = await accept(browser, invitation, **NEW)
        assert answer.status_code == 201
        assert [(place["name"], place["role"]) for place in answer.json()["workspaces"]] == [("Liulian", "editor")]
        assert (await browser.get(MEMBERS)).status_code == 200
        assert problem(await accept(browser, invitation, **NEW)) == (410, "token_invalid"), "it works once"
    assert (await actions(town))[-2:] == ["invitation.created", "member.joined"]


async def test_somebody_known_comes_in_as_they_are(town: Town) -> None:
    invitation = await invite(town)
    town.clock.pass_by(minutes=1)
    async with town.signed_in("stranger@example.com") as browser:
        answer = await accept(browser, invitation)
        assert answer.status_code == 201
        assert [place["name"] for place in answer.json()["workspaces"]] == ["Other", "Liulian"]


async def test_who_has_an_account_is_asked_to_sign_in_first(town: Town) -> None:
    invitation = await invite(town)
    async with town.browser() as browser:
        answer = await accept(browser, invitation, **NEW | {"email": "STRANGER@example.com"})
        assert problem(answer) == (409, "email_taken")
        await sign_in(browser, "stranger@example.com")
        assert (await accept(browser, invitation)).status_code == 201, "the link still works"


async def test_invitation_for_one_address_is_for_nobody_else(town: Town, letters: LetterBox) -> None:
    invitation = await invite(town, email="Guest@example.com")
    async with town.browser() as browser:
        assert problem(await accept(browser, invitation, **NEW)) == (403, "invitation_other_email")
    async with town.signed_in("stranger@example.com") as browser:
        assert problem(await accept(browser, invitation)) == (403, "invitation_other_email")
    async with town.browser() as browser:
        answer = await accept(browser, invitation, name="Guest", password=PASSWORD)
        assert answer.json()["user"]["email"] == "Guest@example.com"
    (letter,) = letters.letters
    assert (letter.to, invitation["mailed"]) == ("Guest@example.com", True)
    assert invitation["url"] in letter.text
    assert "Owner" in letter.text


async def test_invitation_waits_a_week(town: Town) -> None:
    invitation = await invite(town)
    town.clock.now += timedelta(days=7)
    async with town.browser() as browser:
        assert problem(await accept(browser, invitation, **NEW)) == (410, "token_invalid")
        look = await browser.post(f"{INVITATIONS}/look", json={"token": token_of(invitation)})
        assert problem(look) == (410, "token_invalid")
    async with town.signed_in("owner@example.com") as browser:
        assert (await browser.get(INVITATIONS)).json()["invitations"] == []


async def test_revoked_invitation_is_useless(town: Town) -> None:
    invitation = await invite(town)
    place = f"{INVITATIONS}/{invitation['id']}"
    async with town.signed_in("stranger@example.com") as stranger:
        assert problem(await stranger.delete(place)) == (404, "not_found")
    async with town.signed_in("admin@example.com") as browser:
        (listed,) = (await browser.get(INVITATIONS)).json()["invitations"]
        assert "url" not in listed
        assert (await browser.delete(place)).status_code == 204
        assert problem(await browser.delete(place)) == (404, "not_found")
    async with town.browser() as browser:
        assert problem(await accept(browser, invitation, **NEW)) == (410, "token_invalid")


async def test_member_is_not_invited_again(town: Town) -> None:
    async with town.signed_in("owner@example.com") as browser:
        answer = await browser.post(INVITATIONS, json={"role": "editor", "email": "EDITOR@example.com"})
        assert problem(answer) == (409, "member_already")
    invitation = await invite(town)
    async with town.signed_in("editor@example.com") as browser:
        assert problem(await accept(browser, invitation)) == (409, "member_already")
    async with town.signed_in("stranger@example.com") as browser:
        assert (await accept(browser, invitation)).status_code == 201, "it was not used up"


@pytest.mark.parametrize("way", ["remove", "lower", "disable", "leave"])
async def test_who_goes_or_may_less_leaves_no_invitation_open(town: Town, way: str) -> None:
    theirs, others = await invite(town, by="admin@example.com"), await invite(town)
    async with town.signed_in("admin@example.com") as admin:
        wanted = {"name": "x", "scopes": sorted(ROLE_SCOPES[Role.ADMIN])}
        key = bearer((await admin.post(f"{V1}/api-keys", json=wanted)).json()["token"])
    async with town.browser() as program:
        assert (await program.post(INVITATIONS, json={"role": "analyst"}, headers=key)).status_code == 201
    await go(town, way)

    async with town.signed_in("owner@example.com") as owner:
        waiting = [each["id"] for each in (await owner.get(INVITATIONS)).json()["invitations"]]
        assert waiting == [others["id"]]
    async with town.browser() as browser:
        assert problem(await accept(browser, theirs, **NEW)) == (410, "token_invalid")
    assert (await actions(town)).count("invitation.revoked") == 2


async def test_invitation_of_who_went_before_they_were_closed_lets_nobody_in(town: Town) -> None:
    invitation = await invite(town, by="admin@example.com")
    maker = (await person(town, "admin@example.com")).id
    async with town.database.write() as tx:
        await tx.workspaces.set_role(DEFAULT_WORKSPACE, maker, Role.EDITOR)
    async with town.browser() as browser:
        assert problem(await accept(browser, invitation, **NEW)) == (410, "token_invalid")


async def go(town: Town, way: str) -> None:
    """Make the administrator one no more."""
    place = await address(town, "admin@example.com")
    if way == "disable":
        user = await person(town, "admin@example.com")
        async with town.database.write() as tx:
            await disable(user, desk=town.desk(tx))
        return
    async with town.signed_in("admin@example.com" if way == "leave" else "owner@example.com") as browser:
        if way == "lower":
            answer = await browser.patch(place, json={"role": "editor"})
        else:
            answer = await browser.delete(place)
    assert answer.status_code in (200, 204)


async def test_what_is_missing_to_make_an_account_is_said(town: Town) -> None:
    invitation = await invite(town)
    async with town.browser() as browser:
        answer = await accept(browser, invitation)
    assert {error["field"] for error in answer.json()["errors"]} == {"email", "name", "password"}


async def claims(database: Database, host: str) -> int:
    async with database.read() as tx:
        rows = await tx.connection.exec_driver_sql(f"SELECT id FROM domains WHERE host = '{host}'")
        return len(rows.all())


async def test_workspace_is_made_renamed_and_deleted_by_its_owner(town: Town, database: Database) -> None:
    async with town.signed_in("editor@example.com") as browser:
        made = (await browser.post(f"{V1}/workspaces", json={"name": " Tea "})).json()
        assert (made["name"], made["role"]) == ("Tea", "owner")
        there = {"Liulian-Workspace": made["id"]}
        show = (await browser.patch(f"{V1}/workspace", json={"name": "Tea house"}, headers=there)).json()
        assert (show["name"], show["member_count"]) == ("Tea house", 1)

        async def delete(name: str) -> httpx2.Response:
            return await browser.request("DELETE", f"{V1}/workspace", json={"name": name}, headers=there)

        assert problem(await delete("Tea")) == (422, "invalid_request")
        link = await browser.post(f"{V1}/links", json={"destination": "https://example.com"}, headers=there)
        assert problem(await delete("Tea house")) == (409, "workspace_has_links")
        await browser.delete(f"{V1}/links/{link.json()['id']}", headers=there)
        key = await browser.post(f"{V1}/api-keys", json={"name": "x", "scopes": ["links:read"]}, headers=there)
        await browser.post(f"{V1}/domains", json={"host": "tea.example.com"}, headers=there)
        assert (await delete("Tea house")).status_code == 204
        assert await claims(database, "tea.example.com") == 0
        assert problem(await browser.get(f"{V1}/workspace", headers=there)) == (404, "not_found")
        gone = await browser.get(f"{V1}/links", headers=bearer(key.json()["token"]))
        assert problem(gone) == (401, "not_signed_in")


async def test_default_workspace_stays(town: Town) -> None:
    async with town.signed_in("owner@example.com") as browser:
        answer = await browser.request("DELETE", f"{V1}/workspace", json={"name": "Liulian"})
        assert problem(answer) == (409, "workspace_is_default")


async def test_key_sees_its_workspace_and_no_person(town: Town, database: Database) -> None:
    key = bearer(await api_key(database, workspace=2, scopes=frozenset({Scope.LINKS_READ})))
    async with town.browser() as program:
        shown = (await program.get(f"{V1}/workspace", headers=key)).json()
        assert (shown["name"], shown["role"], shown["scopes"]) == ("Other", None, ["links:read"])
        assert problem(await program.get(MEMBERS, headers=key)) == (403, "forbidden")
        assert problem(await program.post(f"{V1}/workspaces", json={"name": "x"}, headers=key)) == (
            401,
            "not_signed_in",
        )


async def test_strangers_are_asked_to_sign_in(town: Town) -> None:
    async with town.browser() as browser:
        for path in ("members", "invitations", "workspace", "api-keys", "audit", "audit.csv", "me", "me/sessions"):
            assert problem(await browser.get(f"{V1}/{path}")) == (401, "not_signed_in"), path
