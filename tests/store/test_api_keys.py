"""An API key is found by its token alone."""

from liulian.accounts.api_keys import create_api_key, find_api_key
from liulian.base.ids import IdSource, WorkspaceId
from liulian.storage.database import Database
from tests.store.a_link import NOON


async def test_key_is_found_by_its_token(database: Database) -> None:
    async with database.write() as tx:
        key, token = await create_api_key(
            "till", workspace_id=WorkspaceId(1), store=tx.api_keys, ids=IdSource(), now=NOON
        )

    async with database.read() as tx:
        assert await find_api_key(token, store=tx.api_keys, now=NOON) == key
        assert await find_api_key(token + "x", store=tx.api_keys, now=NOON) is None
        assert await find_api_key("", store=tx.api_keys, now=NOON) is None


async def test_token_is_not_stored(database: Database) -> None:
    async with database.write() as tx:
        _, token = await create_api_key(
            "till", workspace_id=WorkspaceId(1), store=tx.api_keys, ids=IdSource(), now=NOON
        )
        rows = await tx.connection.exec_driver_sql("SELECT * FROM api_keys")

        assert token not in str(rows.all())


async def test_keys_are_listed_newest_first_and_a_revoked_one_is_gone_at_once(database: Database) -> None:
    ids = IdSource()
    async with database.write() as tx:
        old, old_token = await create_api_key("old", workspace_id=WorkspaceId(1), store=tx.api_keys, ids=ids, now=NOON)
        new, _ = await create_api_key("new", workspace_id=WorkspaceId(1), store=tx.api_keys, ids=ids, now=NOON)
        assert await tx.api_keys.list_valid() == [new, old]

    async with database.write() as tx:
        assert await tx.api_keys.revoke(old.id, now=NOON)
        assert not await tx.api_keys.revoke(old.id, now=NOON), "it can be revoked once"

    async with database.read() as tx:
        assert await tx.api_keys.list_valid() == [new]
        assert await find_api_key(old_token, store=tx.api_keys, now=NOON) is None
