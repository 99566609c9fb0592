"""Passkeys (WebAuthn): add one, sign in by one. A device that checked its owner counts as two factors.

The library is loaded when somebody first uses a passkey.
"""

import json
from dataclasses import dataclass
from typing import Any

from liulian.accounts.checks import TooManyThings
from liulian.accounts.people import Passkey, SignedInUser, User
from liulian.accounts.security_log import record_security
from liulian.accounts.sessions import require_fresh
from liulian.accounts.sign_in import SignInFailed
from liulian.accounts.store import Desk
from liulian.accounts.tokens import Purpose, issue, redeem
from liulian.base.errors import AppError, Conflict, NotFound
from liulian.base.ids import PasskeyId, UserId

PASSKEYS_MAX = 20
USER_HANDLE_BYTES = 8
_CREDENTIAL_BYTES_MAX = 1023  # By the standard.


class PasskeyRefused(AppError):
    """What the device answered does not fit: another site, another challenge, a wrong signature."""

    status, code = 422, "passkey_refused"


class PasskeyKnown(Conflict):
    """This passkey belongs to an account already."""

    code = "passkey_known"


@dataclass(frozen=True, slots=True, kw_only=True)
class Relying:
    """Whom a passkey is for: the host of our pages, and their origin with its scheme and port."""

    host: str
    origin: str
    name: str


async def offer_passkey(known: SignedInUser, *, relying: Relying, desk: Desk) -> tuple[str, dict[str, Any]]:
    """Return a token and what the browser needs to make a passkey. Raises SignInAgain or TooManyThings."""
    import webauthn
    from webauthn.helpers import structs

    require_fresh(known, now=desk.now)
    present = await desk.tx.users.list_passkeys(known.user.id)
    if len(present) >= PASSKEYS_MAX:
        raise TooManyThings(max=PASSKEYS_MAX)
    options = webauthn.generate_registration_options(
        rp_id=relying.host,
        rp_name=relying.name,
        user_id=known.user.id.to_bytes(USER_HANDLE_BYTES, "big"),
        user_name=known.user.email,
        user_display_name=known.user.name,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[structs.PublicKeyCredentialDescriptor(id=each.credential_id) for each in present],
    )
    token = await issue(
        Purpose.PASSKEY_ADD, desk=desk, user_id=known.user.id, data={"challenge": options.challenge.hex()}
    )
    return token, json.loads(webauthn.options_to_json(options))


async def add_passkey(
    known: SignedInUser, token: str, credential: dict[str, Any], *, name: str, relying: Relying, desk: Desk
) -> Passkey:
    """Return the new passkey. Raises SignInAgain, TokenInvalid, PasskeyRefused or PasskeyKnown."""
    import webauthn

    require_fresh(known, now=desk.now)
    waiting = await redeem(token, Purpose.PASSKEY_ADD, desk=desk)
    if waiting.user_id != known.user.id:
        raise PasskeyRefused
    try:
        checked = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=bytes.fromhex(waiting.data["challenge"]),
            expected_rp_id=relying.host,
            expected_origin=relying.origin,
            require_user_verification=True,
        )
    except Exception as problem:  # Whatever the library stumbles over was written by the caller.
        raise PasskeyRefused from problem
    passkey = Passkey(
        id=PasskeyId(desk.ids()),
        user_id=known.user.id,
        credential_id=checked.credential_id,
        public_key=checked.credential_public_key,
        sign_count=checked.sign_count,
        name=name,
        created_at=desk.now,
    )
    if not 0 < len(passkey.credential_id) <= _CREDENTIAL_BYTES_MAX:
        raise PasskeyRefused
    if not await desk.tx.users.add_passkey(passkey):
        raise PasskeyKnown
    await record_security(known.user, "user.passkey_added", desk=desk, about=name)
    return passkey


async def offer_sign_in(*, relying: Relying, desk: Desk) -> tuple[str, dict[str, Any]]:
    """Return a token and what the browser needs to ask for any passkey of this site."""
    import webauthn
    from webauthn.helpers import structs

    options = webauthn.generate_authentication_options(
        rp_id=relying.host, user_verification=structs.UserVerificationRequirement.REQUIRED
    )
    token = await issue(Purpose.PASSKEY_SIGN_IN, desk=desk, data={"challenge": options.challenge.hex()})
    return token, json.loads(webauthn.options_to_json(options))


async def person_of_passkey(token: str, credential: dict[str, Any], *, relying: Relying, desk: Desk) -> User:
    """Return who signed the challenge. Raises TokenInvalid, or SignInFailed whatever else is wrong."""
    import webauthn

    waiting = await redeem(token, Purpose.PASSKEY_SIGN_IN, desk=desk)
    passkey = await _find(credential, desk=desk)
    user = await desk.tx.users.find(passkey.user_id)
    if user is None or user.disabled_at is not None:
        raise SignInFailed
    try:
        checked = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=bytes.fromhex(waiting.data["challenge"]),
            expected_rp_id=relying.host,
            expected_origin=relying.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except Exception as problem:  # Whatever the library stumbles over was written by the caller.
        raise SignInFailed from problem
    if not await desk.tx.users.use_passkey(passkey, sign_count=checked.new_sign_count, now=desk.now):
        raise SignInFailed
    return user


async def rename_passkey(known: SignedInUser, passkey_id: PasskeyId, name: str, *, desk: Desk) -> None:
    """Call a passkey something else. Raises NotFound."""
    if not await desk.tx.users.rename_passkey(passkey_id, name, user_id=known.user.id):
        raise NotFound


async def remove_passkey(known: SignedInUser, passkey_id: PasskeyId, *, desk: Desk) -> None:
    """Make a passkey useless. Raises SignInAgain or NotFound."""
    require_fresh(known, now=desk.now)
    if not await desk.tx.users.remove_passkey(passkey_id, user_id=known.user.id):
        raise NotFound
    await record_security(known.user, "user.passkey_removed", desk=desk)


async def _find(credential: dict[str, Any], *, desk: Desk) -> Passkey:
    """Return the passkey a credential names, if the person it names too is its owner."""
    from webauthn import base64url_to_bytes

    try:
        credential_id = base64url_to_bytes(credential["rawId"])
        handle = credential["response"].get("userHandle")
        user_id = UserId(int.from_bytes(base64url_to_bytes(handle), "big")) if handle else None
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise SignInFailed from problem
    found = await desk.tx.users.find_passkey(credential_id)
    if found is None or user_id not in (None, found.user_id):
        raise SignInFailed
    return found
