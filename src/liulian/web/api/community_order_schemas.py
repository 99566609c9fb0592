"""The shapes of keeping order on the wire: flags, posts, decisions. Shapes only."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from liulian.community.moderation import WHY_LENGTH_MAX
from liulian.web.api.schemas import Id, Wish

FlagStateName = Literal["open", "upheld", "appealed", "dismissed"]
FlagKindName = Literal["report", "suspicion", "decision"]
ObjectName = Literal["post", "act", "member"]
MeasureName = Literal["hide", "remove", "void", "unfit", "silence"]
PostStateName = Literal["waiting", "shown", "hidden", "removed"]
RoleName = Literal["member", "host"]

Why = Annotated[
    str | None,
    Field(
        description="Whom it concerns reads it. Needed for whatever is done against somebody, and to answer an appeal.",
        json_schema_extra={"maxLength": WHY_LENGTH_MAX},
    ),
]


class FlagDecision(Wish):
    """What becomes of a flag: an open one is upheld or dismissed, an appeal granted or denied."""

    do: Literal["uphold", "dismiss", "grant", "deny"]
    measure: Annotated[
        MeasureName | None,
        Field(
            description="To uphold: hide or remove a post, void a check-in (unfit: its photo too), silence a member."
        ),
    ] = None
    why: Why = None


class PostDecision(Wish):
    """What becomes of a post. Who had one approved is trusted: later ones do not wait."""

    do: Literal["approve", "hide", "remove"]
    why: Why = None


class StandingWish(Wish):
    """What a member may do here. What is left out stays."""

    role: Annotated[RoleName | None, Field(description="A host keeps order and is shown as staff.")] = None
    is_silenced: Annotated[bool | None, Field(description="What they write waits until somebody has read it.")] = None
    why: Why = None


class Standing(BaseModel):
    """What a member may do here."""

    id: Id
    nickname: str
    role: RoleName
    is_silenced: bool


class VerdictShape(BaseModel):
    """What was done, why, and what an appeal was answered."""

    measure: MeasureName
    why: str
    answer: str


class AboutPost(BaseModel):
    """The post a flag is about."""

    body: str
    state: PostStateName


class CommunityFlag(BaseModel):
    """Something to look at, or what was decided. `score`: 0 to 1, of a suspicion; its `reasons` say why."""

    id: Id
    kind: FlagKindName
    object: ObjectName
    object_id: Id
    member: Annotated[Id, Field(description="Whom it concerns.")]
    nickname: str
    reasons: list[str]
    note: Annotated[str | None, Field(description="What the reporter wrote. Who it was is not told.")]
    score: float | None
    state: FlagStateName
    appeal: str | None
    verdict: VerdictShape | None
    post: AboutPost | None
    created_at: datetime
    closed_at: datetime | None


class CommunityFlagPage(BaseModel):
    """Flags of one state, the oldest first. `next_cursor` null: there are no more."""

    flags: list[CommunityFlag]
    next_cursor: str | None


class CommunityPost(BaseModel):
    """A question, or an answer to one. `reason`: why it waits, or why it was put away."""

    id: Id
    member: Id
    nickname: str
    question: Annotated[Id | None, Field(description="The question that it answers.")]
    body: str
    state: PostStateName
    reason: str | None
    thanks: int
    created_at: datetime


class CommunityPostPage(BaseModel):
    """Posts of one state, the oldest first. `next_cursor` null: there are no more."""

    posts: list[CommunityPost]
    next_cursor: str | None


SHAPES: tuple[type[BaseModel], ...] = (
    FlagDecision,
    PostDecision,
    StandingWish,
    Standing,
    CommunityFlag,
    CommunityFlagPage,
    CommunityPost,
    CommunityPostPage,
)
