"""What a check-in's proof is compared with: texts and photos of a community that were given before. Never writes."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from liulian.base.clock import to_micros
from liulian.base.ids import CommunityId, MemberId, first_id_of
from liulian.community.acts import Act
from liulian.community.suspicion import Earlier
from liulian.storage.member_tables import check_in_notes, member_files

OWN_TEXTS_MAX = 30
TEXTS_MAX = 2_000  # Of everybody, the newest of a day.
PHOTOS_MAX = 5_000  # Of everybody, the newest of three months.
TEXTS_SPAN, PHOTOS_SPAN = timedelta(days=1), timedelta(days=90)

_TEXT = select(check_in_notes.c.body).where(check_in_notes.c.act_id == bindparam("act"))
_LIKENESS = select(member_files.c.likeness).where(member_files.c.act_id == bindparam("act")).limit(1)
_OWN_TEXTS = (
    select(check_in_notes.c.member_id, check_in_notes.c.body)
    .where(check_in_notes.c.member_id == bindparam("whose"), check_in_notes.c.act_id < bindparam("act"))
    .order_by(check_in_notes.c.act_id.desc())
    .limit(OWN_TEXTS_MAX)
)
# Newest first by their ids, which begin with the time: the past of a community is never walked through.
_TEXTS = (
    select(check_in_notes.c.member_id, check_in_notes.c.body)
    .where(
        check_in_notes.c.act_id > bindparam("since"),
        check_in_notes.c.act_id < bindparam("act"),
        check_in_notes.c.community_id + 0 == bindparam("of_community"),
    )
    .order_by(check_in_notes.c.act_id.desc())
    .limit(TEXTS_MAX)
)
_PHOTOS = (
    select(member_files.c.member_id, member_files.c.likeness)
    .where(
        member_files.c.id > bindparam("since"),
        member_files.c.community_id + 0 == bindparam("of_community"),
        member_files.c.act_id.is_not(None),
        member_files.c.act_id != bindparam("act"),
        member_files.c.likeness.is_not(None),
    )
    .order_by(member_files.c.id.desc())
    .limit(PHOTOS_MAX)
)


class SuspectRows:
    """Proofs of one transaction, as they are compared."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def text_of(self, act: Act, *, now: datetime) -> tuple[str | None, Earlier]:
        """Return the text of a check-in, and those to compare it with: one's own, and everybody's of a day."""
        text = (await self._connection.execute(_TEXT, {"act": act.id})).scalar_one_or_none()
        if text is None:
            return None, Earlier()
        own = await self._connection.execute(_OWN_TEXTS, {"act": act.id, "whose": act.member_id})
        values = {"act": act.id, "since": _since(now - TEXTS_SPAN), "of_community": act.community_id}
        others = await self._connection.execute(_TEXTS, values)
        return text, Earlier(texts=[(MemberId(row.member_id), row.body) for row in (*own, *others)])

    async def photo_of(self, act: Act, *, now: datetime) -> tuple[int | None, Earlier]:
        """Return the likeness of a check-in's photo, and those to compare it with, also of photos since removed."""
        likeness = (await self._connection.execute(_LIKENESS, {"act": act.id})).scalar_one_or_none()
        if likeness is None:
            return None, Earlier()
        community_id: CommunityId = act.community_id
        values = {"act": act.id, "since": _since(now - PHOTOS_SPAN), "of_community": community_id}
        found = await self._connection.execute(_PHOTOS, values)
        return likeness, Earlier(likenesses=[(MemberId(row.member_id), row.likeness) for row in found])


def _since(at: datetime) -> int:
    return first_id_of(to_micros(at) // 1000)
