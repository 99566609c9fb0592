"""Who belongs to the workspace, and who is invited."""

from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import Response

from liulian.accounts.checks import Checks, checked_email
from liulian.accounts.emails import parse_email
from liulian.accounts.invitations import (
    InvitationOtherEmail,
    accept,
    invite,
    list_invitations,
    look_at,
    revoke_invitation,
)
from liulian.accounts.members import change_role, list_members, remove_member
from liulian.accounts.model import Actor, UserActor
from liulian.accounts.names import parse_name
from liulian.accounts.newcomers import Newcomer, add_person, check_newcomer
from liulian.accounts.passwords import parse_password
from liulian.accounts.people import Invitation
from liulian.accounts.permissions import Role
from liulian.base.errors import FieldError, InvalidRequest
from liulian.base.ids import InvitationId, UserId
from liulian.storage.database import Transaction
from liulian.web.api.account_schemas import AcceptWish, InvitationWish, RoleWish, TokenOnly
from liulian.web.api.describe import KEYED, answers, refusals, takes
from liulian.web.api.shown_people import instant, shown_invitation, shown_member
from liulian.web.api.wishes import AnyId, id_in_path, json_answer, read_shape
from liulian.web.auth import KnownActor, session_of
from liulian.web.errors import language_of
from liulian.web.letters import console_url, invitation_letter, sending
from liulian.web.parts import parts_of
from liulian.web.signing import desk_of, refuse_foreign_page, sign_in, state_of
from liulian.web.throttle import TOKEN, count_attempt, forgive_attempt

router = APIRouter(tags=["members"])


@router.get(
    "/members", summary="List members", responses=answers(200, "MemberList") | refusals(403), openapi_extra=KEYED
)
async def list_(request: Request, actor: KnownActor) -> Response:
    """List who belongs to the workspace, the first who joined first."""
    async with parts_of(request).database.read() as tx:
        found = await list_members(actor, store=tx)
    return json_answer({"members": [shown_member(each) for each in found], "next_cursor": None})


@router.patch(
    "/members/{id}",
    summary="Change a member's role",
    responses=answers(200, "Member") | refusals(403),
    openapi_extra=takes("RoleWish") | KEYED,
)
async def change(request: Request, actor: KnownActor, user_id: AnyId) -> Response:
    """Give a member another role, never one that may do more than you."""
    role = Role((await read_shape(request, RoleWish)).role)
    async with parts_of(request).database.write() as tx:
        member = await change_role(actor, UserId(id_in_path(user_id)), role, desk=desk_of(request, tx))
    return json_answer(shown_member(member))


@router.delete(
    "/members/{id}",
    summary="Remove a member",
    status_code=204,
    responses=answers(204) | refusals(403, 409),
    openapi_extra=KEYED,
)
async def remove(request: Request, actor: KnownActor, user_id: AnyId) -> Response:
    """Take a member's place away; oneself: leave. The last owner cannot go."""
    async with parts_of(request).database.write() as tx:
        await remove_member(actor, UserId(id_in_path(user_id)), desk=desk_of(request, tx))
    return Response(status_code=204)


@router.get(
    "/invitations",
    summary="List invitations",
    responses=answers(200, "InvitationList") | refusals(403),
    openapi_extra=KEYED,
)
async def invitations(request: Request, actor: KnownActor) -> Response:
    """List those that still wait, newest first."""
    async with parts_of(request).database.read() as tx:
        found = await list_invitations(actor, desk=desk_of(request, tx))
    return json_answer({"invitations": [shown_invitation(each) for each in found], "next_cursor": None})


@router.post(
    "/invitations",
    summary="Invite somebody",
    status_code=201,
    responses=answers(201, "NewInvitation", located=False) | refusals(403),
    openapi_extra=takes("InvitationWish") | KEYED,
)
async def invite_(request: Request, actor: KnownActor) -> Response:
    """Make an invitation. Its link is shown only in this answer; with an address it is also sent there, if possible."""
    wish = await read_shape(request, InvitationWish)
    email = checked_email(wish.email) if wish.email is not None else None
    parts = parts_of(request)
    async with parts.database.write() as tx:
        invitation, token = await invite(actor, email=email, role=Role(wish.role), desk=desk_of(request, tx))
        inviter = await _name_of(actor, tx) or invitation.workspace_name
    url = console_url(request, "invitation", token)
    is_mailed = email is not None and parts.mailer is not None
    answer = json_answer(shown_invitation(invitation) | {"url": url, "mailed": is_mailed}, status=201)
    if email is not None and parts.mailer is not None:
        answer.background = sending(parts.mailer, invitation_letter(request, invitation, inviter=inviter, url=url))
    return answer


@router.delete(
    "/invitations/{id}",
    summary="Revoke an invitation",
    status_code=204,
    responses=answers(204) | refusals(403),
    openapi_extra=KEYED,
)
async def revoke(request: Request, actor: KnownActor, invitation_id: AnyId) -> Response:
    """Make an invitation useless, at once."""
    async with parts_of(request).database.write() as tx:
        await revoke_invitation(actor, InvitationId(id_in_path(invitation_id)), desk=desk_of(request, tx))
    return Response(status_code=204)


@router.post(
    "/invitations/look",
    summary="Look at an invitation",
    responses=answers(200, "InvitationLook") | refusals(403, 410, 429),
    openapi_extra=takes("TokenOnly"),
)
async def look(request: Request) -> Response:
    """Tell what an invitation offers, to whoever holds its link."""
    refuse_foreign_page(request)
    wish = await read_shape(request, TokenOnly)
    async with parts_of(request).database.read() as tx:
        found = await look_at(wish.token, desk=desk_of(request, tx))
    return json_answer(_offered(found))


@router.post(
    "/invitations/accept",
    summary="Accept an invitation",
    status_code=201,
    responses=answers(201, "SessionState", located=False) | refusals(403, 410, 429),
    openapi_extra=takes("AcceptWish"),
)
async def accept_(request: Request) -> Response:
    """Take the place that waits. Who is not signed in gets an account with it."""
    refuse_foreign_page(request)
    wish = await read_shape(request, AcceptWish)
    _check_given(wish)
    parts = parts_of(request)
    async with parts.database.read() as tx:
        known = await session_of(request, tx)
        offered = await look_at(wish.token, desk=desk_of(request, tx))
    if known is not None:
        async with parts.database.write() as tx:
            await accept(wish.token, known.user, desk=desk_of(request, tx))
            return json_answer(await state_of(request, tx, known), status=201)  # Nobody has shown anew who they are.
    newcomer = _newcomer(wish, offered)
    await count_attempt(request, TOKEN)
    password_hash = await parts.passwords.hash(newcomer.password or "")
    async with parts.database.write() as tx:
        desk = desk_of(request, tx)
        user = await add_person(
            newcomer,
            password_hash=password_hash,
            language=language_of(request).value,
            is_verified=False,
            desk=desk,
        )
        await accept(wish.token, user, desk=desk)
        await forgive_attempt(request, tx, TOKEN)
        return await sign_in(request, tx, user, status=201)


def _check_given(wish: AcceptWish) -> None:
    """Raise InvalidRequest for what is no address, name or password, whoever asks and whatever the token."""
    checks = Checks()
    for name, typed, parse in (
        ("email", wish.email, parse_email),
        ("name", wish.name, parse_name),
        ("password", wish.password, partial(parse_password, email="")),
    ):
        if typed is not None:
            checks.field(name, partial(parse, typed), otherwise=typed)
    checks.done()


def _newcomer(wish: AcceptWish, offered: Invitation) -> Newcomer:
    """Return who wants an account. Without an address it is the one that was invited."""
    email = wish.email if wish.email is not None else offered.email
    given = {"email": email, "name": wish.name, "password": wish.password}
    missing = tuple(FieldError(name, "field_required") for name, value in given.items() if value is None)
    if missing or email is None or wish.name is None:
        raise InvalidRequest(errors=missing)
    newcomer = check_newcomer(email=email, name=wish.name, password=wish.password)
    if offered.email is not None and newcomer.email.casefold() != offered.email.casefold():
        raise InvitationOtherEmail
    return newcomer


async def _name_of(actor: Actor, tx: Transaction) -> str | None:
    user = await tx.users.find(actor.user_id) if isinstance(actor, UserActor) else None
    return user.name if user else None


def _offered(invitation: Invitation) -> dict[str, str | None]:
    return {
        "workspace_name": invitation.workspace_name,
        "role": invitation.role.value,
        "email": invitation.email,
        "expires_at": instant(invitation.expires_at),
    }
