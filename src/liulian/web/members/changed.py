"""What an act has changed, looked up and kept in the transaction that wrote it, in the words of who did it."""

from datetime import datetime

from fastapi import Request

from liulian.community.acts import Act
from liulian.community.feedback import Shown, keep, look
from liulian.community.people import MemberActor
from liulian.storage.database import Transaction
from liulian.web.members.layout import member_language
from liulian.web.members.saying import sentences_of
from liulian.web.parts import parts_of


async def changed_by(
    request: Request, tx: Transaction, actor: MemberActor, act: Act, *, is_new: bool, began: datetime
) -> list[str]:
    """Return what an act changed, the most important first. Badges that it earned are written down."""
    parts = parts_of(request)
    shown = Shown(log=tx.log, sums=tx.sums, definitions=tx.communities)
    feedback = await look(actor, act, is_new=is_new, shown=shown)
    if is_new:
        feedback = await keep(actor, feedback, log=tx.log, ids=parts.ids, now=parts.clock(), began=began)
    return sentences_of(feedback, member_language(request, actor.community, actor.member))
