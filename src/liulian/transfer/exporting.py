"""Everything a workspace has, as files that others can read and that come back: CSV, JSON, or all of it in a ZIP.

Read a page at a time, each in a transaction of its own, and handed on at once: a million links need no more memory
than a hundred. Secrets are never in it: no tokens, no passwords, no proofs.
"""

import json
import zipfile
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import quote

from liulian.accounts.model import Actor, WorkspaceActor, require
from liulian.accounts.people import Member
from liulian.accounts.permissions import Scope
from liulian.base.ids import WorkspaceId, encode_id
from liulian.links.domain_store import DomainStore, FileStore
from liulian.links.domains import list_domains
from liulian.links.labels import Folder, LabelStore, Tag, UtmTemplate, View, list_labels
from liulian.links.listing import Around, LinkFilter, ListStore, Order, State, cursor_of, list_page
from liulian.links.model import Link
from liulian.links.rules import shown_audience, shown_guard
from liulian.transfer.lines import BOM, csv_lines, list_cell
from liulian.transfer.store import ImportStore

PAGE = 100  # Links read and written in one go: some milliseconds, for which redirects wait.
IMPORTS_MAX = 1_000
COMPRESSION = 1  # Tables of text shrink to a quarter by this already.

LINK_COLUMNS = (
    "id", "short_url", "domain", "slug", "destination", "title", "note", "tags", "folder", "guard", "audience",
    "created_at", "updated_at", "expires_at", "archived_at", "taken_down", "clicks", "human_clicks",
)  # fmt: skip


class MemberStore(Protocol):
    """Who belongs where."""

    async def list_members(self, workspace_id: WorkspaceId) -> list[Member]: ...


class ExportStores(Protocol):
    """The repositories of one transaction."""

    @property
    def workspaces(self) -> MemberStore: ...
    @property
    def lists(self) -> ListStore: ...
    @property
    def tags(self) -> LabelStore[Tag]: ...
    @property
    def folders(self) -> LabelStore[Folder]: ...
    @property
    def views(self) -> LabelStore[View]: ...
    @property
    def utm_templates(self) -> LabelStore[UtmTemplate]: ...
    @property
    def domains(self) -> DomainStore: ...
    @property
    def domain_files(self) -> FileStore: ...
    @property
    def imports(self) -> ImportStore: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Depot:
    """What it takes to export: transactions to read, and what short URLs begin with.

    `origin_of` returns the origin of a domain by its host, empty for the installation's own. `on_links` hears of
    each page.
    """

    read: Callable[[], AbstractAsyncContextManager[ExportStores]]
    origin_of: Callable[[str], str]
    now: datetime
    on_links: Callable[[int], None] = lambda _: None


async def links_csv(actor: Actor, *, depot: Depot) -> AsyncIterator[bytes]:
    """Yield all links as CSV."""
    yield (BOM + csv_lines([LINK_COLUMNS])).encode()
    async for page in _pages(actor, depot=depot):
        yield csv_lines([_cell(link, name) for name in LINK_COLUMNS] for link in page).encode()


async def links_json(actor: Actor, *, depot: Depot) -> AsyncIterator[bytes]:
    """Yield all links as JSON: an object with a list `links`, one link on each line."""
    before = '{"links": [\n'
    async for page in _pages(actor, depot=depot):
        yield (before + ",\n".join(_json(link) for link in page)).encode()
        before = ",\n"
    yield b"\n]}\n" if before == ",\n" else before.encode() + b"]}\n"


async def everything_zip(actor: Actor, *, depot: Depot) -> AsyncIterator[bytes]:
    """Yield a ZIP of all that the actor may see of the workspace."""
    out = _Out()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=COMPRESSION) as archive:
        for name, chunks in (("links.csv", links_csv), ("links.json", links_json)):
            with archive.open(_member(name, depot.now), "w", force_zip64=True) as file:
                async for chunk in chunks(actor, depot=depot):
                    file.write(chunk)
                    yield out.take()
        for name, value in (await _others(actor, depot=depot)).items():
            text = json.dumps({name: value}, ensure_ascii=False, indent=1)
            archive.writestr(_member(f"{name}.json", depot.now), text.encode())
            yield out.take()
    yield out.take()


def exported_link(link: Link, around: Around, *, origin_of: Callable[[str], str]) -> dict[str, Any]:
    """Return a link as it is exported. Tags and folder are names."""
    origin = origin_of(around.hosts.get(link.domain_id, ""))
    folder = None if link.folder_id is None else around.folders.get(link.folder_id)
    has_audience = any(shown_audience(link.audience).values())
    return {
        "id": encode_id(link.id),
        "short_url": f"{origin}/{quote(link.slug, safe='')}",
        "domain": origin.partition("://")[2],
        "slug": link.slug,
        "destination": link.destination,
        "title": link.title,
        "note": link.note,
        "tags": [tag.name for tag in around.tags.get(link.id, ())],
        "folder": folder.name if folder else None,
        "guard": shown_guard(link.guard) if link.guard.mode.value != "direct" else None,
        "audience": shown_audience(link.audience) if has_audience else None,
        "created_at": _instant(link.created_at),
        "updated_at": _instant(link.updated_at),
        "expires_at": _instant(link.expires_at),
        "archived_at": _instant(link.archived_at),
        "taken_down": link.taken_down,
        "clicks": link.clicks,
        "human_clicks": link.human_clicks,
    }


class _Out:
    """Where a ZIP is written to: it cannot go back, and is emptied again and again."""

    def __init__(self) -> None:
        self._chunks: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._chunks.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits here."""

    def close(self) -> None:
        """Nothing is open."""

    def take(self) -> bytes:
        taken, self._chunks = b"".join(self._chunks), []
        return taken


async def _pages(actor: Actor, *, depot: Depot) -> AsyncIterator[list[dict[str, Any]]]:
    """Yield all links, archived ones too, oldest first."""
    every, order, cursor = LinkFilter(state=State.ALL), Order(is_descending=False), None
    while True:
        async with depot.read() as tx:
            page = await list_page(actor, every, order, store=tx.lists, now=depot.now, limit=PAGE, cursor=cursor)
            around = await tx.lists.around(page.links, user_id=None)
        if page.links:
            yield [exported_link(link, around, origin_of=depot.origin_of) for link in page.links]
            depot.on_links(len(page.links))
        if page.next is None:
            return
        cursor = cursor_of(page.next)


async def _others(actor: Actor, *, depot: Depot) -> Mapping[str, list[dict[str, Any]]]:
    """Return what a workspace has beside links, as far as the actor may see it."""
    asker = require(actor, Scope.LINKS_READ)
    async with depot.read() as tx:
        found = {
            "tags": [
                {"name": tag.name, "colour": tag.colour, "created_at": _instant(tag.created_at)}
                for tag in await list_labels(actor, store=tx.tags)
            ],
            "folders": [
                {"name": folder.name, "created_at": _instant(folder.created_at)}
                for folder in await list_labels(actor, store=tx.folders)
            ],
            "views": [
                {"name": view.name, "query": json.loads(view.query), "created_at": _instant(view.created_at)}
                for view in await list_labels(actor, store=tx.views)
            ],
            "utm_templates": [_utm(each) for each in await list_labels(actor, store=tx.utm_templates)],
        }
        if Scope.DOMAINS_READ in asker.scopes:
            found["domains"] = await _domains(actor, tx=tx)
        if Scope.MEMBERS_READ in asker.scopes:
            found["members"] = await _members(actor, tx=tx)
        found["imports"] = await _imports(asker, tx=tx)
    return found


def _utm(template: UtmTemplate) -> dict[str, Any]:
    values = {name: getattr(template, name) for name in ("source", "medium", "campaign", "term", "content")}
    return {"name": template.name, **values, "created_at": _instant(template.created_at)}


async def _domains(actor: Actor, *, tx: ExportStores) -> list[dict[str, Any]]:
    return [
        {
            "host": domain.host,
            "is_default": domain.is_default,
            "verified_at": _instant(domain.verified_at),
            "root_destination": domain.root_destination,
            "not_found_destination": domain.not_found_destination,
            "icp_number": domain.icp_number,
            "police_number": domain.police_number,
            "files": [file.name for file in domain.files],
        }
        for domain in await list_domains(actor, store=tx.domains, files=tx.domain_files)
        if not domain.is_system
    ]


async def _members(actor: Actor, *, tx: ExportStores) -> list[dict[str, Any]]:
    return [
        {"name": member.name, "email": member.email, "role": member.role.value, "joined_at": _instant(member.joined_at)}
        for member in await tx.workspaces.list_members(require(actor, Scope.MEMBERS_READ).workspace_id)
    ]


async def _imports(asker: WorkspaceActor, *, tx: ExportStores) -> list[dict[str, Any]]:
    return [
        {
            "name": task.name,
            "source": task.source,
            "state": task.state.value,
            "rows": task.position,
            "created": task.counts.created,
            "skipped": task.counts.skipped,
            "failed": task.counts.failed,
            "created_at": _instant(task.created_at),
            "finished_at": _instant(task.finished_at),
        }
        for task in await tx.imports.list_of(asker.workspace_id, before=None, limit=IMPORTS_MAX)
    ]


def _member(name: str, now: datetime) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, date_time=now.timetuple()[:6])
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def _cell(link: Mapping[str, Any], name: str) -> object:
    value = link[name]
    if isinstance(value, list):
        return list_cell(value)
    return _json(value) if isinstance(value, dict) else value


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="microseconds").replace("+00:00", "Z")
