"""Passwords: which may be chosen, how they are stored (argon2id), and whether one is right.

Hashing is slow on purpose and takes memory; it runs in threads, a few at a time. Argon2 is loaded when first needed.
"""

import asyncio
import unicodedata
from functools import cached_property
from typing import TYPE_CHECKING

from liulian.accounts.emails import email_key
from liulian.base.errors import FieldRefused
from liulian.base.secrets import random_token

if TYPE_CHECKING:
    from argon2 import PasswordHasher

PASSWORD_LENGTH_MIN = 10
PASSWORD_LENGTH_MAX = 200  # Longer than any passphrase; hashing is no way to keep us busy.

# What OWASP recommends for argon2id where memory is scarce: 19 MiB, two rounds.
MEMORY_KIB = 19_456
ROUNDS = 2
LANES = 1
AT_ONCE_MAX = 2  # Of these 19 MiB, in one web process.


def parse_password(text: str, *, email: str) -> str:
    """Return a new password in its normal form. Raises FieldRefused for one that is too short, or is the address."""
    password = normal(text)
    lengths = len(text), len(password)  # As the document counts, and as it is hashed.
    if min(lengths) < PASSWORD_LENGTH_MIN:
        raise FieldRefused("password_too_short", min=PASSWORD_LENGTH_MIN)
    if max(lengths) > PASSWORD_LENGTH_MAX:
        raise FieldRefused("password_too_long", max=PASSWORD_LENGTH_MAX)
    key = email_key(email)
    if email_key(password) in (key, key.partition("@")[0]):
        raise FieldRefused("password_is_email")
    return password


def normal(text: str) -> str:
    """Return a password as it is hashed: the same letters, whichever keyboard composed them."""
    return unicodedata.normalize("NFKC", text)


class Passwords:
    """Makes and compares hashes. One per process; tests have one that costs little."""

    def __init__(self, *, memory_kib: int = MEMORY_KIB, rounds: int = ROUNDS) -> None:
        self._memory_kib = memory_kib
        self._rounds = rounds
        self._turns = asyncio.Semaphore(AT_ONCE_MAX)

    async def hash(self, password: str) -> str:
        """Return what is stored of a password."""
        async with self._turns:
            return await asyncio.to_thread(lambda: self._hasher.hash(normal(password)))

    async def is_right(self, password: str, stored: str | None) -> bool:
        """Tell whether this is the password. Without a stored one it takes as long, and is always False."""
        async with self._turns:
            return await asyncio.to_thread(self._compare, password, stored)

    def is_outdated(self, stored: str) -> bool:
        """Tell whether a hash was made with less work than is usual today."""
        return self._hasher.check_needs_rehash(stored)

    def _compare(self, password: str, stored: str | None) -> bool:
        from argon2.exceptions import InvalidHashError, VerificationError

        try:
            self._hasher.verify(stored or self._nobodys, normal(password))
        except (VerificationError, InvalidHashError):
            return False
        return stored is not None

    @cached_property
    def _hasher(self) -> "PasswordHasher":
        from argon2 import PasswordHasher

        return PasswordHasher(time_cost=self._rounds, memory_cost=self._memory_kib, parallelism=LANES)

    @cached_property
    def _nobodys(self) -> str:
        """A hash that no password fits: compared with where there is no account, so that the time tells nothing."""
        return self._hasher.hash(random_token())
