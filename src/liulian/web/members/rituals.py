"""A ritual on a phone: what to do, when it is next where the member is, being there by a tap or the host's code."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from fastapi import Request
from starlette.responses import Response

from liulian.base.errors import AppError, Conflict, FieldRefused, InvalidRequest, NotFound
from liulian.base.i18n import Language, text
from liulian.base.ids import RitualId, encode_id
from liulian.community.acts import ActKind
from liulian.community.attendance import (
    CLOSES_AFTER,
    COUNTED_SPAN,
    OPENS_BEFORE,
    Adherence,
    AttendanceClosed,
    adherence,
    attend,
    attended_of,
    open_now,
)
from liulian.community.days import local_day
from liulian.community.model import Attend, CommunityState, Ritual, RitualChange
from liulian.community.occurrences import Occurrence, all_between, occurrences_between, rule_of
from liulian.community.people import MemberActor
from liulian.community.recording import record
from liulian.community.rule_words import rule_words
from liulian.storage.database import Transaction
from liulian.web.api.wishes import id_in_path
from liulian.web.errors import problem_of
from liulian.web.members.asking import need_member
from liulian.web.members.changed import changed_by
from liulian.web.members.layout import member_language, member_page, member_router
from liulian.web.members.panels import Panel
from liulian.web.members.when import when_said, zone_of
from liulian.web.pages.fields import fields_of
from liulian.web.parts import parts_of
from liulian.web.strangers import caller_of

COMING_SPAN, COMING_MAX = timedelta(days=120), 5

# In the database's counts. Codes are short, and said aloud. To join is free, so that wrong ones are counted for the
# address, too; a hall of people who type the right one is behind one.
CODES, CODES_PER_HOUR = "attendance_code", 20
WRONG_CODES, WRONG_CODES_PER_HOUR = "wrong_attendance_code", 60

router = member_router()


class TooManyCodes(AppError):
    """A member tried more codes in an hour than anybody mishears."""

    status, code = 429, "attendance_codes"


@dataclass(frozen=True, slots=True, kw_only=True)
class RitualShown:
    """A ritual with the form by which one is there. `problem`: why the code was not taken."""

    id: str
    name: str
    about: str
    host: str
    needs_code: bool
    is_open: bool
    is_attended: bool
    when: str = ""
    is_cancelled: bool = False
    note: str = ""
    problem: str = ""
    typed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """One occurrence in a list."""

    id: str
    name: str
    when: str
    is_cancelled: bool
    is_moved: bool
    note: str
    is_attended: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a page needs of one ritual: its changes, the occurrences a member was at, and the one that is open."""

    ritual: Ritual
    changes: list[RitualChange]
    attended: set[str]
    now: datetime

    @property
    def open(self) -> Occurrence | None:
        return open_now(self.ritual, self.changes, now=self.now)


@router.api_route("/rituals/{ritual_id}", methods=["GET", "HEAD"])
async def show(request: Request, slug: str, ritual_id: str) -> Response:
    """Answer the page of a ritual."""
    actor = await need_member(request, slug)
    async with parts_of(request).database.read() as tx:
        known = await _known(tx, actor, ritual_id, now=parts_of(request).clock())
    return _page(request, actor, known)


@router.post("/rituals/{ritual_id}/attend")
async def be_there(request: Request, slug: str, ritual_id: str) -> Response:
    """Note that a member is there, and answer the page with what changed; or with why it could not be noted."""
    parts = parts_of(request)
    began, actor = parts.clock(), await need_member(request, slug)
    code = (await fields_of(request)).get("code", "")
    async with parts.database.write() as tx:
        known = await _known(tx, actor, ritual_id, now=began)
        try:
            said = await _attend(request, tx, actor, known, code)
        except (Conflict, InvalidRequest) as error:
            return _page(request, actor, known, problem=error, typed=code)
        known = await _known(tx, actor, ritual_id, now=began)
    return _page(request, actor, known, said=said)


async def ritual_panel(tx: Transaction, asking: MemberActor, now: datetime) -> Panel | None:
    """Return the rituals of today, where the member is, and those that can be attended; None where there are none."""
    rituals = await tx.communities.rituals_of(asking.community.id)
    changes = await tx.communities.ritual_changes_of([ritual.id for ritual in rituals]) if rituals else []
    zone, language = zone_of(asking.member), asking.member.language
    today = local_day(now, zone)
    around = all_between(rituals, changes, from_at=now - timedelta(days=2), until_at=now + timedelta(days=2))
    opened = [open_now(ritual, changes, now=now) for ritual in rituals]
    theirs = [each for each in around if local_day(each.starts_at, zone) == today or each in opened]
    if not theirs:
        return None
    acts = await tx.acts.of_member(asking.member.id, kinds=[ActKind.ATTENDANCE], from_day=today - 3)
    shown = [
        _shown(
            asking,
            each.ritual,
            is_open=each in opened and _takes(asking),
            is_attended=each.wall in attended_of(acts, each.ritual.id),
            when=when_said(each.starts_at, zone, language),
            is_cancelled=each.is_cancelled,
            note=each.note or "",
        )
        for each in theirs
    ]
    return Panel(template="member/_ritual.html", shown=shown)


def coming_of(occurrence: Occurrence, actor: MemberActor, language: Language, *, attended: bool = False) -> Coming:
    """Return one occurrence as a line of a list, on the member's clock."""
    return Coming(
        id=encode_id(occurrence.ritual.id),
        name=occurrence.ritual.name,
        when=when_said(occurrence.starts_at, zone_of(actor.member), language),
        is_cancelled=occurrence.is_cancelled,
        is_moved=occurrence.is_moved,
        note=occurrence.note or "",
        is_attended=attended,
    )


async def ritual_in(tx: Transaction, actor: MemberActor, ritual_id: str) -> Ritual:
    """Return a ritual of the member's community. Raises NotFound."""
    found = await tx.communities.find_ritual(RitualId(id_in_path(ritual_id)), community_id=actor.community.id)
    if found is None:
        raise NotFound
    return found


async def _known(tx: Transaction, actor: MemberActor, ritual_id: str, *, now: datetime) -> Known:
    ritual = await ritual_in(tx, actor, ritual_id)
    from_day = local_day(now - COUNTED_SPAN, zone_of(actor.member)) - 1
    acts = await tx.acts.of_member(actor.member.id, kinds=[ActKind.ATTENDANCE], from_day=from_day)
    changes = await tx.communities.ritual_changes_of([ritual.id])
    return Known(ritual=ritual, changes=changes, attended=attended_of(acts, ritual.id), now=now)


async def _attend(request: Request, tx: Transaction, actor: MemberActor, known: Known, code: str) -> list[str]:
    if not _takes(actor):
        raise AttendanceClosed(hours=int(CLOSES_AFTER.total_seconds() // 3600))
    if known.ritual.attend is Attend.CODE:
        await _claim_code(request, tx, actor, known)
    act = attend(actor.member, known.ritual, known.changes, code=code, ids=parts_of(request).ids, now=known.now)
    if known.ritual.attend is Attend.CODE:
        await tx.limits.give_back(WRONG_CODES, _caller_at(request, known.ritual), number=1, now=known.now)
    (told,) = await record([act], log=tx.log, now=known.now)
    return await changed_by(request, tx, actor, act, is_new=told.is_new, began=known.now)


async def _claim_code(request: Request, tx: Transaction, actor: MemberActor, known: Known) -> None:
    """Count one code that a member tries, as a wrong one of their address until it is seen. Raises TooManyCodes."""
    who, where = actor.member.id.to_bytes(8, "big"), _caller_at(request, known.ritual)
    claims = (
        await tx.limits.claim(CODES, who, wished=1, per_hour=CODES_PER_HOUR, now=known.now),
        await tx.limits.claim(WRONG_CODES, where, wished=1, per_hour=WRONG_CODES_PER_HOUR, now=known.now),
    )
    if not all(claim.granted for claim in claims):
        raise TooManyCodes(retry_after_s=max(claim.retry_after_s for claim in claims))


def _caller_at(request: Request, ritual: Ritual) -> bytes:
    return caller_of(request) + ritual.id.to_bytes(8, "big")


def _takes(actor: MemberActor) -> bool:
    return actor.community.state is CommunityState.OPEN


def _shown(
    actor: MemberActor,
    ritual: Ritual,
    *,
    is_open: bool,
    is_attended: bool,
    when: str = "",
    is_cancelled: bool = False,
    note: str = "",
    problem: str = "",
    typed: str = "",
) -> RitualShown:
    return RitualShown(
        id=encode_id(ritual.id),
        name=ritual.name,
        about=ritual.about,
        host=ritual.host or actor.community.symbols.staff_name,
        needs_code=ritual.attend is Attend.CODE,
        is_open=is_open,
        is_attended=is_attended,
        when=when,
        is_cancelled=is_cancelled,
        note=note,
        problem=problem,
        typed=typed,
    )


def _page(
    request: Request,
    actor: MemberActor,
    known: Known,
    *,
    said: Sequence[str] = (),
    problem: AppError | None = None,
    typed: str = "",
) -> Response:
    language = member_language(request, actor.community, actor.member)
    sentence = "" if problem is None else str(problem_of(problem, language)["detail"])
    opened, faith = known.open, _faith(actor, known)
    return member_page(
        request,
        "member/ritual.html",
        actor.community,
        member=actor.member,
        tab="today",
        status=HTTPStatus.OK if problem is None else problem.status,
        ritual=_shown(
            actor,
            known.ritual,
            is_open=opened is not None and _takes(actor),
            is_attended=opened is not None and opened.wall in known.attended,
            problem=sentence,
            typed=typed,
        ),
        rule=_rule_said(known.ritual, language),
        zone_note=_zone_note(actor, known.ritual, language),
        said=said if opened is not None or not sentence else [sentence],
        coming=_coming(actor, known, language),
        attended=faith.attended,
        possible=faith.possible,
        percent=0 if faith.share is None else round(100 * faith.share),
        opens_minutes=int(OPENS_BEFORE.total_seconds() // 60),
        closes_hours=int(CLOSES_AFTER.total_seconds() // 3600),
    )


def _faith(actor: MemberActor, known: Known) -> Adherence:
    member = actor.member
    return adherence(known.ritual, known.changes, known.attended, joined_at=member.joined_at, now=known.now)


def _coming(actor: MemberActor, known: Known, language: Language) -> list[Coming]:
    begin = known.now - timedelta(minutes=known.ritual.minutes)
    found = occurrences_between(known.ritual, known.changes, from_at=begin, until_at=known.now + COMING_SPAN)
    return [coming_of(each, actor, language) for each in found[:COMING_MAX]]


def _rule_said(ritual: Ritual, language: Language) -> str:
    try:
        return rule_words(rule_of(ritual), language)
    except FieldRefused:
        return ""


def _zone_note(actor: MemberActor, ritual: Ritual, language: Language) -> str:
    """Return whose clock the rule speaks of, where it is not the member's."""
    return "" if ritual.zone == actor.member.zone else text(language, "member.ritual.zone", zone=ritual.zone)
