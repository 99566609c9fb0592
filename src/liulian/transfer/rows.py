"""Turn a row of a foreign file into a wish for a link. Second step of an import. Pure; the wish is checked elsewhere.

What is only an ornament is left out when it cannot be kept, and said; what decides where people end up never is.
"""

import csv
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from urllib.parse import unquote

from liulian.base.errors import FieldError
from liulian.links.model import NOTE_LENGTH_MAX, TITLE_LENGTH_MAX, UNSET, LinkDraft, Unset
from liulian.transfer.dates import UnknownDate, read_instant
from liulian.transfer.lines import FORMULA
from liulian.transfer.model import ColumnOf, Field, Format, Row
from liulian.transfer.task import Options, Reason

_SCHEME = re.compile(r"(?i)^\s*https?://")
_FIRST = re.compile(r"[^\s,;|\[\]\"']+")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Understanding:
    """How the rows of one file are read. `own_hosts` are the domains on which its links may be made."""

    format: Format
    columns: ColumnOf
    options: Options
    zone: tzinfo
    own_hosts: Collection[str]
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a row asks for. `folder` is a name, for a draft without a folder. `notices` say what was left out."""

    draft: LinkDraft
    folder: str | None = None
    notices: tuple[Reason, ...] = ()


@dataclass(slots=True)
class _Reader:
    """Reads the cells of one row."""

    row: Row
    about: Understanding
    errors: list[FieldError] = field(default_factory=list)
    notices: list[Reason] = field(default_factory=list)

    def cell(self, name: Field) -> str:
        column = self.about.columns.get(name)
        text = self.row.get(column, "").strip() if column is not None else ""
        if self.about.format.name == "liulian" and text[:1] == "'" and text[1:2] in FORMULA:
            return text[1:]  # Our own export put it there.
        return text

    def shortened(self, name: Field, length_max: int) -> str | None:
        text = _CONTROL.sub("", self.cell(name))
        if name is Field.TITLE:
            text = " ".join(text.split())
        if len(text) > length_max:
            self.notices.append(Reason(code="import_text_cut", params={"field": name.value, "max": length_max}))
        return text[:length_max] or None

    def created_at(self) -> datetime | None:
        text = self.cell(Field.CREATED_AT)
        try:
            at = read_instant(text, zone=self._zone())
        except UnknownDate:
            self.notices.append(Reason(code="import_date_left_out", params={"text": text[:40]}))
            return None
        return at if at is None or at < self.about.now else None

    def expires_at(self) -> str | Unset:
        text = self.cell(Field.EXPIRES_AT)
        try:
            at = read_instant(text, zone=self._zone(), is_end=True)
        except UnknownDate:
            self.errors.append(FieldError("expires_at", "import_date_unknown", {"text": text[:40]}))
            return UNSET
        return UNSET if at is None else at.isoformat()

    def tags(self) -> tuple[str, ...]:
        found = split_tags(self.cell(Field.TAGS), separators=self.about.format.tag_separators)
        return tuple({name.casefold(): name for name in (*self.about.options.tags, *found)}.values())

    def rules(self, name: Field) -> object:
        """Return a guard or an audience as JSON has it; the rules of links check it."""
        text = self.cell(name)
        try:
            return json.loads(text) if text else None
        except (ValueError, RecursionError):
            self.errors.append(FieldError(name.value, "field_type"))
            return None

    def place(self) -> tuple[str | None, str | None]:
        """Return domain and slug."""
        host, slug = split_short_url(self.cell(Field.SHORT_URL))
        host = host_alone(self.cell(Field.DOMAIN)) or host
        slug = self.cell(Field.SLUG).strip("/") or slug
        if self.about.options.domain is not None:
            return self.about.options.domain, slug or None
        return host if host in self.about.own_hosts else None, slug or None

    def _zone(self) -> tzinfo:
        return self.about.zone if self.about.format.is_local else UTC


def read_wish(row: Row, *, about: Understanding) -> Wish:
    """Return what a row asks for, with every error in it."""
    reader = _Reader(row, about)
    domain, slug = reader.place()
    destination = reader.cell(Field.DESTINATION)
    if not destination:
        reader.errors.append(FieldError("destination", "destination_empty"))
    folder = " ".join(reader.cell(Field.FOLDER).split())
    draft = LinkDraft(
        destination=destination or None,
        slug=slug,
        title=reader.shortened(Field.TITLE, TITLE_LENGTH_MAX),
        note=reader.shortened(Field.NOTE, NOTE_LENGTH_MAX),
        guard=reader.rules(Field.GUARD),
        audience=reader.rules(Field.AUDIENCE),
        expires_at=reader.expires_at(),
        tags=reader.tags(),
        folder=None if folder else about.options.folder,
        domain=domain,
        created_at=reader.created_at(),
        errors=tuple(reader.errors),
    )
    return Wish(draft=draft, folder=folder or None, notices=tuple(reader.notices))


def split_tags(text: str, *, separators: str) -> list[str]:
    """Return the tags of one cell: a line of CSV where commas may be inside quotes, else split at any separator."""
    if '"' in text and "," in separators:
        return [name.strip() for line in csv.reader([text]) for name in line if name.strip()]
    return [name for each in re.split(f"[{re.escape(separators)}]", text.strip("[]")) if (name := each.strip(" '\""))]


def split_short_url(text: str) -> tuple[str, str]:
    """Return host and slug of a short URL with or without scheme, of the first one in a list; empty where missing."""
    first = _FIRST.search(text)
    if first is None:
        return "", ""
    host, _, path = _SCHEME.sub("", first[0]).partition("/")
    slug = unquote(path.partition("?")[0].partition("#")[0]).strip("/")
    return host_alone(host), slug


def host_alone(text: str) -> str:
    """Return the host of whatever a service calls a domain: lower case, without scheme, port and path."""
    return _SCHEME.sub("", text).partition("/")[0].partition(":")[0].strip().lower()


def mapping_of(given: Mapping[str, str]) -> ColumnOf:
    """Return a mapping by names of fields. Raises ValueError for a field that does not exist."""
    return {Field(name): column for name, column in given.items()}
