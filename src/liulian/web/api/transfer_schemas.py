"""The shapes of imports. Shapes only: rules are in `transfer/`."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from liulian.transfer.recognise import NAMES
from liulian.web.api.schemas import Id, TagTexts, Wish

SourceName = Annotated[str, Field(json_schema_extra={"enum": [*NAMES]})]
StateName = Literal["waiting_for_mapping", "ready", "running", "paused", "done", "failed", "cancelled"]
RowStateName = Literal["created", "skipped", "failed"]
_FIELDS = (
    "Which column is what, by its name in the file: `destination`, `short_url`, `slug`, `domain`, `title`, `note`, "
    "`tags`, `folder`, `created_at`, `expires_at`, `guard`, `audience`."
)
Mapping = Annotated[dict[str, str], Field(description=_FIELDS)]


class ImportOptions(Wish):
    """What is wished of all links of an import."""

    on_taken_slug: Annotated[
        Literal["skip", "random"],
        Field(description="What becomes of a row whose slug is taken or cannot be one here: nothing, or another slug."),
    ] = "skip"
    domain: Annotated[
        str | None,
        Field(
            max_length=300, description="Where all links go. Null: where their rows say, if it is a domain of yours."
        ),
    ] = None
    tags: Annotated[TagTexts, Field(description="On top of those of the rows.", default_factory=list)]
    folder: Annotated[str | None, Field(description="The id of a folder, for rows that name none.")] = None


class ImportPatch(Wish):
    """What is to be different. A part left out stays as it is; a mapping or options are replaced as a whole."""

    mapping: Annotated[Mapping, Field(description=_FIELDS, default_factory=dict)]
    options: Annotated[ImportOptions, Field(default_factory=lambda: ImportOptions(tags=[]))]


class ImportStart(Wish):
    """How an import is to start."""

    dry_run: Annotated[
        bool, Field(description="Check every row and make nothing. It can be started for real then.")
    ] = False


class ReasonShown(BaseModel):
    """Why something is as it is. `code` is stable; the message follows `Accept-Language`."""

    code: str
    message: str


class ImportShown(BaseModel):
    """An uploaded file and what is made of it. The counts are those of the latest run."""

    id: Id
    name: Annotated[str, Field(description="Of the file.")]
    bytes: int
    state: StateName
    source: SourceName
    columns: list[str]
    sample: Annotated[list[dict[str, str]], Field(description="The first rows, their cells cut. Empty in lists.")]
    mapping: Mapping
    options: ImportOptions
    total: Annotated[int | None, Field(description="How many rows there are. Null: not counted yet.")]
    position: Annotated[int, Field(description="The last row that was dealt with.")]
    created: int
    skipped: int
    failed: int
    dry_run: bool
    problem: Annotated[ReasonShown | None, Field(description="Why it failed.")]
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class ImportPage(BaseModel):
    """Imports, newest first. `next_cursor` null: there are no more."""

    imports: list[ImportShown]
    next_cursor: str | None


class ImportRow(BaseModel):
    """What became of a row. A created one has a reason too when something of it was left out."""

    row: int
    state: RowStateName
    reason: ReasonShown | None
    slug: str | None
    destination: Annotated[str | None, Field(description="Cut to 200 characters.")]
    link_id: Id | None


class ImportRowPage(BaseModel):
    """Rows of the latest run, in the order of the file. `next_cursor` null: there are no more."""

    rows: list[ImportRow]
    next_cursor: str | None


SHAPES: tuple[type[BaseModel], ...] = (ImportPatch, ImportStart, ImportShown, ImportPage, ImportRowPage)

# A file is read as it comes, so its shape is written here by hand.
UPLOAD: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary", "description": "CSV or JSON, at most 100 MB."},
                        "source": {
                            "type": "string",
                            "enum": ["auto", *NAMES],
                            "default": "auto",
                            "description": "Whose export it is. `auto`: what its columns say.",
                        },
                    },
                }
            }
        },
    }
}
