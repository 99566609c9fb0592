"""Report a link, take it down, put it back: for strangers the first, for administrators the others.

Taking down goes through the store of links like any other change, so every server hears of it at once. Works inside
the caller's transaction and never commits.
"""

import dataclasses
import unicodedata
from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from liulian.base.errors import FieldError, InvalidRequest, NotFound
from liulian.base.ids import DomainId, IdSource, LinkId
from liulian.links.model import DEFAULT_DOMAIN, Link
from liulian.safety.model import NOTE_LENGTH_MAX, REASONS, REPORT_REASONS, Report, ReportId

REPORTS_LISTED_MAX = 200


class ReportStore(Protocol):
    """The reports of one transaction."""

    async def add(self, report: Report) -> None: ...
    async def list_open(self, *, limit: int) -> list[Report]: ...
    async def close_about(self, link_id: LinkId, *, now: datetime) -> int: ...


class LinkStore(Protocol):
    """What is asked of the store of links."""

    async def find(self, link_id: LinkId, *, for_update: bool = False) -> Link | None: ...
    async def find_by_slug(self, *, domain_id: DomainId, slug: str) -> Link | None: ...
    async def take_down(self, link: Link, *, reason: str | None, now: datetime) -> None: ...


async def report_link(
    slug: str,
    *,
    reason: str,
    note: str,
    links: LinkStore,
    store: ReportStore,
    ids: IdSource,
    now: datetime,
    domain_id: DomainId = DEFAULT_DOMAIN,
) -> Report:
    """Put a report in the queue. Raises InvalidRequest; a slug that nobody has is `report_link_unknown`."""
    check_reason(reason, allowed=REPORT_REASONS)
    note = unicodedata.normalize("NFC", note.strip())
    if len(note) > NOTE_LENGTH_MAX:
        raise InvalidRequest(errors=(FieldError("note", "report_note_too_long", {"max": NOTE_LENGTH_MAX}),))
    link = await links.find_by_slug(domain_id=domain_id, slug=slug)
    if link is None:
        raise InvalidRequest(errors=(FieldError("url", "report_link_unknown"),))
    report = Report(
        id=ReportId(ids()),
        link_id=link.id,
        slug=link.slug,
        reason=reason,
        note=note or None,
        created_at=now,
        domain_id=link.domain_id,
    )
    await store.add(report)
    return report


async def take_down(
    slug: str,
    *,
    reason: str,
    links: LinkStore,
    store: ReportStore,
    now: datetime,
    domain_id: DomainId = DEFAULT_DOMAIN,
) -> Link:
    """Let a link lead nowhere, for a reason that visitors are told; close what was reported of it."""
    check_reason(reason)
    return await _judge(slug, taken_down=reason, links=links, store=store, now=now, domain_id=domain_id)


async def put_back(
    slug: str, *, links: LinkStore, store: ReportStore, now: datetime, domain_id: DomainId = DEFAULT_DOMAIN
) -> Link:
    """Let a link lead where it did, and close what was reported of it: somebody looked and found it good."""
    return await _judge(slug, taken_down=None, links=links, store=store, now=now, domain_id=domain_id)


def check_reason(reason: str, *, allowed: Collection[str] = REASONS) -> None:
    """Raise InvalidRequest for a word that is no reason."""
    if reason not in allowed:
        raise InvalidRequest(errors=(FieldError("reason", "report_reason_unknown", {"allowed": ", ".join(allowed)}),))


async def _judge(
    slug: str, *, taken_down: str | None, links: LinkStore, store: ReportStore, now: datetime, domain_id: DomainId
) -> Link:
    found = await links.find_by_slug(domain_id=domain_id, slug=slug)
    old = await links.find(found.id, for_update=True) if found else None
    if old is None:
        raise NotFound
    if old.taken_down != taken_down:
        await links.take_down(old, reason=taken_down, now=now)
    await store.close_about(old.id, now=now)
    return dataclasses.replace(old, taken_down=taken_down)
