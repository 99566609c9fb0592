"""Look at a check-in once it is counted, and let somebody look where there is reason to. Never refuses anything.

Costs a tap nothing but a look into memory; texts and photos are compared in a transaction that only reads. What goes
wrong here is told to the log and to nobody else.
"""

from datetime import timedelta

from fastapi import Request

from liulian.base.ids import FlagId
from liulian.base.log import logger
from liulian.community.acts import Act, ActKind
from liulian.community.challenges import Proof
from liulian.community.suspicion import (
    ADDRESS_MEMBERS_MAX,
    DEVICE_MEMBERS_MAX,
    FLAGGED_FROM,
    Circumstances,
    Earlier,
    flag_if_suspicious,
    reasons,
    score,
)
from liulian.web.parts import parts_of
from liulian.web.place import caller_address

OPEN_MS_MAX = 86_400_000  # Of a page that stays open for longer nobody knows when it was looked at.


async def suspect(request: Request, act: Act, proof: Proof, *, is_new: bool, open_ms: object) -> None:
    """Flag a check-in that is suspected. `open_ms`: how long the page had been open, if that is what it says."""
    if not is_new or act.kind not in (ActKind.CHECK_IN, ActKind.MAKE_UP) or act.member_id is None:
        return
    try:
        await _suspect(request, act, proof, open_ms=open_ms)
    except Exception as error:  # noqa: BLE001 - The check-in is counted; nobody is kept from it by our doubts.
        logger.error("suspicion_failed", problem=type(error).__name__)


async def _suspect(request: Request, act: Act, proof: Proof, *, open_ms: object) -> None:
    parts = parts_of(request)
    now = parts.clock()
    text, likeness, earlier = None, None, Earlier()
    if proof in (Proof.TEXT, Proof.PHOTO):
        async with parts.database.read() as tx:
            if proof is Proof.TEXT:
                text, earlier = await tx.suspects.text_of(act, now=now)
            else:
                likeness, earlier = await tx.suspects.photo_of(act, now=now)
    what = _circumstances(request, act, text=text, likeness=likeness, open_ms=open_ms)
    if score(reasons(what, earlier)) < FLAGGED_FROM:
        return
    async with parts.database.write() as tx:
        flag = await flag_if_suspicious(
            what,
            earlier,
            act_id=act.id,
            community_id=act.community_id,
            flags=tx.flags,
            flag_id=FlagId(parts.ids()),
            now=now,
        )
    if flag is not None:
        logger.info("check_in_suspected", reasons=" ".join(flag.reasons))


def _circumstances(
    request: Request, act: Act, *, text: str | None, likeness: int | None, open_ms: object
) -> Circumstances:
    parts, member_id = parts_of(request), act.member_id
    assert member_id is not None  # noqa: S101 - Acts of nobody never come here.
    now, address = parts.clock(), caller_address(request)
    device = address + b"\0" + request.headers.get("user-agent", "").encode("latin-1", "replace")
    took = None
    if isinstance(open_ms, int | float) and 0 <= open_ms <= OPEN_MS_MAX:
        took = timedelta(milliseconds=open_ms)
    return Circumstances(
        member_id=member_id,
        text=text,
        likeness=likeness,
        took=took,
        is_device_burst=parts.bursts.is_burst(b"device" + device, member_id, members_max=DEVICE_MEMBERS_MAX, now=now),
        is_address_burst=parts.bursts.is_burst(
            b"address" + address, member_id, members_max=ADDRESS_MEMBERS_MAX, now=now
        ),
    )
