"""What shows that a check-in was done: texts, and which photo belongs to which act. Both are their member's."""

from collections.abc import Collection, Sequence

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from liulian.base.ids import ActId, FileId
from liulian.community.acts import Act
from liulian.storage.member_tables import check_in_notes, member_files

NOTES_MAX = 500  # In one question: SQLite takes no more than some thousand parameters.

_ATTACH = (
    update(member_files)
    .where(
        member_files.c.id == bindparam("photo"),
        member_files.c.member_id == bindparam("whose"),
        member_files.c.act_id.is_(None),
        member_files.c.removed_at.is_(None),
    )
    .values(act_id=bindparam("of_act"))
)
_NOTES = (
    select(check_in_notes.c.act_id, check_in_notes.c.body)
    .where(check_in_notes.c.act_id.in_(bindparam("act_ids", expanding=True)))
    .limit(NOTES_MAX)
)


class ProofRows:
    """The proofs of one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add_notes(self, notes: Sequence[tuple[Act, str]]) -> None:
        """Keep the texts of acts."""
        rows = [
            {
                "act_id": act.id,
                "community_id": act.community_id,
                "member_id": act.member_id,
                "body": body,
                "created_at": act.at,
            }
            for act, body in notes
        ]
        await self._connection.execute(insert(check_in_notes), rows)

    async def notes_of(self, act_ids: Collection[ActId]) -> dict[ActId, str]:
        """Return the texts of at most NOTES_MAX acts, for those that have one."""
        if not act_ids:
            return {}
        rows = await self._connection.execute(_NOTES, {"act_ids": list(act_ids)[:NOTES_MAX]})
        return {ActId(row.act_id): row.body for row in rows}

    async def attach_photo(self, file_id: FileId, act: Act) -> bool:
        """Make a member's own photo, which no other act has, the proof of an act. False: there is none such."""
        values = {"photo": file_id, "whose": act.member_id, "of_act": act.id}
        return (await self._connection.execute(_ATTACH, values)).rowcount == 1
