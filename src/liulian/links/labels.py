"""What a workspace gives names to so that it finds its links again: tags, folders, saved views, UTM templates.

All four follow the same rules, which are here: who may, how names look, how many there may be. Never commits.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import NewType, Protocol, TypeVar

from liulian.accounts.model import Actor, require
from liulian.accounts.permissions import Scope
from liulian.base.errors import Conflict, FieldError, FieldRefused, InvalidRequest, NotFound
from liulian.base.ids import WorkspaceId
from liulian.links.model import FolderId, TagId

NAME_LENGTH_MAX = 60
UTM_LENGTH_MAX = 200
LABELS_MAX = 1_000  # Of one kind in one workspace: a list of them is read whole.
COLOURS = ("husk", "water", "amber", "violet", "thorn", "teal", "grey")

ViewId = NewType("ViewId", int)
TemplateId = NewType("TemplateId", int)

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A word that any number of links may carry."""

    id: TagId
    name: str
    created_at: datetime
    colour: str = COLOURS[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A place that a link is in, or not: it is in one at most."""

    id: FolderId
    name: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A search with its filters and its order, kept under a name. `query` is JSON, as the API takes it."""

    id: ViewId
    name: str
    created_at: datetime
    query: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UtmTemplate:
    """Campaign parameters that are used again and again."""

    id: TemplateId
    name: str
    created_at: datetime
    source: str | None = None
    medium: str | None = None
    campaign: str | None = None
    term: str | None = None
    content: str | None = None


Label = TypeVar("Label", bound=Tag | Folder | View | UtmTemplate)


class NameIsTaken(Exception):
    """The workspace has one of this kind with this name."""


class LabelStore(Protocol[Label]):
    """The labels of one kind, in one transaction."""

    async def add(self, label: Label, *, workspace_id: WorkspaceId) -> None:
        """Insert a label. Raises NameIsTaken."""

    async def find(self, label_id: int, *, workspace_id: WorkspaceId) -> Label | None:
        """Return a label of a workspace, locked until the transaction ends."""

    async def list_of(self, workspace_id: WorkspaceId, *, limit: int) -> list[Label]:
        """Return at most `limit` labels of a workspace, oldest first."""

    async def replace(self, label: Label) -> None:
        """Store a label in the place of the one with its id. Raises NameIsTaken."""

    async def remove(self, label_id: int, *, now: datetime) -> None:
        """Remove a label; links lose it now or soon."""


class NameTaken(Conflict):
    """The workspace has one of this kind with this name, in whatever capitals."""

    code = "name_taken"

    def __init__(self, name: str) -> None:
        super().__init__(errors=(FieldError("name", self.code, {"name": name}),), name=name)


class TooManyLabels(Conflict):
    """The workspace has as many of this kind as it may have."""

    code = "labels_limit"


async def list_labels(actor: Actor, *, store: LabelStore[Label]) -> list[Label]:
    """Return all labels of one kind, oldest first."""
    return await store.list_of(require(actor, Scope.LINKS_READ).workspace_id, limit=LABELS_MAX)


async def add_label(actor: Actor, label: Label, *, store: LabelStore[Label]) -> Label:
    """Return the label, now stored. Raises NameTaken or TooManyLabels."""
    workspace_id = require(actor, Scope.LINKS_WRITE).workspace_id
    if len(await store.list_of(workspace_id, limit=LABELS_MAX)) >= LABELS_MAX:
        raise TooManyLabels(max=LABELS_MAX)
    try:
        await store.add(label, workspace_id=workspace_id)
    except NameIsTaken:
        raise NameTaken(label.name) from None
    return label


async def label_for(actor: Actor, label_id: int, *, store: LabelStore[Label]) -> Label:
    """Return a label that the actor may change. Raises NotFound."""
    found = await store.find(label_id, workspace_id=require(actor, Scope.LINKS_WRITE).workspace_id)
    if found is None:
        raise NotFound
    return found


async def replace_label(old: Label, new: Label, *, store: LabelStore[Label]) -> Label:
    """Return `new`, now in the place of `old`, which came from `label_for`. Raises NameTaken."""
    if new != old:
        try:
            await store.replace(new)
        except NameIsTaken:
            raise NameTaken(new.name) from None
    return new


async def remove_label(actor: Actor, label_id: int, *, store: LabelStore[Label], now: datetime) -> None:
    """Remove a label. The links it was on stay. Raises NotFound."""
    label = await label_for(actor, label_id, store=store)
    await store.remove(label.id, now=now)


def check_name(typed: str) -> str:
    """Return a name in its normal form. Raises FieldRefused."""
    name = " ".join(unicodedata.normalize("NFC", typed[: 4 * NAME_LENGTH_MAX]).split())
    if not name or max(len(typed), len(name)) > NAME_LENGTH_MAX or _CONTROL.search(name):
        raise FieldRefused("label_name", max=NAME_LENGTH_MAX)
    return name


def check_utm(typed: str) -> str | None:
    """Return a campaign parameter in its normal form, None for an empty one. Raises FieldRefused."""
    value = unicodedata.normalize("NFC", typed[: 4 * UTM_LENGTH_MAX]).strip()
    if max(len(typed), len(value)) > UTM_LENGTH_MAX or _CONTROL.search(value):
        raise FieldRefused("utm_value", max=UTM_LENGTH_MAX)
    return value or None


def check_colour(typed: str) -> str:
    """Return a colour. Raises FieldRefused."""
    if typed not in COLOURS:
        raise FieldRefused("choice_unknown", name=typed[:40], allowed=", ".join(COLOURS))
    return typed


def name_key(name: str) -> str:
    """Return by what two names are told to be the same: without regard to capitals and width."""
    return unicodedata.normalize("NFKC", name).casefold()


def refused(errors: list[FieldError]) -> None:
    """Raise InvalidRequest where there are any errors."""
    if errors:
        raise InvalidRequest(errors=tuple(errors))
