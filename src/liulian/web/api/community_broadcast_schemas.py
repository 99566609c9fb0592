"""The shapes of broadcasts and of the progress of goals on the wire. Shapes only."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from liulian.community.broadcasts import BODY_MAX, NAME_MAX
from liulian.web.api.schemas import Id, Wish

PurposeName = Literal["problem", "promotion", "other"]
PaceName = Literal["ahead_of_time", "reached", "on_pace", "behind", "over"]


class BroadcastWish(Wish):
    """What is said to all members this week."""

    name: Annotated[str, Field(description="Its title.", json_schema_extra={"maxLength": NAME_MAX})]
    body: Annotated[str, Field(description="Plain text, line by line.", json_schema_extra={"maxLength": BODY_MAX})]
    purpose: Annotated[PurposeName | None, Field(description="Null: problem.")] = None


class MeaningShape(BaseModel):
    """What an amount comes to in another unit."""

    amount: float
    unit: str
    source: Annotated[str, Field(description="Where the factor is from.")]


class BroadcastGoal(BaseModel):
    """What all did for a goal in the week."""

    id: Id
    name: str
    total: float
    unit: str
    meaning: MeaningShape | None


class BroadcastSums(BaseModel):
    """The figures of a week, as they were when it was written."""

    members: Annotated[int, Field(ge=0, description="Who did something.")]
    check_ins: Annotated[int, Field(ge=0)]
    thanks: Annotated[int, Field(ge=0)]
    solved: Annotated[int, Field(ge=0)]
    goals: list[BroadcastGoal]


class BroadcastDraft(BaseModel):
    """What this week's broadcast would say, computed."""

    week: Annotated[date, Field(description="Its Monday.")]
    name: str
    body: str
    sums: BroadcastSums
    is_sent: Annotated[bool, Field(description="This week has its broadcast already.")]


class Broadcast(BaseModel):
    """What was said to all members in a week."""

    id: Id
    week: Annotated[date | None, Field(description="Its Monday.")]
    name: str
    body: str
    purpose: PurposeName
    sums: BroadcastSums
    sent_at: datetime | None


class BroadcastPage(BaseModel):
    """Broadcasts, newest first."""

    broadcasts: list[Broadcast]
    next_cursor: str | None


class GoalProgress(BaseModel):
    """How far a goal of all together is."""

    id: Id
    name: str
    unit: str
    done: Annotated[float, Field(description="From the baseline on, in its unit.")]
    needed: Annotated[float, Field(description="From the baseline to the target.")]
    share: Annotated[float, Field(ge=0, le=1)]
    week: Annotated[float, Field(description="Of this week.")]
    pace: PaceName
    per_day: Annotated[float, Field(description="What is left for each day that is left; 0: nothing, or no day.")]
    meaning: MeaningShape | None


class GoalProgressList(BaseModel):
    """The goals that all members reach together, in their order."""

    goals: list[GoalProgress]


SHAPES: tuple[type[BaseModel], ...] = (BroadcastWish, Broadcast, BroadcastDraft, BroadcastPage, GoalProgressList)
