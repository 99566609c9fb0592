"""Which account somebody means who comes from a provider of single sign-on.

Known there: that account. Else the one with the same address, but only where the provider answers for its domain. An
account whose address nobody has shown to be theirs may have been made by somebody else: it is cleared of every other
way in before its true owner gets it.
"""

from liulian.accounts.clearing import clear_for_owner
from liulian.accounts.emails import domain_of_email
from liulian.accounts.oidc import OidcPerson, Trip
from liulian.accounts.people import Identity, SignedInUser, User
from liulian.accounts.security_log import record_security
from liulian.accounts.sessions import require_fresh
from liulian.accounts.store import Desk
from liulian.accounts.tokens import Purpose, issue
from liulian.base.errors import Conflict, Forbidden


class OidcNoAccount(Forbidden):
    """Nobody here is this person, as far as the provider can say."""

    code = "oidc_no_account"


class OidcTaken(Conflict):
    """This person of the provider belongs to another account."""

    code = "oidc_taken"


async def set_out(known: SignedInUser | None, trip: Trip, *, back: str, desk: Desk) -> str:
    """Return the token of a trip to the provider: to connect an account, else to sign in. Raises SignInAgain."""
    if known is not None:
        require_fresh(known, now=desk.now)
    data = {"nonce": trip.nonce, "verifier": trip.verifier, "return": back}
    return await issue(Purpose.OIDC, desk=desk, user_id=known.user.id if known else None, data=data)


async def connect(known: SignedInUser, person: OidcPerson, *, desk: Desk) -> None:
    """Let a person who is signed in come by the provider too. Raises OidcTaken."""
    present = await desk.tx.users.find_identity(person.issuer, person.subject)
    if present is not None and present.user_id != known.user.id:
        raise OidcTaken
    if present is None:
        await _add(known.user, person, desk=desk)


async def person_of(person: OidcPerson, *, domains: frozenset[str], desk: Desk) -> User:
    """Return whose account it is. Raises OidcNoAccount."""
    known = await desk.tx.users.find_identity(person.issuer, person.subject)
    if known is not None:
        user = await desk.tx.users.find(known.user_id)
        if user is None or user.disabled_at is not None:
            raise OidcNoAccount
        return user
    if person.email is None or domain_of_email(person.email) not in domains:
        raise OidcNoAccount
    user = await desk.tx.users.find_by_email(person.email)
    if user is None or user.disabled_at is not None:
        raise OidcNoAccount
    if user.email_verified_at is None:
        await clear_for_owner(user, desk=desk)
    await _add(user, person, desk=desk)
    return user


async def disconnect(known: SignedInUser, issuer: str, *, desk: Desk) -> bool:
    """Let a person no longer come by a provider; False when they did not. Raises SignInAgain."""
    require_fresh(known, now=desk.now)
    is_done = await desk.tx.users.remove_identities(known.user.id, issuer=issuer)
    if is_done:
        await record_security(known.user, "user.identity_removed", desk=desk)
    return is_done


async def _add(user: User, person: OidcPerson, *, desk: Desk) -> None:
    identity = Identity(
        issuer=person.issuer, subject=person.subject, user_id=user.id, email=person.email, created_at=desk.now
    )
    if not await desk.tx.users.add_identity(identity):
        raise OidcTaken
    await record_security(user, "user.identity_added", desk=desk, about=person.email)
