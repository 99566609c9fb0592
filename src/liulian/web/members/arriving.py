"""Somebody has proven who they are: let them in, add the way, or ask whether two members are one person.

The question is asked on a page that says what will happen; what was proven waits under a token that works once, and
belongs to this browser's member alone.
"""

from datetime import timedelta

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from liulian.base.errors import AppError
from liulian.base.ids import MemberId
from liulian.base.secrets import fingerprint, random_token, sign
from liulian.community.identities import Browser, Outcome, Proof, Settled, settle, subject_of
from liulian.community.joining import JoinWish
from liulian.community.merging import MergeDesk, merge, survivor_of
from liulian.community.model import Community, Member, MemberState
from liulian.community.people import IdentityKind
from liulian.storage.database import Transaction
from liulian.web.auth import TOKEN_LENGTH_MAX
from liulian.web.members.asking import known_member, need_member, set_member_cookie, token_of
from liulian.web.members.join import browser_name, claim_join, desk_of, give_back_join
from liulian.web.members.layout import HEADERS, member_page, member_router
from liulian.web.pages.fields import fields_of
from liulian.web.parts import parts_of

MERGE, MERGE_LIFE = "member_merge", timedelta(minutes=10)

router = member_router()


class MergeOver(AppError):
    """The question whether two members are one waits no longer, or was for somebody else."""

    status, code = 410, "merge_over"


async def arrive(request: Request, community: Community, proof: Proof, wish: JoinWish) -> Response:
    """Answer somebody who has proven something: lead them home, or ask about the two members they are.

    Raises what joining raises.
    """
    parts, fresh, question = parts_of(request), random_token(), random_token()
    async with parts.database.write() as tx:
        settled = await _settle(request, tx, community, proof, wish, fresh=fresh)
        if settled.other is not None:
            await _ask(request, tx, settled.member, proof, token=question)
    if settled.other is not None:
        return merge_page(request, community, settled.member, settled.other, token=question)
    answer = RedirectResponse(_next(community, settled), status_code=303, headers=HEADERS)
    if settled.outcome in (Outcome.JOINED, Outcome.CAME_IN):
        set_member_cookie(answer, request, community, fresh)
    return answer


@router.post("/merge")
async def confirm(request: Request, slug: str) -> Response:
    """Make one member of the two, as the page before has explained."""
    actor = await need_member(request, slug)
    token = (await fields_of(request)).get("token", "")
    parts = parts_of(request)
    async with parts.database.write() as tx:
        found = await tx.one_time.use(fingerprint(token[:TOKEN_LENGTH_MAX]), purpose=MERGE, now=parts.clock())
        if found is None or found.data["here"] != _mark(request, actor.member):
            raise MergeOver
        kind, subject = IdentityKind(found.data["kind"]), bytes.fromhex(found.data["subject"])
        other = await tx.members.find_by_identity(actor.community.id, kind, subject)
        if other is None:
            raise MergeOver
        await merge_in(request, tx, actor.member.id, other.id)
    return RedirectResponse(f"/c/{slug}/me?done=merged", status_code=303, headers=HEADERS)


async def merge_in(request: Request, tx: Transaction, first: MemberId, second: MemberId) -> Member:
    """Make one member of two. Raises MergeOver where one of them is gone."""
    parts = parts_of(request)
    both = [await tx.members.find(member_id, for_update=True) for member_id in sorted((first, second))]
    one, two = both
    if one is None or two is None or one.id == two.id or MemberState.ERASED in (one.state, two.state):
        raise MergeOver
    return await merge(one, two, desk=MergeDesk(tx=tx, ids=parts.ids, now=parts.clock()))


def merge_page(request: Request, community: Community, here: Member, other: Member, *, token: str) -> Response:
    """Return the page that says what becoming one means."""
    stays, goes = survivor_of(here, other)
    return member_page(
        request, "member/merge.html", community, member=here, tab="me", stays=stays, goes=goes, token=token
    )


async def _settle(
    request: Request, tx: Transaction, community: Community, proof: Proof, wish: JoinWish, *, fresh: str
) -> Settled:
    await claim_join(request, tx)
    here = await known_member(request, tx, community) if token_of(request) else None
    browser = Browser(member=here, device=fingerprint(fresh), label=browser_name(request))
    key = parts_of(request).site.member_key
    settled = await settle(community, proof, wish, browser=browser, key=key, desk=desk_of(request, tx))
    if settled.outcome is not Outcome.JOINED:
        await give_back_join(request, tx)
    return settled


async def _ask(request: Request, tx: Transaction, here: Member, proof: Proof, *, token: str) -> None:
    """Let the question wait for an answer. No id of a member waits with it: who is erased meanwhile is in no table."""
    key = parts_of(request).site.member_key
    subject = subject_of(here.community_id, proof.kind, proof.value, key=key)
    data = {"here": _mark(request, here), "kind": proof.kind.value, "subject": subject.hex()}
    expires_at = parts_of(request).clock() + MERGE_LIFE
    await tx.one_time.add(fingerprint(token), purpose=MERGE, expires_at=expires_at, data=data)


def _mark(request: Request, member: Member) -> str:
    return sign(parts_of(request).site.member_key, f"merge\0{member.id}".encode())


def _next(community: Community, settled: Settled) -> str:
    base = f"/c/{community.slug}"
    return base if settled.outcome in (Outcome.JOINED, Outcome.CAME_IN) else f"{base}/me?done={settled.outcome.value}"
