"""My data, `/c/{slug}/me`: who I am here and who sees it, what I agreed to, how I come back, export, leave, erase.

Taking back is as easy as giving: one tap each. Erasing takes two steps, because nobody can undo it.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from liulian.base.errors import AppError, FieldError, InvalidRequest, NotFound
from liulian.base.ids import encode_id
from liulian.base.log import logger
from liulian.base.secrets import fingerprint
from liulian.community.consents import Withdrawing, agree, withdraw
from liulian.community.erasure import EraseDesk, erase
from liulian.community.export import export_json
from liulian.community.identities import forget_way
from liulian.community.joining import NICKNAME_LENGTH_MAX, checked_nickname, leave, refuse_staff_name, usable_zone
from liulian.community.model import Member, MemberState, Shares
from liulian.community.people import Consent, ConsentKind, IdentityKind, MemberActor, MemberIdentity, NotJoined
from liulian.storage.database import Transaction
from liulian.web.auth import SAFE_METHODS
from liulian.web.downloads import attachment
from liulian.web.errors import problem_of
from liulian.web.members.asking import (
    clear_member_cookie,
    community_in,
    known_member,
    member_of_gone,
    need_member,
    refuse_foreign,
    token_of,
)
from liulian.web.members.join import desk_of
from liulian.web.members.layout import HEADERS, member_language, member_page, member_router
from liulian.web.members.panels import Panel
from liulian.web.members.pictures import delete_pictures, pictures_of
from liulian.web.members.ways import browser_called, ways_in
from liulian.web.pages.fields import fields_of
from liulian.web.parts import parts_of

DONE = ("saved", "agreed", "withdrawn", "forgotten", "merged", "added", "known")
KNOWN_TO = 1  # Ways in. Who has but one loses all with that browser.

router = member_router()


@dataclass(frozen=True, slots=True, kw_only=True)
class WayBack:
    """One way in, as the page lists it. `is_here`: the browser this is read in."""

    identity: MemberIdentity
    label: str
    is_here: bool

    @property
    def handle(self) -> str:
        """Return what the form names it by."""
        return f"{self.identity.kind.value}:{self.identity.subject.hex()}"


async def me_panel(tx: Transaction, asking: MemberActor, now: object) -> Panel | None:  # noqa: ARG001 - A panel's shape.
    """Tell who has but one way in that they may lose it."""
    ways = await tx.member_identities.list_of(asking.member.id)
    if len(ways) > KNOWN_TO:
        return None
    return Panel(template="member/_me.html", shown=None)


@router.api_route("/me", methods=["GET", "HEAD"])
async def page(request: Request, slug: str, done: str = "") -> Response:
    """Answer everything a member can see and do about themselves."""
    try:
        actor = await need_member(request, slug)
    except NotFound:
        gone = await member_of_gone(request, slug)
        return member_page(request, "member/gone.html", gone.community, is_here=gone.member.state is MemberState.ACTIVE)
    return await _page(request, actor, done=done if done in DONE else "")


@router.post("/me")
async def save(request: Request, slug: str) -> Response:
    """Change what a member is called, where they are, and who sees what they do."""
    actor = await need_member(request, slug)
    fields = await fields_of(request)
    try:
        changed = _changed(actor, fields)
    except AppError as error:
        return await _page(request, actor, error=error)
    async with parts_of(request).database.write() as tx:
        await tx.members.update(actor.member.id, **changed)
    return _back(slug, "saved")


@router.post("/me/consents/{kind}")
async def consent(request: Request, slug: str, kind: str) -> Response:
    """Agree (`is_given=1`), or take it back."""
    actor = await need_member(request, slug)
    fields = await fields_of(request)
    try:
        wanted = ConsentKind(kind)
    except ValueError:
        raise NotFound from None
    is_given = fields.get("is_given") == "1"
    async with parts_of(request).database.write() as tx:
        desk = desk_of(request, tx)
        if is_given:
            await agree(actor.member, wanted, desk=desk)
        else:
            await withdraw(actor.member, wanted, work=Withdrawing(desk=desk, answers=tx.moves))
    then = fields.get("then", "")  # A self-test sends its reader back to where they were asked.
    if is_given and then.startswith(f"/c/{slug}/tests/") and "//" not in then and "\\" not in then:
        return RedirectResponse(then, status_code=303, headers=HEADERS)
    return _back(slug, "agreed" if is_given else "withdrawn")


@router.post("/me/ways")
async def forget(request: Request, slug: str) -> Response:
    """Let a browser, address or account no longer be a way in."""
    actor = await need_member(request, slug)
    kind, _, subject = (await fields_of(request)).get("way", "").partition(":")
    try:
        this = IdentityKind(kind), bytes.fromhex(subject)
    except ValueError:
        raise NotFound from None
    async with parts_of(request).database.write() as tx:
        await forget_way(actor.member, *this, here=_here(request), desk=desk_of(request, tx))
    return _back(slug, "forgotten")


@router.get("/me/export")
async def export(request: Request, slug: str) -> Response:
    """Answer everything about a member: a ZIP with one JSON document and their pictures."""
    actor = await _need_known(request, slug)
    parts = parts_of(request)
    async with parts.database.read() as tx:
        rows = await tx.moves.everything_of(actor.member.id)
        ways = await tx.member_identities.list_of(actor.member.id)
    document = export_json(actor.community, rows, contacts=_contacts(request, ways), now=parts.clock())
    pictures = await pictures_of(request, [row["id"] for row in rows.get("member_files", ())])
    packed = await asyncio.to_thread(_packed, document, pictures)
    headers = {**HEADERS, "Content-Disposition": attachment(f"{slug}-{parts.clock():%Y-%m-%d}.zip")}
    return Response(packed, media_type="application/zip", headers=headers)


@router.post("/me/leave")
async def go(request: Request, slug: str) -> Response:
    """Let a member go. Their browser is still known, so that they can come back to their history."""
    then = f"/c/{slug}"
    try:
        actor = await need_member(request, slug)
    except NotFound:
        actor, then = await member_of_gone(request, slug), f"/c/{slug}/me"
        if actor.member.state is not MemberState.ACTIVE:
            raise
    async with parts_of(request).database.write() as tx:
        await leave(actor.member, desk=desk_of(request, tx), answers=tx.moves)
    return RedirectResponse(then, status_code=303, headers=HEADERS)


@router.api_route("/me/erase", methods=["GET", "HEAD"])
async def erase_page(request: Request, slug: str) -> Response:
    """Answer the first step: what will be gone."""
    actor = await _need_known(request, slug)
    return member_page(request, "member/erase.html", actor.community, member=_shown(actor), tab="me", problem="")


@router.post("/me/erase")
async def erase_now(request: Request, slug: str) -> Response:
    """Take the second step: nobody knows any more who this was."""
    actor = await _need_known(request, slug)
    parts = parts_of(request)
    if (await fields_of(request)).get("sure") != "1":
        problem = problem_of(_unsure(), member_language(request, actor.community, actor.member))["detail"]
        return member_page(
            request,
            "member/erase.html",
            actor.community,
            member=_shown(actor),
            tab="me",
            status=422,
            problem=problem,
        )
    async with parts.database.write() as tx:
        files = await erase(actor.member, desk=EraseDesk(tx=tx, ids=parts.ids, now=parts.clock()))
    await delete_pictures(request, files)
    logger.info("member_erased", pictures=len(files))
    code = encode_id(actor.member.id)  # By it this device keeps what waits: the page deletes that.
    answer = member_page(request, "member/erased.html", actor.community, erased=code)
    clear_member_cookie(answer, request, actor.community)
    return answer


async def _page(request: Request, actor: MemberActor, *, done: str = "", error: AppError | None = None) -> Response:
    async with parts_of(request).database.read() as tx:
        ways = await tx.member_identities.list_of(actor.member.id)
        consents = await tx.consents.list_of(actor.member.id)
        more = await ways_in(request, tx, actor.community)
    problem = "" if error is None else problem_of(error, member_language(request, actor.community, actor.member))
    here, language = _here(request), member_language(request, actor.community, actor.member)
    values: dict[str, object] = {
        "done": done,
        "problem": problem["detail"] if isinstance(problem, dict) else "",
        "ways": [
            WayBack(
                identity=each,
                label=browser_called(each.label or "", language)
                if each.kind is IdentityKind.DEVICE
                else each.label or "",
                is_here=(each.kind, each.subject) == (IdentityKind.DEVICE, here),
            )
            for each in ways
        ],
        "consents": consents,
        "open_kinds": _open_kinds(consents),
        "asks_health": actor.community.settings.asks_health,
        "more": more,
        "shares": [each.value for each in Shares],
        "nickname_length_max": NICKNAME_LENGTH_MAX,
    }
    status = 200 if error is None else error.status
    return member_page(
        request, "member/me.html", actor.community, member=actor.member, tab="me", status=status, **values
    )


async def _need_known(request: Request, slug: str) -> MemberActor:
    """Return who asks, also who left, or whose community was removed: their data is theirs without joining again.

    Raises NotFound and NotJoined.
    """
    if request.method not in SAFE_METHODS:
        refuse_foreign(request)
    try:
        async with parts_of(request).database.read() as tx:
            community = await community_in(request, tx, slug)
            member = await known_member(request, tx, community)
    except NotFound:
        return await member_of_gone(request, slug)
    if member is None or member.state is MemberState.ERASED:
        raise NotJoined
    return MemberActor(community=community, member=member)


def _shown(actor: MemberActor) -> Member | None:
    """Return the member as whom a page is shown; who left is shown as none."""
    return actor.member if actor.member.state is MemberState.ACTIVE else None


def _changed(actor: MemberActor, fields: dict[str, str]) -> dict[str, object]:
    """Return what the form changes. Raises InvalidRequest."""
    nickname = checked_nickname(fields.get("nickname", ""))
    if nickname != actor.member.nickname:
        refuse_staff_name(nickname, actor.community)
    changed: dict[str, object] = {
        "nickname": nickname or actor.member.nickname,
        "zone": usable_zone(fields.get("zone", ""), otherwise=actor.member.zone),
        "is_ranked": fields.get("is_ranked") == "1",
        "is_advised": fields.get("is_advised") == "1",
    }
    try:
        changed["shares"] = Shares(fields.get("shares", actor.member.shares.value))
    except ValueError:
        raise InvalidRequest(errors=(FieldError("shares", "field_form"),)) from None
    if actor.community.settings.for_children:
        changed["ward"] = checked_nickname(fields.get("ward", ""), field="ward") or actor.member.ward
    return changed


def _contacts(request: Request, ways: Sequence[MemberIdentity]) -> dict[str, str]:
    """Return addresses and accounts in the clear, as far as they are kept at all."""
    vault = parts_of(request).site.vault
    return {
        way.kind.value: vault.open(way.sealed, about=f"member:{way.community_id}:{way.kind.value}").decode()
        for way in ways
        if way.sealed is not None
    }


def _open_kinds(consents: Sequence[Consent]) -> frozenset[str]:
    return frozenset(each.kind.value for each in consents if each.withdrawn_at is None)


def _here(request: Request) -> bytes:
    token = token_of(request)
    return b"" if token is None else fingerprint(token)


def _packed(document: bytes, pictures: Sequence[tuple[str, bytes]]) -> bytes:
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        archive.writestr("me.json", document)
        for name, content in pictures:
            archive.writestr(f"pictures/{name}", content)
    return packed.getvalue()


def _unsure() -> InvalidRequest:
    return InvalidRequest(errors=(FieldError("sure", "erase_unsure"),))


def _back(slug: str, done: str) -> Response:
    return RedirectResponse(f"/c/{slug}/me?done={done}", status_code=303, headers=HEADERS)
