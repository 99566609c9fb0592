"""What the command line does about reports and links that do harm. Each command is one transaction, like a request."""

from ada_url import URL

from liulian.base.clock import utc_now
from liulian.base.errors import NotFound
from liulian.base.i18n import Language, text
from liulian.base.ids import DomainId, encode_id
from liulian.commands import own_hosts_of, ready_database, slug_meant
from liulian.config import Settings
from liulian.edge.target import link_request
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
            domain_id, name = await _meant(slug, tx, settings=settings)
            await take_down(name, reason=reason, links=tx.links, store=tx.reports, now=utc_now(), domain_id=domain_id)
    finally:
        await database.close()
    return text(language, "safety.disabled", slug=slug, reason=text(language, f"safety.reason_{reason}"))


async def enable_link(settings: Settings, *, slug: str, language: Language) -> str:
    """Put a link back and say so. Raises NotFound."""
    database = await ready_database(settings)
    try:
        async with database.write() as tx:
            domain_id, name = await _meant(slug, tx, settings=settings)
            await put_back(name, links=tx.links, store=tx.reports, now=utc_now(), domain_id=domain_id)
    finally:
        await database.close()
    return text(language, "safety.enabled", slug=slug)


async def _meant(typed: str, tx: Transaction, *, settings: Settings) -> tuple[DomainId, str]:
    """Return domain and slug of a link, typed as its slug or as it stands in an address bar. Raises NotFound.

    Where it is not set what this installation is called, every host that is no other domain's is its own.
    """
    host, slug = _parted(typed.strip())
    if slug is None:
        raise NotFound
    if not host:
        return DEFAULT_DOMAIN, slug
    found = await tx.domains.find_verified(host)
    if found is None and host not in (own_hosts_of(settings) or [host]):
        raise NotFound
    return (DEFAULT_DOMAIN if found is None else found.id), slug


def _parted(typed: str) -> tuple[str, str | None]:
    """Return host and slug, the host empty for a slug alone, the slug None where no link can be meant."""
    if "/" not in typed:
        return "", slug_meant(typed)
    try:
        url = URL(typed if "://" in typed else f"http://{typed}")
    except ValueError:
        return "", None
    asked = link_request(url.pathname.encode())
    return url.hostname.removesuffix("."), asked.slug if asked else None


def _line(report: Report, *, host: str | None) -> str:
    """Return a report on one line: what a stranger wrote must not look like another line, or move the cursor."""
    note = "".join(letter if letter.isprintable() else " " for letter in report.note or "")
    link = f"{host}/{report.slug}" if host else report.slug
    fields = (encode_id(report.id), f"{report.created_at:%Y-%m-%d %H:%M}", link, report.reason, note)
    return "  ".join(fields).rstrip()
