"""Sign a browser in, know it again, and end that. A session's token is random; only its fingerprint is stored."""

from datetime import datetime, timedelta

from liulian.accounts.model import UserActor, WorkspaceActor
from liulian.accounts.people import Session, SignedInUser, User
from liulian.accounts.store import Desk, SessionStore
from liulian.base.errors import Forbidden, NotFound
from liulian.base.ids import SessionId
from liulian.base.secrets import fingerprint, random_token

IDLE_MAX = timedelta(days=30)  # A browser not seen for so long is most likely not theirs any more.
LIFE_MAX = timedelta(days=180)
SEEN_EVERY = timedelta(minutes=1)  # Exact enough for a list of devices, and no write for every request.
FRESH_FOR = timedelta(minutes=10)  # So long after signing in, nobody is asked again who they are.


class SignInAgain(Forbidden):
    """This needs somebody who has only just signed in."""

    code = "sign_in_again"


async def start_session(user: User, *, app: str | None, system: str | None, desk: Desk) -> tuple[Session, str]:
    """Return a new session of a person and its token. The token is always new: none that was sent is ever kept."""
    token = random_token()
    session = Session(
        id=SessionId(desk.ids()),
        user_id=user.id,
        created_at=desk.now,
        last_seen_at=desk.now,
        app=app,
        system=system,
    )
    await desk.tx.sessions.add(session, fingerprint=fingerprint(token))
    return session, token


async def find_session(token: str, *, store: SessionStore, now: datetime) -> SignedInUser | None:
    """Return whose session this is; None for one that ended, and for a person who was disabled."""
    return await store.find(fingerprint(token), seen_after=now - IDLE_MAX, made_after=now - LIFE_MAX)


async def list_sessions(known: SignedInUser, *, store: SessionStore, now: datetime) -> list[Session]:
    """Return where a person is signed in, the browser used last first."""
    return await store.list_of(known.user.id, seen_after=now - IDLE_MAX, made_after=now - LIFE_MAX)


async def end_session(known: SignedInUser, session_id: SessionId, *, store: SessionStore) -> None:
    """Sign one browser of a person out, at once. Raises NotFound for a session of others."""
    if not await store.end(session_id, user_id=known.user.id):
        raise NotFound


async def end_other_sessions(known: SignedInUser, *, store: SessionStore) -> int:
    """Sign a person out everywhere but here, and return how many browsers that were."""
    return await store.end_all(known.user.id, but=known.session.id)


def is_due(last: datetime | None, *, now: datetime) -> bool:
    """Tell whether it is time to note again that a session or a key was used."""
    return last is None or now - last >= SEEN_EVERY


def require_fresh(known: SignedInUser, *, now: datetime) -> None:
    """Raise SignInAgain unless the person has only just signed in.

    Whoever finds an open browser may use it; making a way in that outlasts its session takes more than that.
    """
    if not _is_fresh(known.session.created_at, now=now):
        raise SignInAgain


def require_fresh_person(actor: WorkspaceActor, *, now: datetime) -> None:
    """Raise SignInAgain for a person who has not only just signed in. A program shows its key every time."""
    if isinstance(actor, UserActor) and not _is_fresh(actor.signed_in_at, now=now):
        raise SignInAgain


def _is_fresh(signed_in_at: datetime | None, *, now: datetime) -> bool:
    return signed_in_at is not None and now - signed_in_at < FRESH_FOR
