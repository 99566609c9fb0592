"""The shapes of communities and templates on the wire; of their parts, in `community_part_schemas.py`. Shapes only."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from liulian.base.i18n import Language
from liulian.community.model import COMMUNITIES_MAX, CommunityState
from liulian.community.symbols import CALLED_LENGTH_MAX, PROBLEM_LENGTH_MAX, SLOGAN_LENGTH_MAX, SLUG_LENGTH_MAX
from liulian.community.wording import EMBLEM_LENGTH_MAX, NAME_LENGTH_MAX
from liulian.web.api.schemas import Id, Wish

LanguageName = Literal["zh-CN", "en"]


def limited(length_max: int, about: str | None = None) -> Any:
    """Limits are shown here, and checked in `community/`, where each of them has a sentence of its own."""
    return Field(description=about, json_schema_extra={"maxLength": length_max})


Name = Annotated[str, limited(NAME_LENGTH_MAX)]
Emblem = Annotated[str, limited(EMBLEM_LENGTH_MAX, "One character or emoji.")]


class ProblemWish(Wish):
    """Whom the community is for. None of it may be left out when a community is made."""

    who: Annotated[str, limited(PROBLEM_LENGTH_MAX, "Who has the problem.")] = ""
    situation: Annotated[str, limited(PROBLEM_LENGTH_MAX, "In which situation.")] = ""
    outcome: Annotated[str, limited(PROBLEM_LENGTH_MAX, "What they wish for instead.")] = ""


class TitleShape(Wish):
    """What a member is called from some number of points on."""

    name: Annotated[str, limited(CALLED_LENGTH_MAX)]
    points: int


class SymbolsWish(Wish):
    """What members and staff are called, on every page. Titles from low to high. Null: as usual."""

    member_name: Annotated[str | None, limited(CALLED_LENGTH_MAX)] = None
    staff_name: Annotated[str | None, limited(CALLED_LENGTH_MAX)] = None
    emblem: Emblem | None = None
    titles: list[TitleShape] | None = None
    slogan: Annotated[str | None, limited(SLOGAN_LENGTH_MAX)] = None


class StaffCard(Wish):
    """Whom members are led to when they ask a person."""

    name: str | None = None
    about: str | None = None
    hours: str | None = None
    contact: str | None = None
    url: str | None = None


class SettingsWish(Wish):
    """How the community works."""

    league_size: Annotated[int | None, Field(description="Null: 30.")] = None
    checks_first_post: Annotated[bool | None, Field(description="Null: yes.")] = None
    words: Annotated[
        list[str] | None, Field(description="Posts with one of these wait until somebody has read them.")
    ] = None
    checks_contacts: Annotated[
        bool | None,
        Field(description="Posts that seem to lead people elsewhere (telephone numbers, 加微信, 代购) wait, too."),
    ] = None
    for_children: Annotated[bool | None, Field(description="Joins ask for a guardian.")] = None
    asks_health: Annotated[bool | None, Field(description="Self-tests ask for consent to answers about health.")] = None
    staff_card: StaffCard | None = None


class CommunityWish(Wish):
    """A community to be founded: a draft, until it is opened."""

    name: Name
    slug: Annotated[str | None, limited(SLUG_LENGTH_MAX, "Its address, `/c/{slug}`. Left out: a random one.")] = None
    language: LanguageName | None = None
    zone: Annotated[
        str | None, Field(description="Days of the whole are days in this time zone. Left out: Asia/Shanghai.")
    ] = None
    problem: ProblemWish
    symbols: SymbolsWish | None = None
    settings: SettingsWish | None = None


class CommunityPatch(Wish):
    """What is to be different. What is left out stays, inside problem, symbols and settings too."""

    name: Name = ""
    slug: Annotated[str | None, limited(SLUG_LENGTH_MAX, "Fixed once there are channel links.")] = None
    language: LanguageName | None = None
    zone: str | None = None
    problem: ProblemWish | None = None
    symbols: SymbolsWish | None = None
    settings: SettingsWish | None = None
    state: Annotated[CommunityState, Field(strict=False, description="draft → open → closed, and open again.")] = (
        CommunityState.DRAFT
    )


class ProblemShape(BaseModel):
    """Who, in which situation, and the outcome they wish for."""

    who: str
    situation: str
    outcome: str


class SymbolsShape(BaseModel):
    """What members and staff are called, the emblem, titles from low to high."""

    member_name: str
    staff_name: str
    emblem: str
    titles: list[TitleShape]
    slogan: str


class SettingsShape(BaseModel):
    """How the community works."""

    league_size: int
    checks_first_post: bool
    words: list[str]
    checks_contacts: bool
    for_children: bool
    asks_health: bool
    staff_card: dict[str, str]


class Community(BaseModel):
    """A community of people with one problem."""

    id: Id
    url: Annotated[str, Field(description="Where members find it.")]
    state: CommunityState
    name: str
    slug: str
    language: Language
    zone: str
    problem: ProblemShape
    symbols: SymbolsShape
    settings: SettingsShape
    template: Annotated[str | None, Field(description="Which template it was made from. Null: none.")]
    members: Annotated[int, Field(ge=0, description="How many have joined and not left.")]
    created_at: datetime
    updated_at: datetime


class CommunityList(BaseModel):
    """All communities of the workspace, oldest first."""

    communities: Annotated[list[Community], Field(max_length=COMMUNITIES_MAX)]
    next_cursor: None


class TemplateWish(Wish):
    """A community to be made from a template: whole, and open."""

    template: str
    language: LanguageName | None = None
    name: Annotated[str | None, limited(NAME_LENGTH_MAX, "Left out: that of the template.")] = None
    slug: Annotated[str | None, limited(SLUG_LENGTH_MAX)] = None
    zone: str | None = None


class TemplateText(BaseModel):
    """A template in one language. Parts name each other by `ref`; days are counted from the day it is used."""

    name: str
    summary: str
    problem: ProblemShape
    symbols: SymbolsShape
    settings: dict[str, Any]
    goals: list[dict[str, Any]]
    badges: list[dict[str, Any]]
    rituals: list[dict[str, Any]]
    services: list[dict[str, Any]]
    channel: dict[str, Any]


class CommunityTemplate(BaseModel):
    """A community that is ready to be used, in both languages."""

    key: str
    emblem: str
    languages: dict[LanguageName, TemplateText]


class TemplateLine(BaseModel):
    """A template in a list."""

    key: str
    emblem: str
    names: dict[LanguageName, str]
    summaries: dict[LanguageName, str]


class TemplateList(BaseModel):
    """All templates."""

    templates: list[TemplateLine]
    next_cursor: None


SHAPES: tuple[type[BaseModel], ...] = (
    CommunityWish,
    CommunityPatch,
    Community,
    CommunityList,
    TemplateWish,
    CommunityTemplate,
    TemplateList,
)
