"""People and how they prove who they are: passwords, second factors, passkeys, identities elsewhere."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from liulian.accounts.emails import email_key
from liulian.accounts.people import Identity, Passkey, User
from liulian.base.ids import PasskeyId, UserId
from liulian.storage.account_tables import identities, passkeys, recovery_codes, users
from liulian.storage.sql import insert_or_ignore

USERS_LISTED_MAX = 10_000  # The command line lists them all; an installation of ours has hundreds.
PASSKEYS_LISTED_MAX = 100
IDENTITIES_LISTED_MAX = 100

USER_COLUMNS = (
    users.c.id,
    users.c.email,
    users.c.name,
    users.c.created_at,
    users.c.language,
    users.c.email_verified_at,
    users.c.password_hash,
    users.c.totp_secret,
    users.c.totp_enabled_at,
    users.c.disabled_at,
)
_USERS = select(*USER_COLUMNS)
_PASSKEYS = select(passkeys)
_IDENTITIES = select(identities)


class UserRows:
    """The people of one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def is_any(self) -> bool:
        """Tell whether anybody has an account."""
        return (await self._connection.execute(select(users.c.id).limit(1))).first() is not None

    async def add(self, user: User) -> bool:
        """Store a new person; False when another one has the same address."""
        row = {
            "id": user.id,
            "email": user.email,
            "email_key": email_key(user.email),
            "email_verified_at": user.email_verified_at,
            "name": user.name,
            "language": user.language,
            "password_hash": user.password_hash,
            "created_at": user.created_at,
        }
        return bool((await self._connection.execute(insert_or_ignore(self._connection, users), row)).rowcount == 1)

    async def find(self, user_id: UserId, *, for_update: bool = False) -> User | None:
        """Return a person, disabled or not. With `for_update` nobody else changes them before the transaction ends."""
        wanted = _USERS.where(users.c.id == user_id)
        row = (await self._connection.execute(wanted.with_for_update() if for_update else wanted)).one_or_none()
        return user_of(row) if row else None

    async def find_by_email(self, email: str) -> User | None:
        """Return whoever has this address, however it is written."""
        row = (await self._connection.execute(_USERS.where(users.c.email_key == email_key(email)))).one_or_none()
        return user_of(row) if row else None

    async def list_all(self, *, limit: int = USERS_LISTED_MAX) -> list[User]:
        """Return people, oldest account first."""
        return [user_of(row) for row in await self._connection.execute(_USERS.order_by(users.c.id).limit(limit))]

    async def names_of(self, user_ids: Collection[UserId]) -> dict[UserId, str]:
        """Return how people are called now, whether they still belong to anything or not."""
        wanted = select(users.c.id, users.c.name).where(users.c.id.in_(sorted(user_ids))).limit(len(user_ids))
        return {UserId(row.id): row.name for row in await self._connection.execute(wanted)} if user_ids else {}

    async def update(self, user_id: UserId, **changed: object) -> None:
        """Set columns that are no part of how people are found: name, language, password, times."""
        await self._connection.execute(update(users).where(users.c.id == user_id).values(changed))

    async def change_email(self, user_id: UserId, email: str, *, verified_at: datetime | None) -> bool:
        """Give a person another address; False when somebody else has it."""
        key = email_key(email)
        taken = select(users.c.id).where(users.c.email_key == key, users.c.id != user_id)
        if (await self._connection.execute(taken)).first() is not None:
            return False
        values = {"email": email, "email_key": key, "email_verified_at": verified_at}
        await self._connection.execute(update(users).where(users.c.id == user_id).values(values))
        return True

    async def use_totp_step(self, user_id: UserId, step: int) -> bool:
        """Take a time step for one sign-in; False when it, or a later one, was taken before."""
        unused = users.c.totp_step.is_(None) | (users.c.totp_step < step)
        taken = await self._connection.execute(
            update(users).where(users.c.id == user_id, unused).values(totp_step=step)
        )
        return taken.rowcount == 1

    async def replace_recovery_codes(self, user_id: UserId, fingerprints: Iterable[bytes]) -> None:
        """Make these the only codes of a person."""
        await self._connection.execute(delete(recovery_codes).where(recovery_codes.c.user_id == user_id))
        rows = [{"user_id": user_id, "fingerprint": each} for each in fingerprints]
        if rows:
            await self._connection.execute(insert(recovery_codes), rows)

    async def use_recovery_code(self, user_id: UserId, fingerprint: bytes) -> bool:
        """Use a code up; False when there is none such."""
        this = (recovery_codes.c.user_id == user_id, recovery_codes.c.fingerprint == fingerprint)
        return (await self._connection.execute(delete(recovery_codes).where(*this))).rowcount == 1

    async def add_passkey(self, passkey: Passkey) -> bool:
        """Store a passkey; False when it is known already."""
        row = {
            "id": passkey.id,
            "user_id": passkey.user_id,
            "credential_id": passkey.credential_id,
            "public_key": passkey.public_key,
            "sign_count": passkey.sign_count,
            "name": passkey.name,
            "created_at": passkey.created_at,
        }
        return bool((await self._connection.execute(insert_or_ignore(self._connection, passkeys), row)).rowcount == 1)

    async def find_passkey(self, credential_id: bytes) -> Passkey | None:
        wanted = _PASSKEYS.where(passkeys.c.credential_id == credential_id)
        row = (await self._connection.execute(wanted)).one_or_none()
        return _passkey(row) if row else None

    async def list_passkeys(self, user_id: UserId) -> list[Passkey]:
        """Return a person's passkeys, oldest first."""
        wanted = _PASSKEYS.where(passkeys.c.user_id == user_id).order_by(passkeys.c.id).limit(PASSKEYS_LISTED_MAX)
        return [_passkey(row) for row in await self._connection.execute(wanted)]

    async def use_passkey(self, passkey: Passkey, *, sign_count: int, now: datetime) -> bool:
        """Note that a passkey was used; False when it was used in the same moment by somebody else."""
        unchanged = (passkeys.c.id == passkey.id, passkeys.c.sign_count == passkey.sign_count)
        used = update(passkeys).where(*unchanged).values(sign_count=sign_count, last_used_at=now)
        return (await self._connection.execute(used)).rowcount == 1

    async def rename_passkey(self, passkey_id: PasskeyId, name: str, *, user_id: UserId) -> bool:
        mine = (passkeys.c.id == passkey_id, passkeys.c.user_id == user_id)
        return (await self._connection.execute(update(passkeys).where(*mine).values(name=name))).rowcount == 1

    async def remove_passkey(self, passkey_id: PasskeyId, *, user_id: UserId) -> bool:
        mine = (passkeys.c.id == passkey_id, passkeys.c.user_id == user_id)
        return (await self._connection.execute(delete(passkeys).where(*mine))).rowcount == 1

    async def remove_all_passkeys(self, user_id: UserId) -> None:
        await self._connection.execute(delete(passkeys).where(passkeys.c.user_id == user_id))

    async def add_identity(self, identity: Identity) -> bool:
        """Store who a person is elsewhere; False when that one belongs to an account already."""
        row = {
            "issuer": identity.issuer,
            "subject": identity.subject,
            "user_id": identity.user_id,
            "email": identity.email,
            "created_at": identity.created_at,
        }
        return bool((await self._connection.execute(insert_or_ignore(self._connection, identities), row)).rowcount == 1)

    async def find_identity(self, issuer: str, subject: str) -> Identity | None:
        wanted = _IDENTITIES.where(identities.c.issuer == issuer, identities.c.subject == subject)
        row = (await self._connection.execute(wanted)).one_or_none()
        return _identity(row) if row else None

    async def list_identities(self, user_id: UserId) -> list[Identity]:
        """Return who a person is elsewhere."""
        mine = _IDENTITIES.where(identities.c.user_id == user_id)
        wanted = mine.order_by(identities.c.issuer, identities.c.subject).limit(IDENTITIES_LISTED_MAX)
        return [_identity(row) for row in await self._connection.execute(wanted)]

    async def remove_identities(self, user_id: UserId, *, issuer: str | None = None) -> bool:
        """Forget who a person is at one provider, or at all; False when nothing was known."""
        these = delete(identities).where(identities.c.user_id == user_id)
        if issuer is not None:
            these = these.where(identities.c.issuer == issuer)
        return (await self._connection.execute(these)).rowcount > 0


def user_of(row: Row[*tuple[Any, ...]]) -> User:
    """Return the person of a row with `USER_COLUMNS`."""
    return User(
        id=UserId(row.id),
        email=row.email,
        name=row.name,
        created_at=row.created_at,
        language=row.language,
        email_verified_at=row.email_verified_at,
        password_hash=row.password_hash,
        totp_secret=row.totp_secret,
        totp_enabled_at=row.totp_enabled_at,
        disabled_at=row.disabled_at,
    )


def _passkey(row: Row[*tuple[Any, ...]]) -> Passkey:
    return Passkey(
        id=PasskeyId(row.id),
        user_id=UserId(row.user_id),
        credential_id=row.credential_id,
        public_key=row.public_key,
        sign_count=row.sign_count,
        name=row.name,
        created_at=row.created_at,
        last_used_at=row.last_used_at,
    )


def _identity(row: Row[*tuple[Any, ...]]) -> Identity:
    return Identity(
        issuer=row.issuer,
        subject=row.subject,
        user_id=UserId(row.user_id),
        email=row.email,
        created_at=row.created_at,
    )
