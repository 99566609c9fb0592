"""Who is let in no more, and who has to stay, on both databases."""

import pytest

from liulian.accounts.disabling import disable, enable
from liulian.accounts.members import LastOwner
from liulian.accounts.people import DEFAULT_WORKSPACE, Workspace
from liulian.accounts.permissions import Role
from liulian.accounts.store import Desk
from liulian.base.ids import IdSource, UserId
from liulian.storage.database import Database, Transaction
from tests.store.a_link import NOON
from tests.store.test_accounts import OTHER, a_user, add_member


def desk_in(tx: Transaction) -> Desk:
    return Desk(tx=tx, ids=IdSource(), now=NOON)


async def test_last_owner_who_can_act_is_not_disabled(database: Database) -> None:
    async with database.write() as tx:
        for number in (5, 6):
            await add_member(tx, number, Role.OWNER)
        await disable(a_user(6), desk=desk_in(tx))
        with pytest.raises(LastOwner):
            await disable(a_user(5), desk=desk_in(tx))
        await enable(a_user(6), desk=desk_in(tx))
        await disable(a_user(5), desk=desk_in(tx))
        found = [(member.user_id, member.is_disabled) for member in await tx.workspaces.list_members(DEFAULT_WORKSPACE)]

    assert found == [(5, True), (6, False)]


async def test_workspace_of_ones_own_keeps_nobody_from_being_disabled(database: Database) -> None:
    async with database.write() as tx:
        await tx.workspaces.add(Workspace(id=OTHER, name="Other", created_at=NOON))
        await add_member(tx, 5, Role.OWNER, workspace=OTHER)
        await add_member(tx, 6, Role.EDITOR, workspace=OTHER)
        with pytest.raises(LastOwner):
            await disable(a_user(5), desk=desk_in(tx))
        await disable(a_user(6), desk=desk_in(tx))
        await disable(a_user(5), desk=desk_in(tx))
        found = await tx.users.find(UserId(5))

    assert found is not None
    assert found.disabled_at == NOON
