"""Codes that prove something for minutes: six digits sent to an address, and a short code one browser shows another.

Only keyed hashes are stored. Six digits are guessed in a million tries: five are given, and how many codes an address
may ask for is limited outside. A pairing is confirmed on both sides: the second browser says that it wants in, the
first says yes.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from liulian.accounts.emails import email_key
from liulian.base.errors import AppError
from liulian.base.ids import CommunityId, MemberId
from liulian.base.secrets import is_signed, sign
from liulian.community.joining import Ids
from liulian.community.model import Member
from liulian.community.people import CodeKind, MemberCode

CODE_LIFE = timedelta(minutes=10)
TRIES_MAX = 5
DIGITS = 6
# Read aloud and typed on a phone: capitals and digits that nobody takes for one another.
PAIR_LETTERS, PAIR_LENGTH = "23456789ABCDEFGHJKMNPQRSTUVWXYZ", 8
WAITING_MAX = 5
_DEVICE_BYTES = 32


class CodeInvalid(AppError):
    """A code that is wrong, was used, is too old, or was tried too often. Which of them is told to nobody."""

    status, code = 410, "code_invalid"


class CodeStore(Protocol):
    """Codes, in one transaction."""

    async def add(self, code: MemberCode) -> None: ...
    async def find(self, community_id: CommunityId, kind: CodeKind, subject: bytes) -> MemberCode | None: ...
    async def list_waiting(self, member_id: MemberId, *, now: datetime, limit: int) -> list[MemberCode]: ...
    async def count_try(self, code: MemberCode, *, tries_max: int) -> bool: ...
    async def claim(self, code: MemberCode, *, sealed: bytes) -> bool: ...
    async def use(self, code: MemberCode, *, now: datetime) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeDesk:
    """What it takes to work on codes in a transaction. `key` makes their hashes."""

    codes: CodeStore
    ids: Ids
    now: datetime
    key: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A second browser that wants in: the fingerprint of what it will be known by, and what it is called."""

    code: MemberCode
    device: bytes
    label: str


async def issue_email_code(community_id: CommunityId, email: str, *, desk: CodeDesk) -> str:
    """Return six digits that prove who reads an address. Earlier ones for it stop working."""
    digits = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    subject = _email_subject(community_id, email, key=desk.key)
    await desk.codes.add(_code(community_id, CodeKind.EMAIL, subject, _print(subject, digits, key=desk.key), desk=desk))
    return digits


async def try_email_code(community_id: CommunityId, email: str, digits: str, *, desk: CodeDesk) -> MemberCode | None:
    """Count a try and return the code it meets, None where there is none. The count must be committed either way."""
    subject = _email_subject(community_id, email, key=desk.key)
    code = await desk.codes.find(community_id, CodeKind.EMAIL, subject)
    if code is None or not await desk.codes.count_try(code, tries_max=TRIES_MAX):
        return None
    typed = "".join(digits.split())
    is_right = is_signed(desk.key, subject + typed.encode("utf-8", "replace"), code.fingerprint.decode())
    return code if is_right and _works(code, now=desk.now) else None


async def use_code(code: MemberCode, *, desk: CodeDesk) -> None:
    """Use a code up. Raises CodeInvalid where somebody else just did."""
    if not await desk.codes.use(code, now=desk.now):
        raise CodeInvalid


async def show_pair_code(member: Member, *, desk: CodeDesk) -> str:
    """Return the code by which a second browser finds this member: eight letters, for ten minutes."""
    letters = "".join(secrets.choice(PAIR_LETTERS) for _ in range(PAIR_LENGTH))
    subject = _pair_subject(member.community_id, letters, key=desk.key)
    await desk.codes.add(_code(member.community_id, CodeKind.PAIR, subject, b"", desk=desk, member_id=member.id))
    return letters


async def find_pair_code(community_id: CommunityId, typed: str, *, desk: CodeDesk) -> MemberCode:
    """Return the code that a second browser was given. Raises CodeInvalid."""
    subject = _pair_subject(community_id, plain_pair_code(typed), key=desk.key)
    code = await desk.codes.find(community_id, CodeKind.PAIR, subject)
    if code is None or code.member_id is None or not _works(code, now=desk.now):
        raise CodeInvalid
    return code


async def claim_pair_code(code: MemberCode, *, device: bytes, label: str, desk: CodeDesk) -> None:
    """Say that a second browser wants in; the first one must say yes. Raises CodeInvalid where another was faster."""
    claim = device + label.encode()
    if code.sealed != claim and not await desk.codes.claim(code, sealed=claim):
        raise CodeInvalid


async def waiting_for(member: Member, *, desk: CodeDesk) -> list[Waiting]:
    """Return the browsers that wait for a member's yes."""
    codes = await desk.codes.list_waiting(member.id, now=desk.now, limit=WAITING_MAX)
    return [
        Waiting(code=code, device=code.sealed[:_DEVICE_BYTES], label=code.sealed[_DEVICE_BYTES:].decode())
        for code in codes
        if code.sealed is not None
    ]


def plain_pair_code(typed: str) -> str:
    """Return a code as it was made, however it was typed: `abcd-efgh`, with spaces, in small letters."""
    return "".join(letter for letter in typed.upper() if letter in PAIR_LETTERS)[:PAIR_LENGTH]


def written_pair_code(letters: str) -> str:
    """Return a code as it is read aloud: ABCD-EFGH."""
    return f"{letters[: PAIR_LENGTH // 2]}-{letters[PAIR_LENGTH // 2 :]}"


def _code(
    community_id: CommunityId,
    kind: CodeKind,
    subject: bytes,
    print_: bytes,
    *,
    desk: CodeDesk,
    member_id: MemberId | None = None,
) -> MemberCode:
    return MemberCode(
        id=desk.ids(),
        community_id=community_id,
        kind=kind,
        subject=subject,
        fingerprint=print_,
        member_id=member_id,
        created_at=desk.now,
        expires_at=desk.now + CODE_LIFE,
    )


def _works(code: MemberCode, *, now: datetime) -> bool:
    return code.used_at is None and now < code.expires_at


def _email_subject(community_id: CommunityId, email: str, *, key: bytes) -> bytes:
    return sign(key, f"{community_id}\0code\0{email_key(email)}".encode()).encode()


def _pair_subject(community_id: CommunityId, letters: str, *, key: bytes) -> bytes:
    return sign(key, f"{community_id}\0pair\0{letters}".encode()).encode()


def _print(subject: bytes, digits: str, *, key: bytes) -> bytes:
    return sign(key, subject + digits.encode()).encode()
