"""What members do, as the log has it: one act is one line, appended once and never changed.

Everything a community shows is a function of this log and an as-of time. The local day of an act is frozen when it is
written: a member who travels, or a zone that changes its rules, changes no streak of the past. Values only: how they
are stored is in `storage/acts.py`, how they are written down together with what they change in `recording.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from liulian.base.ids import ActId, ChannelId, CommunityId, LinkId, MemberId, SendId


class ActKind(StrEnum):
    """What happened."""

    JOIN = "join"
    LEAVE = "leave"
    VISIT = "visit"  # A page of ours was opened. Value: milliseconds visible, where known.
    CHECK_IN = "check_in"  # Object: the challenge. Value: the number given as proof, where there is one.
    MAKE_UP = "make_up"  # A check-in for an earlier day: `for_day`.
    PAUSE = "pause"  # Object: the challenge, or none for all. Value: days.
    RESUME = "resume"
    ATTEMPT = "attempt"  # Object: the self-test. Value: the score.
    ADVICE = "advice"  # Advice was shown. Object: the service; detail: which rules spoke.
    ATTENDANCE = "attendance"  # Object: the ritual; detail.occurrence: its local wall time.
    QUESTION = "question"  # Object: the post.
    ANSWER = "answer"
    SOLVED = "solved"  # Who asked marked an answer. Object: that answer; member: who asked.
    THANKS = "thanks"  # Object: what was thanked for; detail.to: whom.
    BADGE = "badge"  # A badge was earned. Object: the badge.
    FEEDBACK = "feedback"  # The answer to an act was shown. Object: that act. Value: milliseconds it took.
    SEND = "send"  # Something was sent to the member, or (member none) to all. Object: the send.
    OPEN = "open"
    OPT_OUT = "opt_out"  # From sends. Detail.channel: which.
    PURCHASE = "purchase"  # Value: what was paid, after discounts. Detail: discount, coupon, currency.
    QUIT = "quit"  # Left a group elsewhere, as heard from outside.
    HEAD_COUNT = "head_count"  # Of a group elsewhere, no member. Value: how many; detail.group: which.

    __hash__ = str.__hash__  # An enum's own is slow, and a replay looks millions of them up.
    VOID = "void"  # Another act counts no more (value 1), or again (value 0). Object: that act; member: whose it is.


class ObjectKind(StrEnum):
    """What an act was done to."""

    SERVICE = "service"
    RITUAL = "ritual"
    BADGE = "badge"
    POST = "post"
    ACT = "act"
    SEND = "send"
    ARTICLE = "article"


class Purpose(StrEnum):
    """What something that reaches members is for. Statistics compare these."""

    PROBLEM = "problem"
    PROMOTION = "promotion"
    OTHER = "other"


# What counts as being active: whatever a member does, not what is done to reach them or follows by itself.
ACTIVE_KINDS = frozenset(ActKind) - {
    ActKind.LEAVE,
    ActKind.BADGE,
    ActKind.FEEDBACK,
    ActKind.SEND,
    ActKind.OPT_OUT,
    ActKind.QUIT,
    ActKind.HEAD_COUNT,
    ActKind.ADVICE,
    ActKind.VOID,
}


@dataclass(frozen=True, slots=True)
class Stimulus:
    """What was given away: the share of a discount (0 to 1) and an amount of money. None: not said."""

    share: float | None = None
    amount: float | None = None


NO_STIMULUS = Stimulus()


@dataclass(frozen=True, slots=True)
class Source:
    """What brought a member to an act: a short link, the channel it stands for, something that was sent."""

    link_id: LinkId | None = None
    channel_id: ChannelId | None = None
    send_id: SendId | None = None


NO_SOURCE = Source()


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One line of the log.

    `at` is when it happened, `recorded_at` when we heard of it (never earlier than `at`). `day` is the local day of
    `at` in `zone` since 1970-01-01; `for_day` the day it counts for where that is an earlier one. `member_id` None: it
    concerns the community as a whole. `key` names the act among all of its community: the same key twice is one act.
    `detail` is small and flat, and never holds texts, answers or contacts of members.
    """

    id: ActId
    community_id: CommunityId
    member_id: MemberId | None
    kind: ActKind
    at: datetime
    recorded_at: datetime
    zone: str
    day: int
    key: str
    for_day: int | None = None
    object_kind: ObjectKind | None = None
    object_id: int | None = None
    value: float | None = None
    source: Source = NO_SOURCE
    purpose: Purpose | None = None
    stimulus: Stimulus = NO_STIMULUS
    detail: Mapping[str, Any] = field(default_factory=dict)

    @property
    def counts_for(self) -> int:
        """Return the local day this act counts for."""
        return self.day if self.for_day is None else self.for_day
