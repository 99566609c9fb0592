"""The nouns of an import under way: what is wished of it, how far it has come, what became of each row. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

from liulian.base.ids import LinkId, WorkspaceId
from liulian.links.model import Maker
from liulian.transfer.model import ColumnOf, Row

ImportId = NewType("ImportId", int)

SLUGS_KNOWN_MAX = 200_000  # Of one dry run, to see which come twice in a file: 40 MB.
SHOWN_LENGTH_MAX = 200  # Of a destination beside a row: enough to know it again.


class ImportState(StrEnum):
    """How far an import is. The worker takes up what is running, and nothing else."""

    WAITING = "waiting_for_mapping"
    READY = "ready"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED = frozenset({ImportState.DONE, ImportState.FAILED, ImportState.CANCELLED})


class RowState(StrEnum):
    """What became of a row."""

    CREATED = "created"
    SKIPPED = "skipped"
    FAILED = "failed"


class TakenSlug(StrEnum):
    """What to do with a row whose slug is taken, or is none for us."""

    SKIP = "skip"
    RANDOM = "random"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What is wished of all links of an import, beside what their rows say.

    `domain` is a host; None: that of the row where it is a domain of the workspace, else the usual one. `tags` come on
    top of those of the rows. `folder` is an id, for rows that name none.
    """

    on_taken_slug: TakenSlug = TakenSlug.SKIP
    domain: str | None = None
    tags: tuple[str, ...] = ()
    folder: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why something is as it is: a code of `errors.json` and what fills its sentence."""

    code: str
    params: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowResult:
    """What became of a row. A created one has a reason too when something of it was left out."""

    row: int
    state: RowState
    slug: str | None = None
    destination: str | None = None
    reason: Reason | None = None
    link_id: LinkId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many rows came to what."""

    created: int = 0
    skipped: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """An uploaded file and what is made of it.

    `source` is the name of its format. `hosts` are names of the installation's own domain, as far as whoever sent the
    file used them. `total` None: not counted yet. `run` counts the starts; rows belong to one of them. `position` is
    the last row that was dealt with. `created_by` None: the command line. `problem` says why it failed.
    """

    id: ImportId
    workspace_id: WorkspaceId
    name: str
    file_bytes: int
    state: ImportState
    source: str
    columns: tuple[str, ...]
    sample: tuple[Row, ...]
    mapping: ColumnOf
    created_at: datetime
    created_by: Maker | None
    options: Options = Options()
    hosts: tuple[str, ...] = ()
    total: int | None = None
    run: int = 0
    dry_run: bool = False
    position: int = 0
    counts: Counts = Counts()
    started_at: datetime | None = None
    finished_at: datetime | None = None
    problem: Reason | None = None
