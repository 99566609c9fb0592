"""People in front of browsers: an installation that is set up, and whoever signs in to it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx2

from liulian.accounts.mail import Letter
from liulian.accounts.newcomers import Newcomer, add_person, join, offer_setup
from liulian.accounts.passwords import Passwords
from liulian.accounts.people import User
from liulian.accounts.permissions import Role
from liulian.accounts.store import Desk
from liulian.base.errors import Unavailable
from liulian.base.ids import WorkspaceId, encode_id
from liulian.storage.database import Database
from tests.web.api import BASE, NOON, client_of, ids

V1 = "/api/v1"
EMAIL, PASSWORD = "lin@example.com", "a long enough password"
HERE = {"Sec-Fetch-Site": "same-origin"}


class Clock:
    """A clock that only the test moves."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **time: float) -> None:
        self.now += timedelta(**time)


class CountedPasswords(Passwords):
    """Passwords that cost little, and tell how often one was compared."""

    def __init__(self) -> None:
        super().__init__(memory_kib=8, rounds=1)
        self.compared = 0

    def _compare(self, password: str, stored: str | None) -> bool:
        self.compared += 1
        return super()._compare(password, stored)


class LetterBox:
    """A mailer whose letters a test reads. `is_away`: it takes none."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.is_away = False

    async def send(self, letter: Letter) -> None:
        if self.is_away:
            raise Unavailable
        self.letters.append(letter)


@dataclass
class Town:
    """One installation, its clock, and browsers of those who use it."""

    database: Database
    clock: Clock
    passwords: CountedPasswords
    parts: dict[str, Any]

    @asynccontextmanager
    async def browser(self, **headers: str) -> AsyncIterator[httpx2.AsyncClient]:
        """Give a browser that nobody has signed in with. Its pages are ours."""
        usual: dict[str, Any] = {"base_url": BASE, "clock": self.clock, "passwords": self.passwords}
        parts = usual | self.parts
        async with client_of(self.database, **parts) as client:
            client.headers |= HERE | headers
            if (parts["base_url"] or "").startswith("https://"):
                client.base_url = httpx2.URL(parts["base_url"])  # Cookies of https go nowhere else.
            yield client

    @asynccontextmanager
    async def signed_in(self, email: str = EMAIL, password: str = PASSWORD) -> AsyncIterator[httpx2.AsyncClient]:
        """Give a browser in which somebody has signed in."""
        async with self.browser() as client:
            await sign_in(client, email, password)
            yield client

    async def person(
        self, email: str, role: Role | None = None, *, workspace: int = 1, name: str = "Somebody", **changed: Any
    ) -> User:
        """Make an account with the usual password, in a workspace where a role is given."""
        hashed = await self.passwords.hash(PASSWORD)
        async with self.database.write() as tx:
            desk = self.desk(tx)
            newcomer = Newcomer(email=email, name=name, password=PASSWORD)
            user = await add_person(newcomer, password_hash=hashed, language="en", is_verified=True, desk=desk)
            if role is not None:
                await join(user, WorkspaceId(workspace), role, action="member.joined", desk=desk)
            if changed:
                await tx.users.update(user.id, **changed)
        return user

    def desk(self, tx: Any) -> Desk:
        return Desk(tx=tx, ids=ids, now=self.clock())

    async def setup_token(self) -> str | None:
        async with self.database.write() as tx:
            return await offer_setup(desk=self.desk(tx))


def a_town(database: Database, **parts: Any) -> Town:
    return Town(database=database, clock=Clock(), passwords=CountedPasswords(), parts=parts)


async def sign_in(client: httpx2.AsyncClient, email: str = EMAIL, password: str = PASSWORD, **more: str) -> Any:
    answer = await client.post(f"{V1}/session", json={"email": email, "password": password} | more)
    assert answer.status_code == 200, answer.text
    return answer.json()


def in_workspace(number: int) -> dict[str, str]:
    """The header that chooses a workspace."""
    return {"Liulian-Workspace": encode_id(number)}


async def actions(town: Town, *, workspace: int = 1) -> list[str]:
    """What the audit log says was done, oldest first."""
    async with town.database.read() as tx:
        entries = await tx.audit.list_page(workspace_id=WorkspaceId(workspace), before=None, limit=100)
    return [entry.action for entry in reversed(entries)]
