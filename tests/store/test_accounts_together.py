"""People who come in the same moment, on both databases: one of them wins, and what must hold still holds."""

import asyncio
from collections.abc import Awaitable, Callable

from liulian.accounts.invitations import accept, invite
from liulian.accounts.members import remove_member
from liulian.accounts.model import UserActor
from liulian.accounts.newcomers import Newcomer, add_person, join, offer_setup, set_up
from liulian.accounts.people import DEFAULT_WORKSPACE, User
from liulian.accounts.permissions import Role
from liulian.accounts.store import Desk
from liulian.base.errors import AppError
from liulian.base.ids import IdSource, SessionId
from liulian.storage.database import Database, Transaction
from tests.store.a_link import NOON

ids = IdSource()


def desk_in(tx: Transaction) -> Desk:
    return Desk(tx=tx, ids=ids, now=NOON)


async def outcome(database: Database, work: Callable[[Desk], Awaitable[object]]) -> str:
    """Return `done`, or the code of the refusal."""
    try:
        async with database.write() as tx:
            await work(desk_in(tx))
    except AppError as refusal:
        return refusal.code
    return "done"


async def a_person(database: Database, email: str, role: Role | None = None) -> User:
    async with database.write() as tx:
        newcomer = Newcomer(email=email, name="Lin", password=None)
        user = await add_person(newcomer, password_hash=None, language=None, is_verified=True, desk=desk_in(tx))
        if role is not None:
            await join(user, DEFAULT_WORKSPACE, role, action="member.joined", desk=desk_in(tx))
    return user


def acting(user: User) -> UserActor:
    return UserActor(workspace_id=DEFAULT_WORKSPACE, user_id=user.id, session_id=SessionId(1), role=Role.OWNER)


async def test_two_set_up_links_make_one_first_person(database: Database, neighbour: Database) -> None:
    async with database.write() as tx:
        tokens = [await offer_setup(desk=desk_in(tx)) or "" for _ in range(2)]

    def setting_up(number: int) -> Callable[[Desk], Awaitable[User]]:
        newcomer = Newcomer(email=f"{number}@example.com", name="Lin", password=None)
        return lambda desk: set_up(
            newcomer, token=tokens[number], password_hash="x", workspace_name="Tea", language="en", desk=desk
        )

    done = await asyncio.gather(outcome(database, setting_up(0)), outcome(neighbour, setting_up(1)))

    assert done.count("done") == 1
    assert set(done) <= {"done", "already_set_up", "token_invalid"}
    async with database.read() as tx:
        assert len(await tx.users.list_all()) == 1
        assert await tx.workspaces.count_members(DEFAULT_WORKSPACE) == 1


async def test_two_owners_who_leave_together_leave_one(database: Database, neighbour: Database) -> None:
    first = await a_person(database, "a@example.com", Role.OWNER)
    second = await a_person(database, "b@example.com", Role.OWNER)

    done = await asyncio.gather(
        outcome(database, lambda desk: remove_member(acting(first), first.id, desk=desk)),
        outcome(neighbour, lambda desk: remove_member(acting(second), second.id, desk=desk)),
    )

    assert sorted(done) == ["done", "last_owner"]


async def test_invitation_lets_one_of_two_in(database: Database, neighbour: Database) -> None:
    owner = await a_person(database, "a@example.com", Role.OWNER)
    guests = [await a_person(database, f"guest{n}@example.com") for n in range(2)]
    async with database.write() as tx:
        _, token = await invite(acting(owner), email=None, role=Role.EDITOR, desk=desk_in(tx))

    done = await asyncio.gather(
        outcome(database, lambda desk: accept(token, guests[0], desk=desk)),
        outcome(neighbour, lambda desk: accept(token, guests[1], desk=desk)),
    )

    assert sorted(done) == ["done", "token_invalid"]
