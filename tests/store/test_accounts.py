"""People, sessions, one-time tokens and the log, on both databases."""

import asyncio
from datetime import timedelta
from typing import Any

from liulian.accounts.model import ApiKeyActor, UserActor
from liulian.accounts.people import DEFAULT_WORKSPACE, Identity, Passkey, Session, User, Workspace
from liulian.accounts.permissions import Role
from liulian.base.ids import ApiKeyId, PasskeyId, SessionId, UserId, WorkspaceId
from liulian.storage.database import Database, Transaction
from tests.store.a_link import NOON

LONG_AGO = NOON - timedelta(days=365)
HOUR = timedelta(hours=1)
OTHER = WorkspaceId(77)


def a_user(number: int = 5, **different: Any) -> User:
    usual: dict[str, Any] = {"id": UserId(number), "email": f"u{number}@example.com", "name": "Lin", "created_at": NOON}
    return User(**usual | different)


async def add_member(tx: Transaction, number: int, role: Role, *, workspace: WorkspaceId = DEFAULT_WORKSPACE) -> None:
    assert await tx.users.add(a_user(number))
    assert await tx.workspaces.add_member(workspace, UserId(number), role, now=NOON)


async def test_one_address_has_one_account_however_it_is_written(database: Database) -> None:
    async with database.write() as tx:
        assert not await tx.users.is_any()
        assert await tx.users.add(a_user(email="Lin@Example.com"))
        assert not await tx.users.add(a_user(6, email="lin@example.COM"))
        assert await tx.users.is_any()

    async with database.read() as tx:
        found = await tx.users.find_by_email("LIN@example.com")
        assert found == a_user(email="Lin@Example.com")
        assert await tx.users.find(UserId(5)) == found
        assert await tx.users.find(UserId(6)) is None


async def test_address_is_changed_unless_somebody_has_it(database: Database) -> None:
    async with database.write() as tx:
        await tx.users.add(a_user(5))
        await tx.users.add(a_user(6))
        assert not await tx.users.change_email(UserId(5), "U6@example.com", verified_at=None)
        assert await tx.users.change_email(UserId(5), "U5@Example.com", verified_at=NOON)
        found = await tx.users.find_by_email("u5@example.com")

    assert found is not None
    assert (found.email, found.email_verified_at) == ("U5@Example.com", NOON)


async def test_time_step_is_used_once_and_never_an_earlier_one(database: Database) -> None:
    async with database.write() as tx:
        await tx.users.add(a_user())
        assert await tx.users.use_totp_step(UserId(5), 100)
        assert not await tx.users.use_totp_step(UserId(5), 100)
        assert not await tx.users.use_totp_step(UserId(5), 99)
        assert await tx.users.use_totp_step(UserId(5), 101)


async def test_one_time_step_lets_one_of_two_in_who_come_together(database: Database, neighbour: Database) -> None:
    async with database.write() as tx:
        await tx.users.add(a_user())

    async def use(where: Database) -> bool:
        async with where.write() as tx:
            return await tx.users.use_totp_step(UserId(5), 7)

    assert sorted(await asyncio.gather(use(database), use(neighbour))) == [False, True]


async def test_recovery_code_is_used_up(database: Database) -> None:
    async with database.write() as tx:
        await tx.users.replace_recovery_codes(UserId(5), [b"a", b"b"])
        assert not await tx.users.use_recovery_code(UserId(6), b"a")
        assert await tx.users.use_recovery_code(UserId(5), b"a")
        assert not await tx.users.use_recovery_code(UserId(5), b"a")
        await tx.users.replace_recovery_codes(UserId(5), [])
        assert not await tx.users.use_recovery_code(UserId(5), b"b")


async def test_passkey_belongs_to_one_person_and_its_counter_moves_by_compare_and_set(database: Database) -> None:
    passkey = Passkey(
        id=PasskeyId(9), user_id=UserId(5), credential_id=b"c", public_key=b"k", sign_count=1, name="x", created_at=NOON
    )
    async with database.write() as tx:
        assert await tx.users.add_passkey(passkey)
        assert not await tx.users.add_passkey(passkey)
        assert await tx.users.find_passkey(b"c") == passkey
        assert await tx.users.use_passkey(passkey, sign_count=2, now=NOON)
        assert not await tx.users.use_passkey(passkey, sign_count=3, now=NOON), "somebody was faster"
        assert not await tx.users.rename_passkey(PasskeyId(9), "y", user_id=UserId(6))
        assert not await tx.users.remove_passkey(PasskeyId(9), user_id=UserId(6))
        assert await tx.users.remove_passkey(PasskeyId(9), user_id=UserId(5))
        assert await tx.users.list_passkeys(UserId(5)) == []


async def test_identity_elsewhere_belongs_to_one_account(database: Database) -> None:
    identity = Identity(issuer="https://i", subject="s", user_id=UserId(5), email=None, created_at=NOON)
    async with database.write() as tx:
        assert await tx.users.add_identity(identity)
        assert not await tx.users.add_identity(identity)
        assert await tx.users.find_identity("https://i", "s") == identity
        assert await tx.users.list_identities(UserId(5)) == [identity]
        assert await tx.users.remove_identities(UserId(5), issuer="https://i")
        assert not await tx.users.remove_identities(UserId(5), issuer="https://i")


def a_session(number: int = 3, **different: Any) -> Session:
    usual: dict[str, Any] = {"id": SessionId(number), "user_id": UserId(5), "created_at": NOON, "last_seen_at": NOON}
    return Session(**usual | different)


async def test_session_is_found_until_it_ends(database: Database) -> None:
    async with database.write() as tx:
        await tx.users.add(a_user())
        await tx.sessions.add(a_session(), fingerprint=b"a")
        await tx.sessions.add(a_session(4), fingerprint=b"b")

    async def is_found(print_: bytes) -> bool:
        async with database.read() as tx:
            return await tx.sessions.find(print_, seen_after=LONG_AGO, made_after=LONG_AGO) is not None

    assert await is_found(b"a")
    assert not await is_found(b"x")
    async with database.write() as tx:
        assert not await tx.sessions.end(SessionId(3), user_id=UserId(6)), "it is not theirs"
        assert await tx.sessions.end(SessionId(3), user_id=UserId(5))
        assert not await tx.sessions.end(SessionId(3), user_id=UserId(5))
    assert not await is_found(b"a")
    assert await is_found(b"b")
    async with database.write() as tx:
        await tx.users.update(UserId(5), disabled_at=NOON)
    assert not await is_found(b"b"), "its person is disabled"


async def test_session_that_was_not_used_or_is_too_old_lets_nobody_in(database: Database) -> None:
    async with database.write() as tx:
        await tx.users.add(a_user())
        await tx.sessions.add(a_session(), fingerprint=b"a")
        assert await tx.sessions.find(b"a", seen_after=NOON, made_after=LONG_AGO) is None
        assert await tx.sessions.find(b"a", seen_after=LONG_AGO, made_after=NOON) is None
        await tx.sessions.touch(SessionId(3), now=NOON + HOUR)
        found = await tx.sessions.find(b"a", seen_after=NOON, made_after=LONG_AGO)
        assert found is not None
        assert found.session.last_seen_at == NOON + HOUR
        await tx.sessions.forget_before(seen=NOON + HOUR, made=LONG_AGO)
        assert await tx.sessions.list_of(UserId(5), seen_after=LONG_AGO, made_after=LONG_AGO) == []


async def test_one_time_token_works_once_for_its_purpose_while_it_lasts(database: Database) -> None:
    async with database.write() as tx:
        for token in (b"a", b"b"):
            await tx.one_time.add(token, purpose="x", expires_at=NOON + HOUR, user_id=UserId(5), data={"k": "v"})
        assert await tx.one_time.use(b"a", purpose="y", now=NOON) is None
        assert await tx.one_time.use(b"a", purpose="x", now=NOON + HOUR) is None
        found = await tx.one_time.use(b"a", purpose="x", now=NOON)
        assert found is not None
        assert (found.user_id, found.data) == (UserId(5), {"k": "v"})
        assert await tx.one_time.use(b"a", purpose="x", now=NOON) is None
        await tx.one_time.drop(purpose="x", user_id=UserId(6))
        assert await tx.one_time.is_waiting(purpose="x", user_id=UserId(5), now=NOON)
        await tx.one_time.forget_before(NOON + HOUR)
        assert not await tx.one_time.is_waiting(purpose="x", user_id=UserId(5), now=NOON)


async def test_token_lets_one_of_two_in_who_come_together(database: Database, neighbour: Database) -> None:
    async with database.write() as tx:
        await tx.one_time.add(b"a", purpose="x", expires_at=NOON + HOUR)

    async def use(where: Database) -> bool:
        async with where.write() as tx:
            return await tx.one_time.use(b"a", purpose="x", now=NOON) is not None

    assert sorted(await asyncio.gather(use(database), use(neighbour))) == [False, True]


async def test_default_workspace_is_there_from_the_start_and_made_again_where_it_is_not(database: Database) -> None:
    async with database.write() as tx:
        assert (await tx.workspaces.lock_default(name="x", now=NOON)).name == "Liulian"
        await tx.connection.exec_driver_sql("DELETE FROM workspaces")
        assert (await tx.workspaces.lock_default(name="x", now=NOON)).name == "x"


async def test_members_are_counted_found_and_removed(database: Database) -> None:
    async with database.write() as tx:
        await tx.workspaces.add(Workspace(id=OTHER, name="Other", created_at=NOON))
        await add_member(tx, 5, Role.OWNER)
        await add_member(tx, 6, Role.EDITOR)
        await add_member(tx, 7, Role.OWNER, workspace=OTHER)
        assert not await tx.workspaces.add_member(DEFAULT_WORKSPACE, UserId(6), Role.OWNER, now=NOON)
        assert await tx.workspaces.count_members(DEFAULT_WORKSPACE) == 2
        assert not await tx.workspaces.has_owner_besides(DEFAULT_WORKSPACE, UserId(5))
        assert await tx.workspaces.has_owner_besides(DEFAULT_WORKSPACE, UserId(6))
        assert [member.user_id for member in await tx.workspaces.list_members(DEFAULT_WORKSPACE)] == [5, 6]
        assert await tx.workspaces.find_member(DEFAULT_WORKSPACE, UserId(7)) is None
        place = await tx.workspaces.find_membership(UserId(7))
        assert place is not None
        assert (place.workspace_id, place.workspace_name) == (OTHER, "Other")
        assert await tx.workspaces.find_membership(UserId(7), DEFAULT_WORKSPACE) is None
        await tx.workspaces.remove_member(DEFAULT_WORKSPACE, UserId(6))
        assert await tx.workspaces.find_membership(UserId(6)) is None
        await tx.workspaces.remove(OTHER, now=NOON)
        assert await tx.workspaces.find(OTHER) is None
        assert await tx.workspaces.list_of(UserId(7)) == []


async def test_owner_who_is_disabled_leaves_a_workspace_without_one(database: Database) -> None:
    async with database.write() as tx:
        for number in (5, 6):
            await add_member(tx, number, Role.OWNER)
        assert await tx.workspaces.has_owner_besides(DEFAULT_WORKSPACE, UserId(5))
        await tx.users.update(UserId(6), disabled_at=NOON)
        assert not await tx.workspaces.has_owner_besides(DEFAULT_WORKSPACE, UserId(5))
        listed = await tx.workspaces.list_members(DEFAULT_WORKSPACE)
        assert [member.is_disabled for member in listed] == [False, True]


async def test_member_with_a_passkey_or_codes_has_a_second_factor(database: Database) -> None:
    passkey = Passkey(
        id=PasskeyId(9), user_id=UserId(5), credential_id=b"c", public_key=b"k", sign_count=1, name="x", created_at=NOON
    )
    async with database.write() as tx:
        for number in (5, 6, 7):
            await add_member(tx, number, Role.EDITOR)
        await tx.users.add_passkey(passkey)
        await tx.users.update(UserId(6), totp_enabled_at=NOON)
        await tx.sessions.add(a_session(last_seen_at=NOON + HOUR), fingerprint=b"a")
        await tx.sessions.add(a_session(4), fingerprint=b"b")
        found = await tx.workspaces.list_members(DEFAULT_WORKSPACE)

    assert [member.has_second_factor for member in found] == [True, True, False]
    assert [member.last_seen_at for member in found] == [NOON + HOUR, None, None]


async def test_log_is_written_with_the_act_and_not_without_it(database: Database) -> None:
    person = UserActor(workspace_id=DEFAULT_WORKSPACE, user_id=UserId(5), session_id=SessionId(3), role=Role.OWNER)
    program = ApiKeyActor(workspace_id=DEFAULT_WORKSPACE, api_key_id=ApiKeyId(8))
    command = ApiKeyActor(workspace_id=OTHER, api_key_id=ApiKeyId(0))
    async with database.write() as tx:
        await tx.users.add(a_user())
        await tx.audit.record(person, "member.removed", "user", 9, now=NOON, role="editor")
        await tx.audit.record(program, "member_list.read", "x", "y", now=NOON)
        await tx.audit.record(command, "a.b", "x", "y", now=NOON)
        await tx.audit.record(person, "a.b", "x", "y", now=NOON, workspace_id=OTHER, much="x" * 5000)

    async with database.read() as tx:
        newest = await tx.audit.list_page(workspace_id=DEFAULT_WORKSPACE, before=None, limit=10)
        other = await tx.audit.list_page(workspace_id=OTHER, before=None, limit=10)
        by_word = await tx.audit.list_page(workspace_id=DEFAULT_WORKSPACE, before=None, limit=10, action="member")
        older = await tx.audit.list_page(workspace_id=DEFAULT_WORKSPACE, before=newest[0].id, limit=10)

    assert [entry.action for entry in newest] == ["member_list.read", "member.removed"]
    assert (newest[1].actor_kind, newest[1].actor_name, newest[1].details) == ("user", "Lin", {"role": "editor"})
    assert (newest[0].actor_kind, newest[0].actor_id) == ("api_key", 8)
    assert [entry.actor_kind for entry in other] == ["user", "system"]
    assert other[0].details == {"too_long": True}
    assert [entry.action for entry in by_word] == ["member.removed"]
    assert older == newest[1:]
