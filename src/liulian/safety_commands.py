"""What the command line does about reports and links that do harm. Each command is one transaction, like a request."""

import unicodedata

from liulian.base.clock import utc_now
from liulian.base.errors import NotFound
from liulian.base.i18n import Language, text
from liulian.base.ids import DomainId, encode_id
from liulian.commands import ready_database
from liulian.config import Settings
from liulian.links.model import DEFAULT_DOMAIN
from liulian.safety.model import Report
from liulian.safety.reports import REPORTS_LISTED_MAX, put_back, take_down
from liulian.storage.database import Transaction


async def list_reports(settings: Settings, *, language: Language) -> list[str]:
    """Return a line for each report that waits, or one that says there is none."""
    database = await ready_database(settings)
    try:
        async with database.read() as tx:
            waiting = await tx.reports.list_open(limit=REPORTS_LISTED_MAX)
            hosts = await tx.domains.hosts_of([report.domain_id for report in waiting])
    finally:
        await database.close()
    return [_line(report, host=hosts.get(report.domain_id)) for report in waiting] or [
        text(language, "safety.no_reports")
    ]


async def disable_link(settings: Settings, *, slug: str, reason: str, language: Language) -> str:
    """Take a link down and say so. Raises NotFound, or InvalidRequest for a word that is no reason."""
    database = await ready_database(settings)
    try:
        async with database.write() as tx:
            domain_id, name = await _meant(slug, tx)
            await take_down(name, reason=reason, links=tx.links, store=tx.reports, now=utc_now(), domain_id=domain_id)
    finally:
        await database.close()
    return text(language, "safety.disabled", slug=slug, reason=text(language, f"safety.reason_{reason}"))


async def enable_link(settings: Settings, *, slug: str, language: Language) -> str:
    """Put a link back and say so. Raises NotFound."""
    database = await ready_database(settings)
    try:
        async with database.write() as tx:
            domain_id, name = await _meant(slug, tx)
            await put_back(name, links=tx.links, store=tx.reports, now=utc_now(), domain_id=domain_id)
    finally:
        await database.close()
    return text(language, "safety.enabled", slug=slug)


async def _meant(typed: str, tx: Transaction) -> tuple[DomainId, str]:
    """Return domain and slug: `slug` is one of the own domain, `go.example.com/slug` of another. Raises NotFound."""
    host, slash, rest = typed.strip().partition("/")
    slug = unicodedata.normalize("NFC", rest if slash else host)
    if not slash:
        return DEFAULT_DOMAIN, slug
    found = await tx.domains.find_verified(host.lower())
    if found is None:
        raise NotFound
    return found.id, slug


def _line(report: Report, *, host: str | None) -> str:
    """Return a report on one line: what a stranger wrote must not look like another line, or move the cursor."""
    note = "".join(letter if letter.isprintable() else " " for letter in report.note or "")
    link = f"{host}/{report.slug}" if host else report.slug
    fields = (encode_id(report.id), f"{report.created_at:%Y-%m-%d %H:%M}", link, report.reason, note)
    return "  ".join(fields).rstrip()
