"""Members as persons: who asks on member pages, how somebody is known again, what they agreed to. Values only.

A browser is known by a random token (`device`); everything else (an address, an account at a provider) is a way to
find the same member from another browser. Nothing here decides who may join: that is `joining.py`.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from liulian.base.errors import AppError
from liulian.base.ids import CommunityId, MemberId
from liulian.community.model import Community, Member


class NotJoined(AppError):
    """Whoever asks is no member of this community, or is no longer known."""

    status, code = 401, "not_joined"


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberActor:
    """A member who asks, in their community. There is no other way to act as a member."""

    community: Community
    member: Member


class IdentityKind(StrEnum):
    """How a member is known again."""

    DEVICE = "device"  # The browser's random token.
    EMAIL = "email"
    OIDC = "oidc"
    WECHAT = "wechat"  # The open id that an official account knows somebody by.
    WECHAT_UNION = "wechat_union"  # The id that all accounts of one owner share.
    WECOM = "wecom"


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberIdentity:
    """One way to know a member again. `subject` leads back to nothing; `sealed` is the address or open id itself.

    `label` is what the member sees: a browser's name, an address with its middle left out.
    """

    community_id: CommunityId
    kind: IdentityKind
    subject: bytes
    member_id: MemberId
    created_at: datetime
    seen_at: datetime
    sealed: bytes | None = None
    label: str | None = None


class ConsentKind(StrEnum):
    """What somebody agreed to, each by itself."""

    TERMS = "terms"
    GUARDIAN = "guardian"  # A parent agrees for a child under 14.
    HEALTH = "health"  # Answers to self-tests are health data.


CONSENT_VERSION = "2026-11"  # Of the sentences people agree to. A new one is asked for anew.


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """Agreed to at `given_at`. `withdrawn_at` None: still."""

    id: int
    member_id: MemberId
    kind: ConsentKind
    version: str
    given_at: datetime
    withdrawn_at: datetime | None = None


class CodeKind(StrEnum):
    """What a short-lived code is for."""

    EMAIL = "email"  # Six digits, sent to an address.
    PAIR = "pair"  # Shown by one browser, opened by another.


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberCode:
    """A code that works once. `subject`: whom it is for (a keyed hash). `member_id`: who showed it, where that counts.

    `sealed`: what it leads to, readable again: the address a code was sent to.
    """

    id: int
    community_id: CommunityId
    kind: CodeKind
    subject: bytes
    fingerprint: bytes
    created_at: datetime
    expires_at: datetime
    member_id: MemberId | None = None
    sealed: bytes | None = None
    tries: int = 0
    used_at: datetime | None = None
