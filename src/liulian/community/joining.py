"""Join a community, leave it, come back. Whoever comes by a channel's link joins by one tap, and is known by a browser.

A join is an act; with it comes what the member agreed to. Who comes back is the same member with the same history. The
same browser joins once, however often it asks. How a member is known from elsewhere is said in `identities.py`.
"""

import secrets
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from liulian.base.errors import Conflict, FieldError, FieldRefused, InvalidRequest
from liulian.base.i18n import Language, text
from liulian.base.ids import CommunityId, MemberId
from liulian.base.visible import is_visible, visible_of
from liulian.community.acts import NO_SOURCE, ActKind, Source
from liulian.community.days import local_day, zone_named
from liulian.community.model import Community, CommunityState, Member, MemberState
from liulian.community.people import CONSENT_VERSION, Consent, ConsentKind, IdentityKind, MemberIdentity
from liulian.community.recording import Log, act_by, record

NICKNAME_LENGTH_MAX = 24  # What fits in a line of the weekly board on the narrowest phone.
ZONE_LENGTH_MAX = 60
GENERATED_WORDS = 12  # `member.nickname_1` …: what a generated name is made of.

Ids = Callable[[], int]


class CommunityDraft(Conflict):
    """A community that is still being built."""

    code = "community_draft"


class CommunityClosed(Conflict):
    """A community that takes nobody any more."""

    code = "community_closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinWish:
    """What somebody says when they join. `zone` is what their browser says, believed where there is such a zone.

    `nickname` empty: one is made up. `ward` and `is_guardian`: the child's nickname, and that its parent agrees.
    """

    nickname: str = ""
    zone: str = ""
    language: Language = Language.ZH
    source: Source = NO_SOURCE
    ward: str = ""
    is_guardian: bool = False


class MemberStore(Protocol):
    """Members and what belongs to them, in one transaction."""

    async def add(self, member: Member) -> None: ...
    async def find(self, member_id: MemberId, *, for_update: bool = False) -> Member | None: ...
    async def find_by_identity(
        self, community_id: CommunityId, kind: IdentityKind, subject: bytes
    ) -> Member | None: ...
    async def update(self, member_id: MemberId, **changed: object) -> None: ...


class IdentityStore(Protocol):
    """How members are known again."""

    async def add(self, identity: MemberIdentity) -> bool: ...
    async def find(self, community_id: CommunityId, kind: IdentityKind, subject: bytes) -> MemberIdentity | None: ...
    async def list_of(self, member_id: MemberId) -> list[MemberIdentity]: ...
    async def touch(self, identity: MemberIdentity, *, now: datetime) -> None: ...
    async def remove(self, identity: MemberIdentity) -> None: ...


class ConsentStore(Protocol):
    """What members agreed to."""

    async def add(self, consent: Consent) -> None: ...
    async def has(self, member_id: MemberId, kind: ConsentKind) -> bool: ...
    async def list_of(self, member_id: MemberId) -> list[Consent]: ...
    async def withdraw(self, member_id: MemberId, kind: ConsentKind, *, now: datetime) -> bool: ...


class AnswerStore(Protocol):
    """Forgets answers, or shows them to nobody any more, in one transaction."""

    async def forget_answers(self, member_id: MemberId) -> None: ...
    async def hide_answers(self, member_id: MemberId) -> None: ...


class JoinTransaction(Protocol):
    """What joining needs of a transaction."""

    @property
    def members(self) -> MemberStore: ...
    @property
    def member_identities(self) -> IdentityStore: ...
    @property
    def consents(self) -> ConsentStore: ...
    @property
    def log(self) -> Log: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What it takes to work on members in a transaction."""

    tx: JoinTransaction
    ids: Ids
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """Who joined. `is_new` False: they were a member already, nothing happened."""

    member: Member
    is_new: bool


async def join(community: Community, wish: JoinWish, *, device: bytes, label: str, desk: Desk) -> Joined:
    """Make the browser behind `device` (a fingerprint) a member, or let its member come back.

    Raises CommunityDraft, CommunityClosed and InvalidRequest.
    """
    known = await desk.tx.members.find_by_identity(community.id, IdentityKind.DEVICE, device)
    if known is not None and known.state is MemberState.ACTIVE:
        return Joined(member=known, is_new=False)
    require_open(community)
    if known is not None:
        return Joined(member=await come_back(community, known, wish, desk=desk), is_new=True)
    member = new_member(community, wish, desk=desk)
    # Of two taps at once one has the browser; the other finds its member.
    if not await desk.tx.member_identities.add(device_identity(member, device, label=label, now=desk.now)):
        found = await desk.tx.members.find_by_identity(community.id, IdentityKind.DEVICE, device)
        if found is not None:
            return Joined(member=found, is_new=False)
    await enter(community, member, wish, desk=desk)
    return Joined(member=member, is_new=True)


async def enter(community: Community, member: Member, wish: JoinWish, *, desk: Desk) -> None:
    """Write a new member down, with the act and what they agree to."""
    await desk.tx.members.add(member)
    await _agree(community, member, desk=desk)
    await _record_join(member, wish.source, desk=desk)


async def come_back(community: Community, member: Member, wish: JoinWish, *, desk: Desk) -> Member:
    """Let who left be a member again, with their history. What first brought them stays what first brought them."""
    again = replace(member, state=MemberState.ACTIVE, left_at=None, seen_at=desk.now, ward=_ward(community, wish))
    await desk.tx.members.update(
        member.id, state=again.state, left_at=None, seen_at=again.seen_at, ward=again.ward or member.ward
    )
    await _agree(community, again, desk=desk)
    await _record_join(again, wish.source, desk=desk)
    return again


async def leave(member: Member, *, desk: Desk, answers: AnswerStore) -> None:
    """Let a member go. Their history stays; they are shown to nobody as a member, and may come back.

    Answers are shared no longer. Those kept because of a consent to health answers go with it.
    """
    await desk.tx.members.update(member.id, state=MemberState.LEFT, left_at=desk.now)
    await answers.hide_answers(member.id)
    for kind in ConsentKind:
        was_given = await desk.tx.consents.withdraw(member.id, kind, now=desk.now)
        if was_given and kind is ConsentKind.HEALTH:
            await answers.forget_answers(member.id)
    await record([act_by(member, ActKind.LEAVE, ids=desk.ids, at=desk.now)], log=desk.tx.log, now=desk.now)


def new_member(community: Community, wish: JoinWish, *, desk: Desk) -> Member:
    """Return the member that somebody will be. Raises InvalidRequest."""
    zone = usable_zone(wish.zone, otherwise=community.zone)
    nickname = checked_nickname(wish.nickname)
    refuse_staff_name(nickname, community)
    return Member(
        id=MemberId(desk.ids()),
        community_id=community.id,
        state=MemberState.ACTIVE,
        nickname=nickname or generated_nickname(community),
        zone=zone,
        language=wish.language,
        joined_at=desk.now,
        joined_on=local_day(desk.now, zone_named(zone)),
        seen_at=desk.now,
        link_id=wish.source.link_id,
        channel_id=wish.source.channel_id,
        ward=_ward(community, wish),
    )


def require_open(community: Community) -> None:
    """Raise CommunityDraft or CommunityClosed where nobody can join."""
    if community.state is CommunityState.DRAFT:
        raise CommunityDraft
    if community.state is CommunityState.CLOSED:
        raise CommunityClosed


def device_identity(member: Member, device: bytes, *, label: str, now: datetime) -> MemberIdentity:
    """Return the identity of a browser. `label` is what it is called: 微信 · iOS."""
    return MemberIdentity(
        community_id=member.community_id,
        kind=IdentityKind.DEVICE,
        subject=device,
        member_id=member.id,
        created_at=now,
        seen_at=now,
        label=label or None,
    )


def parse_nickname(written: str) -> str:
    """Return a nickname in its normal form, empty for none. Raises FieldRefused."""
    nickname = " ".join(unicodedata.normalize("NFC", written[: 8 * NICKNAME_LENGTH_MAX]).split())
    if len(nickname) > NICKNAME_LENGTH_MAX:
        raise FieldRefused("nickname_too_long", max=NICKNAME_LENGTH_MAX)
    if not is_visible(nickname):
        raise FieldRefused("nickname_characters")
    return nickname


def checked_nickname(written: str, *, field: str = "nickname") -> str:
    """Return a nickname in its normal form, empty for none. Raises InvalidRequest."""
    try:
        return parse_nickname(written)
    except FieldRefused as refused:
        raise InvalidRequest(errors=(refused.of(field),)) from None


def refuse_staff_name(nickname: str, community: Community) -> None:
    """Raise InvalidRequest for the name by which members know who runs the community: nobody else is called so."""
    staff = community.symbols.staff_name
    if _alike(nickname) == _alike(staff):
        raise InvalidRequest(errors=(FieldError("nickname", "nickname_of_staff", {"staff": staff}),))


def _alike(name: str) -> str:
    """Return what readers take for one name: without capitals, spaces and widths."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def kind_nickname(written: str) -> str:
    """Return as much of a name from elsewhere as we take: nobody is refused for what they are called in an app."""
    return " ".join(visible_of(unicodedata.normalize("NFC", written)).split())[:NICKNAME_LENGTH_MAX].strip()


def generated_nickname(community: Community) -> str:
    """Return a friendly name that begins with what members are called here. Two may get the same: it is no name."""
    word = text(community.language, f"member.nickname_{1 + secrets.randbelow(GENERATED_WORDS)}")
    whole = text(
        community.language,
        "member.nickname",
        member=community.symbols.member_name[: NICKNAME_LENGTH_MAX // 2],
        word=word,
        number=10 + secrets.randbelow(90),
    )
    return kind_nickname(whole)


def usable_zone(zone: str, *, otherwise: str) -> str:
    """Return a zone that exists: what a browser says is a hint, and nobody's fault."""
    try:
        zone_named(zone)
    except FieldRefused:
        return otherwise
    return zone if 0 < len(zone) <= ZONE_LENGTH_MAX else otherwise


def _ward(community: Community, wish: JoinWish) -> str | None:
    """Return the child's nickname where a parent joins for it. Raises InvalidRequest."""
    if not community.settings.for_children:
        return None
    return check_guardian(wish.ward, is_guardian=wish.is_guardian)


def check_guardian(ward: str, *, is_guardian: bool) -> str:
    """Return the nickname of a child whose parent joins for it. Raises InvalidRequest."""
    ward = checked_nickname(ward, field="ward")
    missing = [FieldError("ward", "field_required")] if not ward else []
    if not is_guardian:
        missing.append(FieldError("guardian", "guardian_required"))
    if missing:
        raise InvalidRequest(errors=tuple(missing))
    return ward


async def _agree(community: Community, member: Member, *, desk: Desk) -> None:
    await give_consent(member.id, ConsentKind.TERMS, desk=desk)
    if community.settings.for_children:
        await give_consent(member.id, ConsentKind.GUARDIAN, desk=desk)


async def give_consent(member_id: MemberId, kind: ConsentKind, *, desk: Desk) -> None:
    """Note that a member agrees; once is enough."""
    if await desk.tx.consents.has(member_id, kind):
        return
    given = Consent(id=desk.ids(), member_id=member_id, kind=kind, version=CONSENT_VERSION, given_at=desk.now)
    await desk.tx.consents.add(given)


async def _record_join(member: Member, source: Source, *, desk: Desk) -> None:
    joined = act_by(member, ActKind.JOIN, ids=desk.ids, at=desk.now, source=source)
    await record([joined], log=desk.tx.log, now=desk.now)
