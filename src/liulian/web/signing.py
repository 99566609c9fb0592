"""Sign a browser in or out, and say who is here and how one can come in."""

from typing import Any

from fastapi import Request
from fastapi.responses import Response

from liulian.accounts.passkeys import Relying
from liulian.accounts.people import SignedInUser, User
from liulian.accounts.sessions import start_session
from liulian.accounts.store import Desk
from liulian.base.errors import Conflict
from liulian.base.i18n import text
from liulian.edge.hosts import host_name, is_plain
from liulian.storage.database import Transaction
from liulian.visitors.recognise import recognise
from liulian.web.api.shown_people import shown_membership, shown_user
from liulian.web.api.wishes import json_answer
from liulian.web.auth import CrossSite, is_same_site, session_of, set_session_cookie
from liulian.web.errors import language_of
from liulian.web.parts import parts_of
from liulian.web.place import place_of

OIDC_ID = "sso"  # There is one provider.


class PasskeyNeedsHost(Conflict):
    """Browsers know passkeys by a host's name, and this page was opened by an address."""

    code = "passkey_needs_host"


def desk_of(request: Request, tx: Transaction) -> Desk:
    """Return what it takes to work on accounts in a transaction."""
    parts = parts_of(request)
    return Desk(tx=tx, ids=parts.ids, now=parts.clock())


async def sign_in(request: Request, tx: Transaction, user: User, *, status: int = 200) -> Response:
    """Return the answer that signs a person in. A session this browser had before ends with it."""
    answer, token = await new_session(request, tx, user, status=status)
    set_session_cookie(answer, request, token)
    return answer


async def new_session(request: Request, tx: Transaction, user: User, *, status: int = 200) -> tuple[Response, str]:
    """Return who is here now, and the token of the new session."""
    earlier = await session_of(request, tx)
    if earlier is not None:
        await tx.sessions.end(earlier.session.id, user_id=earlier.user.id)
    visitor = recognise(request.headers.get("user-agent", "").encode("latin-1", "replace"))
    session, token = await start_session(user, app=visitor.container, system=visitor.system, desk=desk_of(request, tx))
    state = await state_of(request, tx, SignedInUser(user=user, session=session))
    return json_answer(state, status=status), token


async def state_of(request: Request, tx: Transaction, known: SignedInUser | None) -> dict[str, Any]:
    """Return who is here, and how one can sign in."""
    parts = parts_of(request)
    places = await tx.workspaces.list_of(known.user.id) if known else []
    state = "signed_in" if known else "signed_out" if await tx.users.is_any() else "setup"
    return {
        "state": state,
        "password_reset_by_mail": parts.mailer is not None,
        "oidc": [{"id": OIDC_ID, "name": parts.oidc.name}] if parts.oidc else [],
        "anonymous_links": parts.strangers.may_make_links,
        "user": await shown_user(known.user, tx) if known else None,
        "workspaces": [shown_membership(place) for place in places],
    }


def refuse_foreign_page(request: Request) -> None:
    """Raise CrossSite for a request that signs somebody in and was sent by a page of another site.

    A program sends neither of these headers, and no cookie is needed here; a browser always sends one of them.
    """
    if ("sec-fetch-site" in request.headers or "origin" in request.headers) and not is_same_site(request):
        raise CrossSite


def relying_of(request: Request) -> Relying:
    """Return whom passkeys of this site are for. Raises PasskeyNeedsHost."""
    origin = place_of(request).origin
    host = host_name(origin.partition("://")[2].encode())
    if is_plain(host) and not host.endswith("localhost"):
        raise PasskeyNeedsHost
    return Relying(host=host, origin=origin, name=text(language_of(request), "pages.name"))
