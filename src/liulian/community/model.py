"""What a community is built from. Values only; each kind is checked where it is made (`goals.py`, `rituals.py` …).

A community starts from a problem: who has it, in which situation, and the outcome they wish for. Everything else hangs
on that.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from liulian.base.i18n import Language
from liulian.base.ids import (
    ActId,
    BadgeId,
    ChannelId,
    CommunityId,
    GoalId,
    LinkId,
    MemberId,
    RitualId,
    SendId,
    ServiceId,
    WorkspaceId,
)
from liulian.community.acts import NO_STIMULUS, ActKind, Purpose, Stimulus

COMMUNITIES_MAX = 200  # Of one workspace.
PARTS_MAX = 200  # Of one kind in one community: they are read whole.


class CommunityState(StrEnum):
    """A draft is seen by its operators alone; an open one can be joined; a closed one only be looked at."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Who has it, in which situation, and the outcome they wish for. None of them is ever empty."""

    who: str
    situation: str
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """What a member is called from some number of points on."""

    name: str
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Symbols:
    """What members and staff are called (主人, 松鼠酱), the emblem (one character or emoji), titles from low to high.

    Used wherever a page speaks of them.
    """

    member_name: str
    staff_name: str
    emblem: str
    titles: tuple[Title, ...] = ()
    slogan: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunitySettings:
    """How a community works. `words` are those a post waits for review with. `for_children`: joins ask for a guardian.

    `checks_contacts`: posts that look as if they led people elsewhere wait, too.
    `checks_first_post`: a member's first post is read before anybody sees it. `staff_card` is what 问顾问 shows.
    """

    league_size: int = 30
    checks_first_post: bool = True
    words: tuple[str, ...] = ()
    checks_contacts: bool = True
    for_children: bool = False
    asks_health: bool = False
    staff_card: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Community:
    """One community of a workspace. `slug` is its address, `/c/{slug}`. Days of the whole are days in `zone`."""

    id: CommunityId
    workspace_id: WorkspaceId
    slug: str
    name: str
    state: CommunityState
    language: Language
    zone: str
    problem: Problem
    symbols: Symbols
    created_at: datetime
    updated_at: datetime
    settings: CommunitySettings = field(default_factory=CommunitySettings)
    template: str | None = None


class Reach(StrEnum):
    """Whose goal it is: each member's own (internal), or all members' together (external)."""

    MEMBER = "member"
    TOGETHER = "together"


class Take(StrEnum):
    """What of acts a goal adds up."""

    COUNT = "count"
    SUM = "sum"
    DAYS = "days"  # Local days with such an act; for all together, days of members.
    LAST = "last"  # The last value: of a weight, say. For one member only.


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """Which acts move a goal: of a kind, of one object or of any."""

    kind: ActKind
    take: Take
    object_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """From `baseline` to `target`, in `unit`, between two local days (both included).

    `factor`: what one unit means in `factor_unit` (a cup of tea instead of a sweet drink: 0.05 kg of sugar), and where
    that figure is from. Without a source there is no factor.
    """

    id: GoalId
    community_id: CommunityId
    name: str
    reach: Reach
    unit: str
    baseline: float
    target: float
    starts_on: int
    ends_on: int
    measure: Measure
    created_at: datetime
    position: int = 0
    factor: float | None = None
    factor_unit: str | None = None
    factor_source: str | None = None


class BadgeRuleKind(StrEnum):
    """What earns a badge. There is none for sharing, following or inviting, and there never will be."""

    STREAK = "streak"  # So many days in a row, of one challenge or any.
    CHECK_INS = "check_ins"
    ATTENDANCE = "attendance"
    ATTEMPTS = "attempts"
    THANKS = "thanks"  # Received, from so many different members.
    SOLUTIONS = "solutions"  # Answers marked as the solution.
    GOAL = "goal"  # A goal of one's own was reached.


@dataclass(frozen=True, slots=True, kw_only=True)
class BadgeRule:
    """So many (`at_least`) of something."""

    kind: BadgeRuleKind
    at_least: int
    object_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    """Something to be proud of. `emblem` is one character or emoji."""

    id: BadgeId
    community_id: CommunityId
    name: str
    emblem: str
    about: str
    rule: BadgeRule
    created_at: datetime
    position: int = 0


class Attend(StrEnum):
    """How somebody shows that they were there."""

    TAP = "tap"
    CODE = "code"  # The host says it.


@dataclass(frozen=True, slots=True, kw_only=True)
class Ritual:
    """Something that recurs. `starts_at` is the wall time of the first one in `zone`, `YYYY-MM-DDTHH:MM`.

    `rrule` as in RFC 5545, without DTSTART. `about` is what to do. `sequence` grows with each change, for calendars.
    """

    id: RitualId
    community_id: CommunityId
    name: str
    about: str
    host: str
    rrule: str
    starts_at: str
    zone: str
    minutes: int
    attend: Attend
    created_at: datetime
    updated_at: datetime
    code: str | None = None
    sequence: int = 0
    position: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RitualChange:
    """One occurrence that differs from the rule. `occurrence` is its wall time by the rule, `YYYY-MM-DDTHH:MM`.

    `moved_to` None: it does not take place. `sequence` is the ritual's at that change.
    """

    ritual_id: RitualId
    occurrence: str
    moved_to: str | None
    note: str | None
    sequence: int
    changed_at: datetime


class ServiceKind(StrEnum):
    """What a community offers. Reminders and articles have modules of their own."""

    CHALLENGE = "challenge"
    SELF_TEST = "self_test"
    ADVICE = "advice"


class ServiceState(StrEnum):
    """A draft is not shown; an ended one is, and takes nothing more."""

    DRAFT = "draft"
    ACTIVE = "active"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One service. `definition` is what its kind says of it: see `challenges.py`, `self_tests.py`, `advice.py`.

    Each change of the definition is a new `version`; what members did belongs to the version they saw.
    """

    id: ServiceId
    community_id: CommunityId
    kind: ServiceKind
    name: str
    state: ServiceState
    purpose: Purpose
    version: int
    definition: Mapping[str, Any]
    created_at: datetime
    updated_at: datetime
    position: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceVersion:
    """What a service said, from some time on."""

    service_id: ServiceId
    version: int
    definition: Mapping[str, Any]
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelLink:
    """A short link that stands for one channel (a poster, a store, a video): its people can be followed."""

    id: ChannelId
    community_id: CommunityId
    link_id: LinkId
    name: str
    purpose: Purpose
    created_at: datetime
    stimulus: Stimulus = NO_STIMULUS


@dataclass(frozen=True, slots=True, kw_only=True)
class Broadcast:
    """What was said to all members at once. `sums` are the figures as they were. `sent_at` None: a draft."""

    id: SendId
    community_id: CommunityId
    name: str
    body: str
    purpose: Purpose
    sums: Mapping[str, Any]
    created_at: datetime
    week: int | None = None
    sent_at: datetime | None = None
    stimulus: Stimulus = NO_STIMULUS


class MemberState(StrEnum):
    """`left`: of their own will, and may come back. `erased`: nobody knows any more who it was."""

    ACTIVE = "active"
    LEFT = "left"
    ERASED = "erased"


class Shares(StrEnum):
    """Who sees what a member did."""

    ALL = "all"
    HOSTS = "hosts"
    NOBODY = "nobody"


class MemberRole(StrEnum):
    """A host keeps order and is shown as staff."""

    MEMBER = "member"
    HOST = "host"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One person in one community. `joined_on` is a local day. `ward`: the child's nickname, where a parent joins.

    `link_id` and `channel_id`: what brought them. `is_trusted`: posts appear at once. `silenced_at`: posts wait.
    """

    id: MemberId
    community_id: CommunityId
    state: MemberState
    nickname: str
    zone: str
    language: Language
    joined_at: datetime
    joined_on: int
    role: MemberRole = MemberRole.MEMBER
    left_at: datetime | None = None
    seen_at: datetime | None = None
    link_id: LinkId | None = None
    channel_id: ChannelId | None = None
    ward: str | None = None
    shares: Shares = Shares.ALL
    is_ranked: bool = True
    is_advised: bool = True
    is_trusted: bool = False
    silenced_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What became of an act: its id, and whether it is new (False: its key was there before)."""

    act_id: ActId
    is_new: bool
