"""How a member is known from elsewhere: by an address, an account, another browser. Nothing is lost by adding a way.

Somebody has proven to be the owner of an address or account; what that means here depends on who this browser is: a
stranger comes in (or joins), a member gets one more way in. Where the way leads to another member of the same
community, both are one person: nothing is done until they have seen what that means and said yes (`merging.py`).
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from liulian.accounts.emails import email_key
from liulian.base.errors import Conflict, InvalidRequest, NotFound
from liulian.base.ids import CommunityId
from liulian.base.secrets import sign
from liulian.community.joining import (
    Desk,
    JoinWish,
    come_back,
    device_identity,
    enter,
    kind_nickname,
    new_member,
    refuse_staff_name,
    require_open,
)
from liulian.community.model import Community, Member, MemberState
from liulian.community.people import IdentityKind, MemberIdentity

IDENTITIES_MAX = 40  # Of one member; more is a script.


class LastWayIn(Conflict):
    """The browser somebody sits at is their only way in; who wants to go leaves."""

    code = "last_way_in"


class TooManyWays(Conflict):
    """A member has as many ways in as fit."""

    code = "too_many_ways"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What somebody has shown to be theirs. `value` identifies it within its kind; `label` is what they see of it.

    `also`: other names of the same account (the union id beside the open id). `nickname`: what they are called there.
    """

    kind: IdentityKind
    value: str
    label: str
    sealed: bytes | None = None
    nickname: str = ""
    also: tuple[tuple[IdentityKind, str], ...] = ()


class Outcome(StrEnum):
    """What became of a proof."""

    JOINED = "joined"
    CAME_IN = "came_in"
    ADDED = "added"
    KNOWN = "known"
    MERGE = "merge"  # It is another member's: nothing was done yet.


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """`member` is who this browser is now. `other`: whom the proof belongs to, where both should become one."""

    outcome: Outcome
    member: Member
    other: Member | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """The browser somebody sits at. `member`: whose it is now. `device`: the fingerprint of a token it may get."""

    member: Member | None
    device: bytes
    label: str


def subject_of(community_id: CommunityId, kind: IdentityKind, value: str, *, key: bytes) -> bytes:
    """Return what is stored of an address or account: a keyed hash that tells nobody which, and differs elsewhere."""
    plain = email_key(value) if kind is IdentityKind.EMAIL else value
    return sign(key, f"{community_id}\0{kind.value}\0{plain}".encode()).encode()


def masked_email(email: str) -> str:
    """Return an address as its owner knows it again and nobody else: l***n@example.com."""
    name, _, host = email.rpartition("@")
    return f"{name[:1]}***{name[-1:] if len(name) > 2 else ''}@{host}"


async def settle(
    community: Community, proof: Proof, wish: JoinWish, *, browser: Browser, key: bytes, desk: Desk
) -> Settled:
    """Let somebody in who has proven something, or give them one more way in.

    Raises what joining raises, and TooManyWays.
    """
    owner = await owner_of(community.id, proof, key=key, desk=desk)
    here = browser.member
    if here is not None and here.state is MemberState.ACTIVE:
        return await _settle_member(here, owner, proof, key=key, desk=desk)
    if owner is not None:
        back = owner if owner.state is MemberState.ACTIVE else await _come_back(community, owner, wish, desk=desk)
        await _bind(back, browser, desk=desk)
        await add_proof(back, proof, key=key, desk=desk)
        return Settled(outcome=Outcome.CAME_IN, member=back)
    require_open(community)
    if here is not None:
        member = await come_back(community, here, wish, desk=desk)
    else:
        named = wish if wish.nickname else replace(wish, nickname=_kind_name(proof.nickname, community))
        member = new_member(community, named, desk=desk)
        await enter(community, member, named, desk=desk)
    await _bind(member, browser, desk=desk)
    await add_proof(member, proof, key=key, desk=desk)
    return Settled(outcome=Outcome.JOINED, member=member)


def _kind_name(written: str, community: Community) -> str:
    """Return what somebody is called elsewhere, nothing where staff is called so here."""
    nickname = kind_nickname(written)
    try:
        refuse_staff_name(nickname, community)
    except InvalidRequest:
        return ""
    return nickname


async def owner_of(community_id: CommunityId, proof: Proof, *, key: bytes, desk: Desk) -> Member | None:
    """Return the member a proof belongs to, also one who left."""
    for kind, value in ((proof.kind, proof.value), *proof.also):
        subject = subject_of(community_id, kind, value, key=key)
        member = await desk.tx.members.find_by_identity(community_id, kind, subject)
        if member is not None:
            return member
    return None


async def add_proof(member: Member, proof: Proof, *, key: bytes, desk: Desk) -> None:
    """Give a member one more way in, or note that they came by it. Raises TooManyWays."""
    if len(await desk.tx.member_identities.list_of(member.id)) >= IDENTITIES_MAX:
        raise TooManyWays(max=IDENTITIES_MAX)
    for kind, value in ((proof.kind, proof.value), *proof.also):
        identity = MemberIdentity(
            community_id=member.community_id,
            kind=kind,
            subject=subject_of(member.community_id, kind, value, key=key),
            member_id=member.id,
            created_at=desk.now,
            seen_at=desk.now,
            sealed=proof.sealed if kind is proof.kind else None,
            label=proof.label or None,
        )
        if not await desk.tx.member_identities.add(identity):
            await desk.tx.member_identities.touch(identity, now=desk.now)


async def forget_way(member: Member, kind: IdentityKind, subject: bytes, *, here: bytes, desk: Desk) -> None:
    """Take a way in from a member; `here` is the device they sit at. Raises NotFound and LastWayIn."""
    if (kind, subject) == (IdentityKind.DEVICE, here):
        raise LastWayIn
    mine = await desk.tx.member_identities.list_of(member.id)
    found = [each for each in mine if (each.kind, each.subject) == (kind, subject)]
    if not found:
        raise NotFound
    # The union id stands beside the open id: whoever takes WeChat away takes both.
    gone = found + [each for each in mine if kind is IdentityKind.WECHAT and each.kind is IdentityKind.WECHAT_UNION]
    for each in gone:
        await desk.tx.member_identities.remove(each)


async def _settle_member(here: Member, owner: Member | None, proof: Proof, *, key: bytes, desk: Desk) -> Settled:
    if owner is not None and owner.id != here.id:
        return Settled(outcome=Outcome.MERGE, member=here, other=owner)
    await add_proof(here, proof, key=key, desk=desk)
    return Settled(outcome=Outcome.ADDED if owner is None else Outcome.KNOWN, member=here)


async def _come_back(community: Community, owner: Member, wish: JoinWish, *, desk: Desk) -> Member:
    require_open(community)
    named = replace(wish, ward=wish.ward or owner.ward or "", is_guardian=wish.is_guardian)
    return await come_back(community, owner, named, desk=desk)


async def _bind(member: Member, browser: Browser, *, desk: Desk) -> None:
    identity = device_identity(member, browser.device, label=browser.label, now=desk.now)
    await desk.tx.member_identities.add(identity)
