"""The counter at which taps are handed in: those who come while others are served are served together.

One per process, and one transaction for all who wait: a commit, what goals and leagues say, and the way to the
database are paid for once. Whoever is answered is in the database; whoever is refused is refused alone.
"""

from collections.abc import Sequence
from functools import partial

from fastapi import Request

from liulian.base.errors import AppError, Unavailable
from liulian.base.together import Together
from liulian.community.checkins import Desk, Tap
from liulian.community.counting import TAPS_AT_ONCE, Counted, Counting, count
from liulian.storage.database import Transaction
from liulian.web.parts import Parts, parts_of


async def count_tap(request: Request, tap: Tap) -> Counted:
    """Do what a tap asks for, and return what it changed. Raises what it is refused with."""
    state = request.app.state
    if not hasattr(state, "counter"):
        state.counter = Together(partial(_serve, parts_of(request)), at_most=TAPS_AT_ONCE)
    counter: Together[Tap, Counted] = state.counter
    return await counter.ask(tap)


async def _serve(parts: Parts, taps: Sequence[Tap]) -> Sequence[Counted | Exception]:
    try:
        return await parts.database.at_once(partial(_count, parts, taps))
    except Unavailable as away:  # For all of them: to ask for each alone would only make the last wait for the others.
        return [Unavailable(retry_after_s=away.retry_after_s) for _ in taps]


async def _count(parts: Parts, taps: Sequence[Tap], tx: Transaction) -> list[Counted | AppError]:
    desk = Desk(log=tx.log, services=tx.communities, proofs=tx.proofs, ids=parts.ids, now=parts.clock())
    counting = Counting(desk=desk, sums=tx.sums, definitions=tx.communities, clock=parts.clock)
    return await count(taps, counting=counting)
