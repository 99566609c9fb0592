"""Come in by a code: six digits sent to an address, or a short code that one browser shows and another opens.

Without a mail server nothing of the first is offered. Pairing is confirmed on both sides: the second browser says that
it wants in, and waits; the first says yes on its own page. Where the second is a member already, both become one, which
both pages say before.
"""

from collections.abc import Mapping
from urllib.parse import urlencode

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from liulian.accounts.checks import checked_email
from liulian.accounts.mail import Letter, Mailer
from liulian.base.errors import AppError, Conflict
from liulian.base.i18n import text
from liulian.base.ids import decode_id, encode_id
from liulian.base.secrets import fingerprint, random_token
from liulian.community.channels import community_url
from liulian.community.codes import (
    CodeDesk,
    CodeInvalid,
    claim_pair_code,
    find_pair_code,
    issue_email_code,
    plain_pair_code,
    show_pair_code,
    try_email_code,
    use_code,
    waiting_for,
    written_pair_code,
)
from liulian.community.identities import Proof, masked_email, owner_of
from liulian.community.joining import NICKNAME_LENGTH_MAX, JoinWish, check_guardian, device_identity
from liulian.community.model import Community, MemberState
from liulian.community.people import IdentityKind, MemberActor, MemberCode
from liulian.qr.encode import qr_svg
from liulian.storage.database import Transaction
from liulian.web.errors import problem_of
from liulian.web.letters import sending
from liulian.web.members.arriving import arrive, merge_in
from liulian.web.members.asking import (
    actor_in,
    community_in,
    need_member,
    refuse_foreign,
    set_member_cookie,
    token_of,
)
from liulian.web.members.join import browser_name, desk_of, wish_in
from liulian.web.members.layout import HEADERS, member_language, member_page, member_router
from liulian.web.members.ways import browser_called
from liulian.web.pages.fields import fields_of
from liulian.web.parts import parts_of
from liulian.web.place import place_of
from liulian.web.throttle import Kind, count_attempt

MAIL = Kind(name="member_mail", per_address=120, in_all=5)  # Whoever asks, it is one letter box that fills.
TRY = Kind(name="member_code", per_address=120, in_all=30)
PAIR = Kind(name="member_pair", per_address=60)  # Of 30**8 codes a few are good at a time.

router = member_router()


class NoMail(Conflict):
    """This installation sends no letters."""

    code = "member_no_mail"


@router.api_route("/code", methods=["GET", "HEAD"])
async def mail_page(request: Request, slug: str) -> Response:
    """Answer the form that asks for an address, or say that no letters are sent here."""
    actor, community = await _who(request, slug)
    _need_mailer(request)
    return _code_page(request, community, actor)


@router.post("/code")
async def send_code(request: Request, slug: str) -> Response:
    """Send six digits to an address, and ask for them."""
    refuse_foreign(request)
    actor, community = await _who(request, slug)
    mailer = _need_mailer(request)
    fields = await fields_of(request)
    typed = fields.get("email", "")
    try:
        email = checked_email(typed)
        await count_attempt(request, MAIL, account=email)
    except AppError as error:
        return _code_page(request, community, actor, email=typed, error=error)
    async with parts_of(request).database.write() as tx:
        digits = await issue_email_code(community.id, email, desk=_code_desk(request, tx))
    answer = _code_page(request, community, actor, email=email, is_sent=True)
    answer.background = sending(mailer, _letter(request, community, email, digits))
    return answer


@router.post("/code/check")
async def check_code(request: Request, slug: str) -> Response:
    """Let somebody in whose address it is, or give a member one more way in."""
    refuse_foreign(request)
    actor, community = await _who(request, slug)
    fields = await fields_of(request)
    email = fields.get("email", "")[:320]
    try:
        checked_email(email)
        await count_attempt(request, TRY, account=f"{community.id}:{email}")
        code = await _try_digits(request, community, email, fields.get("digits", "")[:20])
        sealed = parts_of(request).site.vault.seal(email.encode(), about=f"member:{community.id}:email")
        proof = Proof(kind=IdentityKind.EMAIL, value=email, label=masked_email(email), sealed=sealed)
        async with parts_of(request).database.read() as tx:
            wish = await wish_in(request, tx, community, fields)
            if actor is None:
                await _need_guardian(request, tx, community, proof, wish)
        async with parts_of(request).database.write() as tx:
            await use_code(code, desk=_code_desk(request, tx))
        return await arrive(request, community, proof, wish)
    except AppError as error:
        return _code_page(request, community, actor, email=email, is_sent=True, error=error, typed=fields)


@router.api_route("/pair", methods=["GET", "HEAD"])
async def pair_page(request: Request, slug: str, code: str = "") -> Response:
    """Answer the form by which a second browser says that it wants in."""
    actor, community = await _who(request, slug)
    return _pair_page(request, community, actor, typed=plain_pair_code(code))


@router.post("/pair")
async def claim(request: Request, slug: str) -> Response:
    """Let this browser wait for the yes of the one that showed the code."""
    refuse_foreign(request)
    actor, community = await _who(request, slug)
    typed = (await fields_of(request)).get("code", "")[:40]
    token = token_of(request) or random_token()
    try:
        await count_attempt(request, PAIR)
        async with parts_of(request).database.write() as tx:
            desk = _code_desk(request, tx)
            code = await find_pair_code(community.id, typed, desk=desk)
            if actor is None or code.member_id != actor.member.id:
                await claim_pair_code(code, device=fingerprint(token), label=browser_name(request), desk=desk)
    except AppError as error:
        return _pair_page(request, community, actor, typed=plain_pair_code(typed), error=error)
    answer = RedirectResponse(f"/c/{slug}/pair/wait", status_code=303, headers=HEADERS)
    set_member_cookie(answer, request, community, token)
    return answer


@router.api_route("/pair/wait", methods=["GET", "HEAD"])
async def wait(request: Request, slug: str) -> Response:
    """Answer the page that waits for a yes. It asks again by itself, and leads home once this browser is a member's."""
    actor, community = await _who(request, slug)
    return member_page(
        request, "member/pair_wait.html", community, member=actor.member if actor else None, tab="me" if actor else ""
    )


@router.post("/pair/show")
async def show(request: Request, slug: str) -> Response:
    """Make a code for a second browser and lead to the page that shows it."""
    actor = await need_member(request, slug)
    await count_attempt(request, PAIR)
    async with parts_of(request).database.write() as tx:
        letters = await show_pair_code(actor.member, desk=_code_desk(request, tx))
    return RedirectResponse(f"/c/{slug}/pair/shown?{urlencode({'code': letters})}", status_code=303, headers=HEADERS)


@router.api_route("/pair/shown", methods=["GET", "HEAD"])
async def shown(request: Request, slug: str, code: str = "") -> Response:
    """Answer the page that shows a code, and who waits for a yes."""
    actor = await need_member(request, slug)
    letters = plain_pair_code(code)
    async with parts_of(request).database.read() as tx:
        waiting = await waiting_for(actor.member, desk=_code_desk(request, tx))
        others = [
            await tx.members.find_by_identity(actor.community.id, IdentityKind.DEVICE, each.device) for each in waiting
        ]
    language = member_language(request, actor.community, actor.member)
    url = f"{community_url(place_of(request).origin, slug)}/pair?{urlencode({'code': letters})}"
    return member_page(
        request,
        "member/pair_shown.html",
        actor.community,
        member=actor.member,
        tab="me",
        code=written_pair_code(letters),
        picture=qr_svg(url).decode(),
        waiting=[
            {
                "id": encode_id(each.code.id),
                "label": browser_called(each.label, language),
                "other": None if other is None else other.nickname,
            }
            for each, other in zip(waiting, others, strict=True)
        ],
    )


@router.post("/pair/allow")
async def allow(request: Request, slug: str) -> Response:
    """Let a waiting browser in, as the member who says so. Where it is a member's already, both become one."""
    actor = await need_member(request, slug)
    wanted = decode_id((await fields_of(request)).get("id", ""))
    async with parts_of(request).database.write() as tx:
        await _allow(request, tx, actor, wanted)
    return RedirectResponse(f"/c/{slug}/me?done=added", status_code=303, headers=HEADERS)


async def _allow(request: Request, tx: Transaction, actor: MemberActor, wanted: int | None) -> None:
    desk = _code_desk(request, tx)
    found = [each for each in await waiting_for(actor.member, desk=desk) if each.code.id == wanted]
    if not found:
        raise CodeInvalid
    (waiting,) = found
    await use_code(waiting.code, desk=desk)
    other = await tx.members.find_by_identity(actor.community.id, IdentityKind.DEVICE, waiting.device)
    if other is None:
        now = parts_of(request).clock()
        await tx.member_identities.add(device_identity(actor.member, waiting.device, label=waiting.label, now=now))
    elif other.id != actor.member.id and other.state is not MemberState.ERASED:
        await merge_in(request, tx, actor.member.id, other.id)


async def _try_digits(request: Request, community: Community, email: str, digits: str) -> MemberCode:
    """Return the code of an address, not used up yet. Raises CodeInvalid; the try is counted all the same."""
    async with parts_of(request).database.write() as tx:
        code = await try_email_code(community.id, email, digits, desk=_code_desk(request, tx))
    if code is None:
        raise CodeInvalid
    return code


async def _need_guardian(request: Request, tx: Transaction, community: Community, proof: Proof, wish: JoinWish) -> None:
    """Raise InvalidRequest where somebody joins for no child: before their code is used up, so that they can say."""
    if not community.settings.for_children:
        return
    owner = await owner_of(community.id, proof, key=parts_of(request).site.member_key, desk=desk_of(request, tx))
    if owner is None or owner.state is not MemberState.ACTIVE:
        known = "" if owner is None else owner.ward or ""
        check_guardian(wish.ward or known, is_guardian=wish.is_guardian)


async def _who(request: Request, slug: str) -> tuple[MemberActor | None, Community]:
    async with parts_of(request).database.read() as tx:
        actor = await actor_in(request, tx, slug)
        return actor, actor.community if actor is not None else await community_in(request, tx, slug)


def _code_desk(request: Request, tx: Transaction) -> CodeDesk:
    parts = parts_of(request)
    return CodeDesk(codes=tx.member_codes, ids=parts.ids, now=parts.clock(), key=parts.site.member_key)


def _need_mailer(request: Request) -> Mailer:
    mailer = parts_of(request).mailer
    if mailer is None:
        raise NoMail
    return mailer


def _letter(request: Request, community: Community, email: str, digits: str) -> Letter:
    language = member_language(request, community)
    words: dict[str, str | int] = {"community": community.name, "code": digits}
    return Letter(
        to=email,
        subject=text(language, "member.code.letter_subject", **words),
        text=text(language, "member.code.letter_text", **words),
    )


def _code_page(
    request: Request,
    community: Community,
    actor: MemberActor | None,
    *,
    email: str = "",
    is_sent: bool = False,
    error: AppError | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    told = problem_of(error, member_language(request, community))["errors"] if error is not None else []
    return _with_problem(
        request,
        "member/code.html",
        community,
        actor,
        error=error,
        email=email,
        is_sent=is_sent,
        typed=typed or {},
        errors={each["field"]: each["message"] for each in told},
        nickname_length_max=NICKNAME_LENGTH_MAX,
    )


def _pair_page(
    request: Request, community: Community, actor: MemberActor | None, *, typed: str, error: AppError | None = None
) -> Response:
    return _with_problem(
        request, "member/pair.html", community, actor, error=error, typed=written_pair_code(typed) if typed else ""
    )


def _with_problem(
    request: Request,
    template: str,
    community: Community,
    actor: MemberActor | None,
    *,
    error: AppError | None,
    **values: object,
) -> Response:
    """Return a page, with what went wrong above its form."""
    problem = "" if error is None else problem_of(error, member_language(request, community))["detail"]
    shown: dict[str, object] = {**values, "problem": problem}
    member, status = actor.member if actor else None, 200 if error is None else error.status
    page = member_page(request, template, community, member=member, status=status, tab="", **shown)
    if error is not None and error.retry_after_s is not None:
        page.headers["Retry-After"] = str(error.retry_after_s)
    return page
