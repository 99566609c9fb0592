"""The shapes of lists of links, of what is done with many of them, and of tags, folders, views and UTM templates.

Shapes only: rules are in `links/`.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, Field

from liulian.links.bulk import BATCH_MAX
from liulian.links.labels import COLOURS, NAME_LENGTH_MAX, UTM_LENGTH_MAX
from liulian.links.listing import IDS_MAX, TAGS_FILTERED_MAX
from liulian.links.organise import LIVE_MAX
from liulian.links.search import SEARCH_LENGTH_MAX
from liulian.web.api.schemas import ID_PATTERN, Id, Problem, TagTexts, Wish

COLUMNS_MAX = 30  # Of a table in the console.

FOLDERLESS = "none"  # Instead of the id of a folder: links that are in none.
PAGE_MAX, PAGE_DEFAULT = 100, 20

StateName = Literal["unarchived", "active", "expired", "taken_down", "archived", "all", "deleted"]
SortName = Literal["created", "clicks", "title", "updated"]
_STATES = (
    "`unarchived`: the usual list. Of these, `active` ones lead somewhere, `expired` and `taken_down` ones do not. "
    "`all`: with the archived. `deleted`: what can be restored."
)
_WORDS = "Words of the title, slug, destination's host and path, note, or tags; the last letters may be missing."


class _Filter(BaseModel):
    q: Annotated[str, Field(max_length=SEARCH_LENGTH_MAX, description=_WORDS)] = ""
    tag: Annotated[list[Id], Field(max_length=TAGS_FILTERED_MAX, description="Tags that must all be there.")] = []
    folder: Annotated[
        str | None, Field(pattern=f"{ID_PATTERN}|^{FOLDERLESS}$", description="The id of a folder, or `none`.")
    ] = None
    domain: Annotated[Id | None, Field(description="The id of a domain.")] = None
    state: Annotated[StateName, Field(description=_STATES)] = "unarchived"
    favourite: Annotated[bool, Field(description="Your favourites only.")] = False
    guarded: Annotated[bool | None, Field(description="With a guard, or without.")] = None
    created_from: Annotated[AwareDatetime | None, Field(strict=False)] = None
    created_to: Annotated[AwareDatetime | None, Field(strict=False, description="The first that is too late.")] = None


class ListFilter(_Filter, Wish):
    """What all links of a list have: as the parameters of `GET /links`."""


class ListParams(_Filter):
    """The parameters of a list of links."""

    sort: SortName = "created"
    order: Literal["asc", "desc"] = "desc"
    limit: Annotated[int, Field(ge=1, le=PAGE_MAX, description="How many links at most.")] = PAGE_DEFAULT
    cursor: Annotated[
        str | None, Field(max_length=1_000, description="`next_cursor` of the page before, of the same list.")
    ] = None


class ViewQuery(ListFilter):
    """A list as it is kept in a view. `columns`: those of a table, as the console calls them."""

    sort: SortName = "created"
    order: Literal["asc", "desc"] = "desc"
    columns: Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=COLUMNS_MAX)] = []


class BulkEdit(Wish):
    """One thing to be done with many links: those named by `ids`, or all that `filter` lets through."""

    ids: Annotated[list[Id] | None, Field(min_length=1, max_length=BATCH_MAX)] = None
    filter: ListFilter | None = None
    action: Literal["archive", "restore", "delete", "tag", "untag", "move", "edit"]
    tags: Annotated[TagTexts | None, Field(description="For `tag` and `untag`: ids or names.")] = None
    folder: Annotated[str | None, Field(description="For `move`: the id of a folder. Null: out of any.")] = None
    change: Annotated[
        dict[str, Any] | None,
        Field(
            description="For `edit`: what is to be different: destination, title, note, guard, audience, expires_at.",
            json_schema_extra={"additionalProperties": True},
        ),
    ] = None


class IdsWish(Wish):
    """A list whose links are to be named."""

    filter: ListFilter = ListFilter()
    cursor: Annotated[str | None, Field(max_length=1_000, description="`next_cursor` of the answer before.")] = None


class LinkIds(BaseModel):
    """Links by their ids, newest first. `next_cursor` null: these are all."""

    ids: Annotated[list[Id], Field(max_length=IDS_MAX)]
    next_cursor: str | None


class BulkFailure(BaseModel):
    """A link with which it could not be done."""

    id: Id
    problem: Problem


class BulkMove(BaseModel):
    """Links that came out of one folder, null: out of none."""

    folder: Id | None
    ids: list[Id]


class BulkFormer(BaseModel):
    """Edited links that were alike, and the change that makes them so again."""

    change: dict[str, Any]
    ids: list[Id]


class BulkUndo(BaseModel):
    """The links to do the opposite with. `moves`: where moved ones belong; `changes`: how edited ones were."""

    ids: list[Id]
    moves: list[BulkMove]
    changes: list[BulkFormer]


class BulkEdited(BaseModel):
    """What became of it. Links with which nothing had to be done are not counted."""

    changed: Annotated[int, Field(ge=0)]
    failed: list[BulkFailure]
    undo: BulkUndo


class ClaimWish(Wish):
    """The manage token of a stranger's link."""

    manage_token: Annotated[str, Field(min_length=1, max_length=200)]


class ClicksWish(Wish):
    """Links whose numbers are wanted."""

    ids: Annotated[list[Id], Field(min_length=1, max_length=LIVE_MAX)]


class Clicks(BaseModel):
    """Numbers of one link."""

    clicks: Annotated[int, Field(ge=0)]
    human_clicks: Annotated[int, Field(ge=0)]


class LiveClicks(BaseModel):
    """Numbers by the ids of links; those that are not yours are left out."""

    clicks: dict[str, Clicks]


LabelName = Annotated[str, Field(json_schema_extra={"minLength": 1, "maxLength": NAME_LENGTH_MAX})]
Colour = Annotated[str, Field(json_schema_extra={"enum": [*COLOURS]})]
UtmValue = Annotated[str | None, Field(json_schema_extra={"maxLength": UTM_LENGTH_MAX})]


class TagWish(Wish):
    """A tag to be made."""

    name: LabelName
    colour: Colour = COLOURS[0]


class TagChange(Wish):
    """What is to be different of a tag."""

    name: LabelName = ""
    colour: Colour = ""


class FolderWish(Wish):
    """A folder to be made, or its new name."""

    name: LabelName


class ViewWish(Wish):
    """A view to be made."""

    name: LabelName
    query: ViewQuery


class ViewChange(Wish):
    """What is to be different of a view."""

    name: LabelName = ""
    query: ViewQuery = ViewQuery()


class UtmWish(Wish):
    """A UTM template to be made."""

    name: LabelName
    source: UtmValue = None
    medium: UtmValue = None
    campaign: UtmValue = None
    term: UtmValue = None
    content: UtmValue = None


class UtmChange(UtmWish):
    """What is to be different of a UTM template."""

    name: LabelName = ""


class Named(BaseModel):
    """Something with a name."""

    id: Id
    name: str
    created_at: datetime


class Tag(Named):
    """A word that links carry."""

    colour: Colour


class Folder(Named):
    """A place that links are in."""


class View(Named):
    """A list of links kept under a name."""

    query: ViewQuery


class UtmTemplate(Named):
    """Campaign parameters kept under a name."""

    source: str | None
    medium: str | None
    campaign: str | None
    term: str | None
    content: str | None


class TagList(BaseModel):
    """All tags, oldest first."""

    tags: list[Tag]
    next_cursor: None = None


class FolderList(BaseModel):
    """All folders, oldest first."""

    folders: list[Folder]
    next_cursor: None = None


class ViewList(BaseModel):
    """All views, oldest first."""

    views: list[View]
    next_cursor: None = None


class UtmTemplateList(BaseModel):
    """All UTM templates, oldest first."""

    utm_templates: list[UtmTemplate]
    next_cursor: None = None


SHAPES: tuple[type[BaseModel], ...] = (
    ListFilter, IdsWish, LinkIds, BulkEdit, BulkEdited, ClaimWish, ClicksWish, LiveClicks, TagWish, TagChange,
    FolderWish, ViewWish, ViewChange, UtmWish, UtmChange, Tag, Folder, View, UtmTemplate, TagList, FolderList,
    ViewList, UtmTemplateList,
)  # fmt: skip
