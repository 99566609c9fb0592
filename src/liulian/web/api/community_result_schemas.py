"""The shapes of what operators learn of self-tests and rituals. Shapes only."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from liulian.community.results import COUNTED_MIN
from liulian.web.api.schemas import Id


class BandResult(BaseModel):
    """How many members are in one band."""

    key: str
    name: Annotated[str | None, Field(description="Null: the version is not known any more.")]
    members: Annotated[int, Field(ge=0)]


class VersionResult(BaseModel):
    """Who took one version of a self-test, each member by their last attempt at it."""

    version: Annotated[int, Field(ge=1)]
    members: Annotated[int, Field(ge=0)]
    bands: Annotated[
        list[BandResult] | None,
        Field(description=f"Null with fewer than {COUNTED_MIN} members: one could guess whose answers they are."),
    ]


class SelfTestResult(BaseModel):
    """What became of a self-test, newest version first. No single answers."""

    service: Id
    name: str
    attempts: Annotated[int, Field(ge=0, description="How often it was taken, whichever version.")]
    versions: list[VersionResult]


class SharedAnswer(BaseModel):
    """One answer, in the words of the test."""

    item: str
    question: Annotated[str | None, Field(description="Null: the version is not known any more.")]
    values: list[float]
    said: Annotated[list[str], Field(description="The options that were chosen, or the number with its unit.")]


class SharedAnswers(BaseModel):
    """An attempt that its author shows to staff."""

    id: Id
    member: Id
    nickname: str | None
    service: Id
    name: str | None
    version: int
    created_at: datetime
    score: float | None
    band: str | None
    answers: list[SharedAnswer]


class SharedAnswersPage(BaseModel):
    """What members show to staff, newest first."""

    shared: list[SharedAnswers]
    next_cursor: str | None


class AttendedOccurrence(BaseModel):
    """One time the ritual took place. `occurrence` names it: its local time by the rule."""

    occurrence: str
    starts_at: datetime
    is_cancelled: bool
    is_moved: bool
    members: Annotated[int, Field(ge=0, description="How many were there.")]


class RitualAttendance(BaseModel):
    """Who came to a ritual in the last quarter, newest first, as counts."""

    ritual: Id
    name: str
    members_now: Annotated[int, Field(ge=0, description="How many members the community has now.")]
    occurrences: list[AttendedOccurrence]


SHAPES: tuple[type[BaseModel], ...] = (SelfTestResult, SharedAnswersPage, RitualAttendance)
