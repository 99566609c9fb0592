"""Which account somebody means who comes from a provider of single sign-on.

Known there: that account. Else the one with the same address, but only where the provider answers for its domain. An
account whose address nobody has shown to be theirs may have been made by somebody else: it is cleared of every other
way in before its true owner gets it.
"""

from liulian.accounts.clearing import clear_for_owner
from liulian.accounts.emails import domain_of_email
from liulian.accounts.oidc import OidcPerson
from liulian.accounts.people import Identity, User
from liulian.accounts.security_log import record_security
from liulian.accounts.store import Desk
from liulian.base.errors import Conflict, Forbidden
from liulian.base.ids import UserId


class OidcNoAccount(Forbidden):
    """Nobody here is this person, as far as the provider can say."""

    code = "oidc_no_account"


class OidcTaken(Conflict):
    """This person of the provider belongs to another account."""

    code = "oidc_taken"


async def connect(user_id: UserId, person: OidcPerson, *, desk: Desk) -> User:
    """Let a person who is signed in come by the provider too. Raises OidcTaken."""
    user = await desk.tx.users.find(user_id)
    if user is None or user.disabled_at is not None:
        raise OidcNoAccount
    known = await desk.tx.users.find_identity(person.issuer, person.subject)
    if known is not None and known.user_id != user.id:
        raise OidcTaken
    if known is None:
        await _add(user, person, desk=desk)
    return user


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


async def disconnect(user: User, issuer: str, *, desk: Desk) -> bool:
    """Let a person no longer come by a provider; False when they did not."""
    is_done = await desk.tx.users.remove_identities(user.id, issuer=issuer)
    if is_done:
        await record_security(user, "user.identity_removed", desk=desk)
    return is_done


async def _add(user: User, person: OidcPerson, *, desk: Desk) -> None:
    identity = Identity(
        issuer=person.issuer, subject=person.subject, user_id=user.id, email=person.email, created_at=desk.now
    )
    if not await desk.tx.users.add_identity(identity):
        raise OidcTaken
    await record_security(user, "user.identity_added", desk=desk, about=person.email)
