"""What the command line does about reports and links that do harm. Each command is one transaction, like a request."""

import unicodedata

from liulian.base.clock import utc_now
from liulian.base.i18n import Language, text
from liulian.base.ids import encode_id
from liulian.commands import ready_database
from liulian.config import Settings
from liulian.safety.model import Report
from liulian.safety.reports import REPORTS_LISTED_MAX, put_back, take_down


async def list_reports(settings: Settings, *, language: Language) -> list[str]:
    """Return a line for each report that waits, or one that says there is none."""
    database = await ready_database(settings)
    try:
        async with database.read() as tx:
            waiting = await tx.reports.list_open(limit=REPORTS_LISTED_MAX)
    finally:
        await database.close()
    return [_line(report) for report in waiting] or [text(language, "safety.no_reports")]


async def disable_link(settings: Settings, *, slug: str, reason: str, language: Language) -> str:
    """Take a link down and say so. Raises NotFound, or InvalidRequest for a word that is no reason."""
    database = await ready_database(settings)
    try:
        async with database.write() as tx:
            await take_down(_slug(slug), reason=reason, links=tx.links, store=tx.reports, now=utc_now())
    finally:
        await database.close()
    return text(language, "safety.disabled", slug=slug, reason=text(language, f"safety.reason_{reason}"))


async def enable_link(settings: Settings, *, slug: str, language: Language) -> str:
    """Put a link back and say so. Raises NotFound."""
    database = await ready_database(settings)
    try:
        async with database.write() as tx:
            await put_back(_slug(slug), links=tx.links, store=tx.reports, now=utc_now())
    finally:
        await database.close()
    return text(language, "safety.enabled", slug=slug)


def _slug(typed: str) -> str:
    return unicodedata.normalize("NFC", typed.strip())


def _line(report: Report) -> str:
    """Return a report on one line: what a stranger wrote must not look like another line, or move the cursor."""
    note = "".join(letter if letter.isprintable() else " " for letter in report.note or "")
    fields = (encode_id(report.id), f"{report.created_at:%Y-%m-%d %H:%M}", report.slug, report.reason, note)
    return "  ".join(fields).rstrip()
