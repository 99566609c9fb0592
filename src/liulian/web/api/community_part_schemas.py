"""The shapes of what communities are built from, on the wire. Shapes only: rules are in `community/`."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field

from liulian.community.acts import Purpose
from liulian.community.badges import ABOUT_LENGTH_MAX, AT_LEAST_MAX
from liulian.community.goals import MEASURED, SOURCE_LENGTH_MAX, UNIT_LENGTH_MAX
from liulian.community.model import PARTS_MAX, Attend, BadgeRuleKind, Reach, ServiceKind, ServiceState, Take
from liulian.community.rituals_check import ABOUT_LENGTH_MAX as RITUAL_ABOUT_MAX
from liulian.community.rituals_check import CODE_LENGTH_MAX, HOST_LENGTH_MAX, MINUTES_MAX, NOTE_LENGTH_MAX
from liulian.web.api.community_schemas import Emblem, Name, limited
from liulian.web.api.schemas import Id, Wish

Day = Annotated[date, Field(strict=False, description="`YYYY-MM-DD`.")]
WallTime = Annotated[str, Field(description="Local time `YYYY-MM-DDTHH:MM`.", examples=["2026-03-04T20:00"])]
ObjectId = Annotated[Id | None, Field(description="One challenge, self-test, ritual or goal. Null: any.")]


class MeasureShape(Wish):
    """Which acts move a goal, and what of them is added up."""

    kind: Annotated[str, Field(json_schema_extra={"enum": sorted(MEASURED)})]
    take: Annotated[
        Take | None,
        Field(strict=False, description="`last`: the last value, for goals of one member, such as a weight."),
    ] = None
    object_id: ObjectId = None


class _GoalFields(Wish):
    reach: Annotated[
        Reach | None, Field(strict=False, description="Each member's own, or all members' together (the usual).")
    ] = None
    factor: Annotated[float | None, Field(description="What one unit means in `factor_unit`.")] = None
    factor_unit: Annotated[str | None, limited(UNIT_LENGTH_MAX)] = None
    factor_source: Annotated[str | None, limited(SOURCE_LENGTH_MAX, "Where the factor is from.")] = None


class GoalWish(_GoalFields):
    """A goal: from where, to where, in which unit, from when to when. Left out: refused, with the reason."""

    name: Name
    unit: Annotated[str, limited(UNIT_LENGTH_MAX)]
    baseline: float
    target: float
    starts_on: Day
    ends_on: Day
    measure: MeasureShape


class GoalPatch(_GoalFields):
    """What is to be different of a goal."""

    name: Name = ""
    unit: Annotated[str, limited(UNIT_LENGTH_MAX)] = ""
    baseline: float = 0
    target: float = 0
    starts_on: Day | None = None
    ends_on: Day | None = None
    measure: MeasureShape | None = None


class Goal(GoalWish):
    """A goal of a community."""

    id: Id
    position: int
    created_at: datetime


class GoalList(BaseModel):
    """All goals, in their order."""

    goals: Annotated[list[Goal], Field(max_length=PARTS_MAX)]
    next_cursor: None


class RuleShape(Wish):
    """So many of something. There is no rule for sharing, following or inviting."""

    kind: Annotated[BadgeRuleKind, Field(strict=False)]
    at_least: Annotated[int | None, Field(description=f"1 to {AT_LEAST_MAX}. Null: 1.")] = None
    object_id: ObjectId = None


class BadgeWish(Wish):
    """A badge, and what earns it."""

    name: Name
    emblem: Emblem
    about: Annotated[str, limited(ABOUT_LENGTH_MAX)]
    rule: RuleShape


class BadgePatch(Wish):
    """What is to be different of a badge."""

    name: Name = ""
    emblem: Emblem = ""
    about: Annotated[str, limited(ABOUT_LENGTH_MAX)] = ""
    rule: RuleShape | None = None


class Badge(BadgeWish):
    """A badge of a community."""

    id: Id
    position: int
    created_at: datetime


class BadgeList(BaseModel):
    """All badges, in their order."""

    badges: Annotated[list[Badge], Field(max_length=PARTS_MAX)]
    next_cursor: None


class _RitualFields(Wish):
    host: Annotated[str | None, limited(HOST_LENGTH_MAX)] = None
    zone: Annotated[str | None, Field(description="Left out: that of the community.")] = None
    minutes: Annotated[int | None, Field(description=f"1 to {MINUTES_MAX}. Null: 30.")] = None
    attend: Annotated[
        Attend | None, Field(strict=False, description="By a tap, or by the code that the host says.")
    ] = None
    code: Annotated[str | None, limited(CODE_LENGTH_MAX)] = None


class RitualWish(_RitualFields):
    """Something that recurs. The first time must be one by the rule."""

    name: Name
    about: Annotated[str, limited(RITUAL_ABOUT_MAX, "What to do.")]
    rrule: Annotated[str, Field(description="As in RFC 5545, without DTSTART.", examples=["FREQ=WEEKLY;BYDAY=WE"])]
    starts_at: WallTime


class RitualPatch(_RitualFields):
    """What is to be different of a ritual."""

    name: Name = ""
    about: Annotated[str, limited(RITUAL_ABOUT_MAX)] = ""
    rrule: str = ""
    starts_at: str = ""


class OccurrenceChange(BaseModel):
    """One occurrence that differs from the rule. `moved_to` null: it does not take place."""

    occurrence: WallTime
    moved_to: str | None
    note: str | None
    changed_at: datetime


class OccurrenceWish(Wish):
    """What is to be different in one occurrence. Without `moved_to` it does not take place."""

    moved_to: Annotated[str | None, Field(description="Local time `YYYY-MM-DDTHH:MM`.")] = None
    note: Annotated[str | None, limited(NOTE_LENGTH_MAX, "Said to members.")] = None


class Ritual(RitualWish):
    """A ritual of a community. `sequence` grows with each change, for calendars."""

    id: Id
    sequence: int
    changes: list[OccurrenceChange]
    position: int
    created_at: datetime
    updated_at: datetime


class RitualList(BaseModel):
    """All rituals, in their order."""

    rituals: Annotated[list[Ritual], Field(max_length=PARTS_MAX)]
    next_cursor: None


class _ServiceFields(Wish):
    state: Annotated[ServiceState | None, Field(strict=False)] = None
    purpose: Annotated[Purpose | None, Field(strict=False)] = None


class ServiceWish(_ServiceFields):
    """Something the community offers. What a definition looks like depends on the kind."""

    kind: Annotated[ServiceKind, Field(strict=False)]
    name: Name
    definition: dict[str, Any]


class ServicePatch(_ServiceFields):
    """What is to be different of a service. A changed definition is a new version."""

    kind: Annotated[ServiceKind, Field(strict=False, description="Only the one it has.")] = ServiceKind.CHALLENGE
    name: Name = ""
    definition: Annotated[dict[str, Any], Field(description="The whole of it.")] = Field(default_factory=dict)


class Service(ServiceWish):
    """A service of a community."""

    id: Id
    version: int
    position: int
    created_at: datetime
    updated_at: datetime


class ServiceList(BaseModel):
    """All services, in their order."""

    services: Annotated[list[Service], Field(max_length=PARTS_MAX)]
    next_cursor: None


class ServiceVersion(BaseModel):
    """What a service said, from some time on."""

    version: int
    definition: dict[str, Any]
    created_at: datetime


class ServiceVersionList(BaseModel):
    """All versions of a service, newest first."""

    versions: list[ServiceVersion]
    next_cursor: None


class StimulusShape(Wish):
    """What is given away: the share of a discount, 0 to 1, and an amount of money. Null: not said."""

    share: float | None = None
    amount: float | None = None


class ChannelWish(Wish):
    """A channel to be followed: it gets a short link of its own."""

    name: Name
    purpose: Annotated[Purpose | None, Field(strict=False)] = None
    stimulus: StimulusShape | None = None
    slug: Annotated[str | None, Field(description="The wished slug of its short link. Left out: a random one.")] = None


class ChannelPatch(Wish):
    """What is to be different of a channel."""

    name: Name = ""
    purpose: Annotated[Purpose | None, Field(strict=False)] = None
    stimulus: StimulusShape | None = None


class Channel(BaseModel):
    """A channel and its short link. `link_id`, `short_url`, `qr_url` null: the link was deleted."""

    id: Id
    name: str
    purpose: Purpose
    stimulus: StimulusShape
    link_id: Id | None
    short_url: str | None
    qr_url: str | None
    clicks: Annotated[int, Field(ge=0)]
    human_clicks: Annotated[int, Field(ge=0)]
    members: Annotated[int, Field(ge=0, description="How many members it brought, also those who have left.")]
    created_at: datetime


class ChannelList(BaseModel):
    """All channels, oldest first."""

    channels: Annotated[list[Channel], Field(max_length=PARTS_MAX)]
    next_cursor: None


class OrderWish(Wish):
    """The ids of all parts of one kind, in the order they are to have."""

    ids: Annotated[list[Id], Field(max_length=PARTS_MAX)]


SHAPES: tuple[type[BaseModel], ...] = (
    GoalWish,
    GoalPatch,
    Goal,
    GoalList,
    BadgeWish,
    BadgePatch,
    Badge,
    BadgeList,
    RitualWish,
    RitualPatch,
    Ritual,
    RitualList,
    OccurrenceWish,
    OccurrenceChange,
    ServiceWish,
    ServicePatch,
    Service,
    ServiceList,
    ServiceVersionList,
    ChannelWish,
    ChannelPatch,
    Channel,
    ChannelList,
    OrderWish,
)
