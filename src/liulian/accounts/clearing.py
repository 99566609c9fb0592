"""Take every way in from whoever made an account before its owner came.

An address that nobody has shown to be theirs may have been typed by somebody else; what they left must not stay.
"""

from liulian.accounts.people import User
from liulian.accounts.security_log import record_security
from liulian.accounts.store import Desk


async def clear_for_owner(user: User, *, desk: Desk) -> None:
    """Take password, second factors, passkeys, accounts elsewhere and sessions away, and note the address as shown."""
    await desk.tx.users.update(
        user.id, password_hash=None, totp_secret=None, totp_enabled_at=None, totp_step=None, email_verified_at=desk.now
    )
    await desk.tx.users.replace_recovery_codes(user.id, ())
    await desk.tx.users.remove_all_passkeys(user.id)
    await desk.tx.users.remove_identities(user.id)
    await desk.tx.sessions.end_all(user.id)
    await record_security(user, "user.cleared_for_owner", desk=desk)
