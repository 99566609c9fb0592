"""The shapes that go over the wire, as the OpenAPI document shows them. Shapes only: rules are in `links/check.py`."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SkipValidation, ValidationError

from liulian.base.errors import FieldError
from liulian.base.ids import ALPHABET, ID_LENGTH
from liulian.base.urls import DESTINATION_BYTES_MAX
from liulian.links.app_urls import APP_URL_LENGTH_MAX
from liulian.links.audience import FORMS, OPENERS, SYSTEMS
from liulian.links.guard import PRESETS
from liulian.links.labels import COLOURS, NAME_LENGTH_MAX
from liulian.links.model import NOTE_LENGTH_MAX, TAGS_OF_LINK_MAX, TITLE_LENGTH_MAX
from liulian.links.rules import CUSTOM, GUARD_APPS, MODES, NAMES_MAX, PC
from liulian.links.slugs import SLUG_LENGTH_MAX
from liulian.web.errors import field_errors

BULK_MAX = 1000

# Limits are shown here and checked in `links/check.py`, where each of them has a code of its own.
Destination = Annotated[
    str,
    Field(
        description="Where the link leads: http or https, not private, not this server.",
        json_schema_extra={"format": "uri", "minLength": 1, "maxLength": DESTINATION_BYTES_MAX},
    ),
]
SlugText = Annotated[str, Field(json_schema_extra={"minLength": 1, "maxLength": SLUG_LENGTH_MAX})]
Slug = Annotated[
    SlugText | None, Field(description="Letters, digits, `-` or `_`, in any script. Left out: seven random ones.")
]
TitleText = Annotated[str, Field(json_schema_extra={"maxLength": TITLE_LENGTH_MAX})]
Title = Annotated[TitleText | None, Field(description="A name for yourself. Null: none.")]


NoteText = Annotated[str, Field(json_schema_extra={"maxLength": NOTE_LENGTH_MAX})]
Note = Annotated[NoteText | None, Field(description="For yourself and your team. Null: none.")]
TagTexts = Annotated[
    list[Annotated[str, Field(json_schema_extra={"minLength": 1, "maxLength": NAME_LENGTH_MAX})]],
    Field(
        description="Ids or names. A name that is new makes a tag. Not for strangers.",
        json_schema_extra={"maxItems": TAGS_OF_LINK_MAX},
    ),
]
ID_PATTERN = f"^[{ALPHABET}]{{{ID_LENGTH}}}$"
Id = Annotated[str, Field(pattern=ID_PATTERN)]
FolderGiven = Annotated[str | None, Field(description="The id of a folder. Null: none. Not for strangers.")]
DomainGiven = Annotated[
    str, Field(description="A verified domain of yours by its host. Left out: the usual one.", max_length=300)
]


class Wish(BaseModel):
    """Something a caller sends: the types of JSON as they are, and no field that we do not know."""

    model_config = ConfigDict(extra="forbid", strict=True)


def _one_of(*names: str) -> Any:
    return Field(json_schema_extra={"enum": [*names]})


# As they may be sent; `links/rules.py` is more patient about case and checks them.
AppName = Annotated[str, _one_of(*GUARD_APPS)]
SystemName = Annotated[str, _one_of(*SYSTEMS, PC)]
FormName = Annotated[str, _one_of(*FORMS)]
OpenerName = Annotated[str, _one_of(*OPENERS)]
_NAMES: dict[str, Any] = {"maxItems": NAMES_MAX}


class GuardWish(Wish):
    """How a link is to behave inside apps that block or cripple outside links. Names in any case.

    Nothing at all, and mode `direct`, is straight through.
    """

    mode: Annotated[
        str,
        _one_of(*MODES),
        Field(
            description="What the apps are shown instead of the redirect. Left out: what the other fields ask for.",
            default_factory=str,
        ),
    ]
    apps: Annotated[
        list[AppName],
        Field(
            description="In which apps. Without any: those of `preset`, else WeChat and QQ, for `app` all.",
            json_schema_extra=_NAMES,
        ),
    ] = []
    preset: Annotated[
        str,
        _one_of(*PRESETS, CUSTOM),
        Field(
            description="A usual choice of apps instead of `apps`. `none` beside a mode: as if it were not there.",
            default_factory=str,
        ),
    ]
    app_url: Annotated[
        str | None,
        Field(
            description="For `app`: Universal Link or URL Scheme of a known app.",
            json_schema_extra={"maxLength": APP_URL_LENGTH_MAX},
        ),
    ] = None


class AudienceWish(Wish):
    """Who is to be let through. All axes must fit; an empty one fits everyone. Names in any case."""

    systems: Annotated[
        list[SystemName], Field(description="`PC` stands for Windows, macOS and Linux.", json_schema_extra=_NAMES)
    ] = []
    forms: Annotated[list[FormName], Field(description="Of the device.", json_schema_extra=_NAMES)] = []
    containers: Annotated[
        list[OpenerName],
        Field(description="Apps, `browser` for any real one, `webview` for unknown apps.", json_schema_extra=_NAMES),
    ] = []


# These are read, types and all, by `links/rules.py`: one place names everything that is wrong with them.
GuardGiven = Annotated[SkipValidation[GuardWish | None], Field(description="Null: straight through.")]
AudienceGiven = Annotated[SkipValidation[AudienceWish | None], Field(description="Null: everyone.")]
ExpiryGiven = Annotated[
    SkipValidation[datetime | None],
    Field(
        description="When the link ends, with a zone. Null: never, which needs a key. Left out without a key: after "
        "as many days as this installation allows."
    ),
]


class LinkCreate(Wish):
    """A link to be made."""

    destination: Destination
    slug: Slug = None
    title: Title = None
    guard: GuardGiven = None
    audience: AudienceGiven = None
    expires_at: ExpiryGiven = None
    note: Note = None
    tags: TagTexts = []
    folder: FolderGiven = None
    domain: DomainGiven = ""


class LinkPatch(Wish):
    """What is to be different. A field left out stays as it is; null takes a title, a guard and so on away."""

    destination: Destination = ""
    slug: Annotated[SlugText, Field(description="The new slug. The old one is kept from everybody else.")] = ""
    title: Title = None
    guard: GuardGiven = None
    audience: AudienceGiven = None
    expires_at: ExpiryGiven = None
    note: Note = None
    tags: Annotated[TagTexts, Field(description="All tags that the link is to have, ids or names.")] = []
    folder: FolderGiven = None
    domain: Annotated[DomainGiven, Field(description="Where the link moves. The old address is kept from others.")] = ""


class BulkPatch(Wish):
    """What is to be different of many links. Nothing that only one link can have."""

    destination: Destination = ""
    title: Title = None
    guard: GuardGiven = None
    audience: AudienceGiven = None
    expires_at: ExpiryGiven = None
    note: Note = None


class LinkBulk(Wish):
    """Links to be made together. One that is refused does not hold up the others."""

    links: Annotated[
        list[LinkCreate | Any],
        Field(min_length=1, max_length=BULK_MAX, description="What is no LinkCreate gets a problem of its own."),
    ]


class Guard(BaseModel):
    """How a link behaves inside apps that block or cripple outside links."""

    mode: Literal["direct", "guide", "preview", "app"]
    apps: Annotated[list[str], Field(description="Always in the same order.")]
    preset: Literal["none", "wechat_qq", "china", "all", "custom"]
    app_url: str | None


class Audience(BaseModel):
    """Who is let through. Empty: everyone."""

    systems: list[str]
    forms: list[str]
    containers: list[str]


class ExpandWish(Wish):
    """A short link to be followed."""

    url: Annotated[str, Field(description="The short link, alone or inside the text an app made to share it.")]


class Maker(BaseModel):
    """Who made a link. `name` null: nobody knows any more."""

    kind: Literal["user", "api_key"]
    id: Id
    name: str | None


class TagOfLink(BaseModel):
    """A tag that a link carries."""

    id: Id
    name: str
    colour: Annotated[str, _one_of(*COLOURS)]


class FolderOfLink(BaseModel):
    """The folder that a link is in."""

    id: Id
    name: str


class Link(BaseModel):
    """A short link."""

    id: Id
    short_url: str
    slug: str
    domain: Annotated[str, Field(description="Host of the short URL, with its port where it has one.")]
    domain_id: Id
    destination: str
    title: str | None
    note: str | None
    created_at: datetime
    updated_at: datetime
    created_by: Annotated[Maker | None, Field(description="Null: a stranger, or the command line.")]
    clicks: Annotated[int, Field(ge=0, description="Every redirect, bots included. Seconds behind.")]
    human_clicks: Annotated[int, Field(ge=0, description="Clicks without bots, link previews and prefetching.")]
    qr_url: Annotated[str, Field(description="The QR code as SVG, for anybody.")]
    guard: Guard
    audience: Audience
    expires_at: Annotated[datetime | None, Field(description="From then on the link leads nowhere. Null: never.")]
    taken_down: Annotated[str | None, Field(description="Why the link was taken down. Null: it was not.")]
    flags: Annotated[list[str], Field(description="What screening noticed and let pass, such as `shortener`.")]
    archived_at: Annotated[datetime | None, Field(description="An archived link works on; lists leave it out.")]
    deleted_at: Annotated[datetime | None, Field(description="A deleted link can be restored for thirty days.")]
    tags: list[TagOfLink]
    folder: FolderOfLink | None
    is_favourite: Annotated[bool | None, Field(description="Of whoever asks. Null: a program asks, and has none.")]


class NewLink(Link):
    """A short link just made."""

    manage_token: Annotated[
        str | None, Field(description="For strangers only: the bearer token of this one link. It is shown once.")
    ] = None


class LinkPage(BaseModel):
    """Links in their order. `next_cursor` null: there are no more."""

    links: list[Link]
    next_cursor: str | None
    total: Annotated[int | None, Field(description="How many there are, as counted with the first page; null: many.")]


class FieldProblem(BaseModel):
    """One refused field."""

    field: Annotated[str, Field(examples=["links[3].slug"])]
    code: str
    message: str


class Problem(BaseModel):
    """A failure, after RFC 9457. `code` is stable; sentences follow `Accept-Language` (zh-CN, en)."""

    type: str
    title: str
    status: Annotated[int, Field(ge=400, le=599)]
    code: str
    detail: str
    instance: str | None = None
    errors: list[FieldProblem]
    retry_after_s: Annotated[
        int | None, Field(description="In how many seconds to try again, where that is known: `Retry-After` in a list.")
    ] = None


class BulkResult(BaseModel):
    """What became of the link at `index`: either `link` or `problem` is there."""

    index: int
    link: NewLink | None = None
    problem: Problem | None = None


class BulkAnswer(BaseModel):
    """One result for each link sent, in the same order."""

    results: list[BulkResult]


def read_wish(shape: type[Wish], value: object) -> tuple[dict[str, Any], tuple[FieldError, ...]]:
    """Return the fields of a wish that have the right type, and an error for each that has not or is not known."""
    try:
        wish = shape.model_validate(value)
        return {name: getattr(wish, name) for name in wish.model_fields_set}, ()
    except ValidationError as problem:
        found = problem.errors(include_url=False, include_context=False, include_input=False)
    errors = field_errors(list(found))
    refused = {error.field for error in errors}
    given = value if isinstance(value, dict) else {}
    return {name: given[name] for name in shape.model_fields if name in given and name not in refused}, errors
