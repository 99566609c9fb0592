"""An installation with one of everything in a workspace, and everybody who may knock at it.

It is filled once, over the API as people and programs would; every test gets a copy of its database.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx2

from liulian.accounts.permissions import ALL_SCOPES, ROLE_SCOPES, Role, Scope
from liulian.base.errors import FieldError
from liulian.base.i18n import Language
from liulian.base.ids import ActId, CommunityId, FlagId, MemberId, PostId, ServiceId, decode_id, encode_id
from liulian.community.answers import Attempt
from liulian.community.exchange import About, Post, PostState
from liulian.community.model import Member, MemberState
from liulian.community.reports import Flag, FlagKind, FlagObject, FlagState
from liulian.links.domain_model import Domain
from liulian.links.screened import NO_SCREEN
from liulian.storage.database import Database
from liulian.storage.plant import plant_of
from liulian.transfer.run import work_on_next
from liulian.web.auth import SESSION_COOKIE
from tests.databases import fresh_url, opened
from tests.web.api import BASE, NOON, api_key, bearer, ids
from tests.web.authenticator import Authenticator
from tests.web.people import PASSWORD, V1, Town, a_town, in_workspace, sign_in

SECRET = "tortoiseshell"  # In every name and text of the workspace, so that any of them is known where it turns up.
ROWS = f"url,slug,title\nhttps://example.com/1,{SECRET}-row,{SECRET}\n=1+1,{SECRET}-bad,{SECRET}\n"
COMMUNITY: dict[str, Any] = {
    "name": f"{SECRET} community",
    "problem": {"who": SECRET, "situation": SECRET, "outcome": SECRET},
}
CONNECTOR: dict[str, Any] = {
    "values": {"issuer": "https://id.example", "client_id": SECRET, "name": SECRET},
    "secret": "never-shown-again",
}
GOAL: dict[str, Any] = {
    "name": f"{SECRET} goal",
    "unit": "cups",
    "baseline": 0,
    "target": 100,
    "starts_on": "2026-03-01",
    "ends_on": "2026-05-30",
    "measure": {"kind": "check_in"},
}
BADGE: dict[str, Any] = {
    "name": f"{SECRET} badge",
    "emblem": "🍵",
    "about": "Seven days in a row",
    "rule": {"kind": "streak", "at_least": 7},
}
SEND: dict[str, Any] = {
    "key": f"{SECRET}-1",
    "name": f"{SECRET} letter",
    "purpose": "problem",
    "sent_at": "2026-03-01T08:00:00+08:00",
}
MONEY: dict[str, Any] = {"key": f"{SECRET}-1", "day": "2026-03-01", "cost": 12.5, "note": SECRET}
HEADS: dict[str, Any] = {
    "key": "heads-1",
    "kind": "head_count",
    "at": "2026-03-01T08:00:00+08:00",
    "value": 120,
    "group": "Group 1",
}
OCCURRENCE = "2026-03-04T20:00"
RITUAL: dict[str, Any] = {
    "name": f"{SECRET} ritual",
    "about": "Bring a question",
    "rrule": "FREQ=WEEKLY;BYDAY=WE",
    "starts_at": OCCURRENCE,
}
CHALLENGE: dict[str, Any] = {
    "kind": "challenge",
    "name": f"{SECRET} challenge",
    "definition": {"task": f"{SECRET} tea"},
}
SELF_TEST: dict[str, Any] = {
    "kind": "self_test",
    "name": f"{SECRET} self-test",
    "definition": {"items": [{"key": "cups", "kind": "number", "text": f"{SECRET} cups", "min": 0, "max": 6}]},
}
FILE = f"MP_verify_{SECRET}.txt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who knocks: by which headers, with which rights in the filled workspace.

    `is_person`: signed in. `is_insider`: of that workspace. A stranger and who manages one link are neither.
    """

    name: str
    headers: dict[str, str]
    scopes: frozenset[Scope] = frozenset()
    is_person: bool = False
    is_insider: bool = False


@dataclass(slots=True)
class Filled:
    """A database as bytes, the ids and tokens of what is in it, and the callers."""

    content: bytes = b""
    known: dict[str, str] = field(default_factory=dict)
    callers: list[Caller] = field(default_factory=list)


class Prover:
    """Finds every domain proved."""

    async def doubts(self, domain: Domain, *, own_port: int | None) -> tuple[FieldError, ...]:
        return ()


_FILLED: list[Filled] = []


async def filled(folder: Path) -> Filled:
    """Return the installation, made at the first call."""
    if not _FILLED:
        place = folder / "first"
        place.mkdir()
        async with opened(await fresh_url("sqlite", place)) as database:
            new = await _fill(database, place)
        _FILLED.append(new)
        new.content = _content(place / "liulian.db")
    return _FILLED[0]


def _content(path: Path) -> bytes:
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path.read_bytes()


class Rewind:
    """Tells whether anybody changed a copy of the database, and makes it what it was."""

    def __init__(self, path: Path, original: Path) -> None:
        self._watch, self._original = sqlite3.connect(path), sqlite3.connect(original)
        self._watch.execute("PRAGMA synchronous = OFF")  # Nobody needs a copy after the machine fails.
        self.version()

    def version(self) -> int:
        """Return another number when another connection has changed something."""
        return int(self._watch.execute("PRAGMA data_version").fetchone()[0])

    def back(self) -> None:
        self._original.backup(self._watch)

    def close(self) -> None:
        self._watch.close()
        self._original.close()


@asynccontextmanager
async def copy_of(place: Filled, folder: Path) -> AsyncIterator[tuple[httpx2.AsyncClient, Rewind]]:
    """Give a client of the application with a copy of the filled database, and what undoes what is done there."""
    path, original = folder / "copy.db", folder / "original.db"
    path.write_bytes(place.content)
    original.write_bytes(place.content)
    rewind = Rewind(path, original)
    async with opened(f"sqlite:///{path}") as database, _town(database, folder).browser() as client:
        try:
            yield client, rewind
        finally:
            rewind.close()


def _town(database: Database, folder: Path) -> Town:
    return a_town(database, imports_dir=folder / "imports", prover=Prover())


async def _fill(database: Database, folder: Path) -> Filled:
    town = _town(database, folder)
    new = Filled()
    for role in Role:
        user = await town.person(f"{role}@{SECRET}.example", role, name=f"{SECRET} {role}")
        new.known[role.value] = encode_id(user.id)
    leaver = await town.person(f"leaver@{SECRET}.example", Role.ANALYST, name=SECRET)
    new.known["member"] = encode_id(leaver.id)
    await town.person("stranger@example.com", name="Somebody else")
    async with town.signed_in(f"owner@{SECRET}.example") as owner:
        await _things(owner, new.known)
        await _own_things(town, owner, new.known)
    await _import(database, folder)
    await _shared_answer(database, new.known)
    await _reported_post(database, new.known)
    new.callers = await _callers(town, new.known)
    await _warm(town, new.callers)
    return new


async def _things(owner: httpx2.AsyncClient, known: dict[str, str]) -> None:
    """Put one of everything into the workspace."""
    made = known.__setitem__
    made("tag", await _made(owner, "tags", name=f"{SECRET} tag"))
    made("folder", await _made(owner, "folders", name=f"{SECRET} folder"))
    made("view", await _made(owner, "views", name=f"{SECRET} view", query={"q": SECRET}))
    made("template", await _made(owner, "utm-templates", name=f"{SECRET} template", source=SECRET))
    await _community(owner, known)
    made("domain", await _made(owner, "domains", host=f"{SECRET}.example.com"))
    await owner.post(f"{V1}/domains/{known['domain']}/verify")
    await owner.put(f"{V1}/domains/{known['domain']}/files/{FILE}", content=SECRET.encode())
    wish = {"title": SECRET, "note": SECRET, "tags": [known["tag"]], "folder": known["folder"]}
    link = {"destination": f"https://example.com/{SECRET}", "slug": SECRET}
    made("link", await _made(owner, "links", **wish, **link))
    made("archived", await _made(owner, "links", **wish, **link | {"slug": f"{SECRET}-2"}))
    await owner.post(f"{V1}/links/{known['archived']}/archive")
    await owner.patch(f"{V1}/workspace", json={"name": SECRET})
    made("key", await _made(owner, "api-keys", name=SECRET, scopes=["links:read"]))
    invited = await owner.post(f"{V1}/invitations", json={"role": "analyst", "email": f"guest@{SECRET}.example"})
    made("invitation", invited.json()["id"])
    for name in ("finished", "import"):
        sent = await owner.post(f"{V1}/imports", files={"file": (f"{SECRET}.csv", ROWS.encode(), "text/csv")})
        made(name, sent.json()["id"])
    await owner.post(f"{V1}/imports/{known['finished']}/start", json={})


async def _community(owner: httpx2.AsyncClient, known: dict[str, str]) -> None:
    """Found a community with one of everything in it."""
    made = known.__setitem__
    made("community", await _made(owner, "communities", **COMMUNITY))
    there = f"communities/{known['community']}"
    for plural, name, wish in (
        ("goals", "goal", GOAL),
        ("badges", "badge", BADGE),
        ("rituals", "ritual", RITUAL),
        ("services", "challenge", CHALLENGE),
        ("services", "self_test", SELF_TEST),
        ("channels", "channel", {"name": f"{SECRET} channel", "slug": f"{SECRET}-c"}),
    ):
        made(name, await _made(owner, f"{there}/{plural}", **wish))
    await owner.put(f"{V1}/{there}/connectors/oidc", json=CONNECTOR)
    told = await owner.post(f"{V1}/{there}/sends", json=SEND)
    made("send", told.json()["id"])
    money = MONEY | {"service_id": known["challenge"]}
    await owner.post(f"{V1}/{there}/money", json={"entries": [money]})
    await owner.post(f"{V1}/{there}/broadcasts", json={"name": SECRET, "body": SECRET})
    await owner.put(f"{V1}/{there}/rituals/{known['ritual']}/changes/{OCCURRENCE}", json={"note": SECRET})


async def _shared_answer(database: Database, known: dict[str, str]) -> None:
    """Let a member of the community have shown what they answered to staff."""
    community_id, service_id = (decode_id(known[name]) or 0 for name in ("community", "self_test"))
    attempt = Attempt(
        id=ActId(ids()),
        community_id=CommunityId(community_id),
        member_id=MemberId(ids()),
        service_id=ServiceId(service_id),
        version=1,
        answers={"cups": 3.0},
        created_at=NOON,
        score=3.0,
        is_shared=True,
    )
    async with database.write() as tx:
        await tx.attempts.add(attempt)


async def _reported_post(database: Database, known: dict[str, str]) -> None:
    """Let a member of the community have written something that waits, and another have reported it."""
    community_id = CommunityId(decode_id(known["community"]) or 0)
    writer, post_id, flag_id = MemberId(ids()), PostId(ids()), FlagId(ids())
    known |= {"reader": encode_id(writer), "post": encode_id(post_id), "flag": encode_id(flag_id)}
    async with database.write() as tx:
        await tx.members.add(
            Member(
                id=writer,
                community_id=community_id,
                state=MemberState.ACTIVE,
                nickname=f"{SECRET} reader",
                zone="UTC",
                language=Language.EN,
                joined_at=NOON,
                joined_on=20_513,
            )
        )
        await tx.posts.add(
            Post(
                id=post_id,
                community_id=community_id,
                member_id=writer,
                about=About.PROBLEM,
                body=SECRET,
                state=PostState.WAITING,
                reason="first_post",
                created_at=NOON,
            )
        )
        await tx.flags.add(
            Flag(
                id=flag_id,
                community_id=community_id,
                kind=FlagKind.REPORT,
                object_kind=FlagObject.POST,
                object_id=post_id,
                member_id=writer,
                reasons=("rude",),
                state=FlagState.OPEN,
                created_at=NOON,
            )
        )


async def _made(owner: httpx2.AsyncClient, plural: str, **wish: Any) -> str:
    answer = await owner.post(f"{V1}/{plural}", json=wish)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def _import(database: Database, folder: Path) -> None:
    """Do the worker's work: one import that was started."""
    plant = plant_of(
        database,
        screen=NO_SCREEN,
        folder=folder / "imports",
        zone=ZoneInfo("Asia/Shanghai"),
        clock=lambda: NOON,
        ids=ids,
    )
    await work_on_next(plant, asyncio.Event())


async def _own_things(town: Town, owner: httpx2.AsyncClient, known: dict[str, str]) -> None:
    """Give the owner a passkey and a second browser."""
    device = Authenticator(origin=BASE)
    begun = (await owner.post(f"{V1}/me/passkeys/options")).json()
    wish = {"token": begun["token"], "credential": device.create(begun["options"]), "name": SECRET}
    added = await owner.post(f"{V1}/me/passkeys", json=wish)
    known["passkey"] = added.json()["id"]
    async with town.signed_in(f"owner@{SECRET}.example") as second:
        sessions = (await second.get(f"{V1}/me/sessions")).json()["sessions"]
    known["session"] = next(each["id"] for each in sessions if each["current"])


async def _callers(town: Town, known: dict[str, str]) -> list[Caller]:
    """Return everybody: roles, keys of one scope and of all, who belongs elsewhere, and who belongs nowhere."""
    everybody = [
        Caller(
            name=role.value,
            headers=await _cookie(town, f"{role}@{SECRET}.example"),
            scopes=ROLE_SCOPES[role],
            is_person=True,
            is_insider=True,
        )
        for role in Role
    ]
    for scopes in (ALL_SCOPES, *(frozenset({scope}) for scope in Scope)):
        name = f"key {' '.join(scopes)}" if len(scopes) == 1 else "key of all"
        token = bearer(await api_key(town.database, scopes=scopes))
        everybody.append(Caller(name=name, headers=token, scopes=scopes, is_insider=True))
    foreigner = await _cookie(town, "stranger@example.com")
    async with town.browser(**foreigner) as client:
        theirs = (await client.post(f"{V1}/workspaces", json={"name": "Theirs"})).json()["id"]
    async with town.browser() as client:
        made = (await client.post(f"{V1}/links", json={"destination": "https://example.com/"})).json()
    known["manage_token"] = made["manage_token"]
    return [
        *everybody,
        Caller(name="foreigner", headers=foreigner | {"Liulian-Workspace": theirs}, is_person=True),
        Caller(name="intruder", headers=foreigner | in_workspace(1), is_person=True),
        Caller(name="manager", headers=bearer(made["manage_token"])),
        Caller(name="stranger", headers={}),
    ]


async def _cookie(town: Town, email: str) -> dict[str, str]:
    async with town.browser() as client:
        await sign_in(client, email, PASSWORD)
        return {"Cookie": f"{SESSION_COOKIE}={client.cookies[SESSION_COOKIE]}"}


async def _warm(town: Town, callers: list[Caller]) -> None:
    """Let everybody have been there, so that being there again changes nothing."""
    for caller in callers:
        async with town.browser(**caller.headers) as client:
            await client.get(f"{V1}/links")
