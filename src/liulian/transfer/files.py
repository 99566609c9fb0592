"""The uploaded files: kept while somebody may go on with them, and a week longer. The worker sweeps now and then."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from liulian.base.ids import decode_id
from liulian.transfer.store import ImportStore, Opened
from liulian.transfer.task import ImportId

KEPT_FOR = timedelta(days=7)  # After the end, or without a start.
ROWS_KEPT_FOR = timedelta(days=90)
PART_KEPT_FOR = timedelta(days=1)  # An upload that broke off; the longest one takes minutes.
SWEPT_MAX = 1_000  # Files looked at in one go.


async def sweep(folder: Path, *, read: Opened, write: Opened, now: datetime) -> None:
    """Cancel what nobody started, forget old rows, and delete files that nobody needs any more."""
    async with write() as tx:
        await tx.imports.cancel_unstarted(made_before=now - KEPT_FOR, now=now)
        await tx.imports.forget_rows(ended_before=now - ROWS_KEPT_FOR)
    async with read() as tx:
        for path, changed_at in _listed(folder):
            if await _is_useless(path, now - changed_at, store=tx.imports, now=now):
                path.unlink(missing_ok=True)


def _listed(folder: Path) -> list[tuple[Path, datetime]]:
    """Return some files and when each was written."""
    if not folder.is_dir():
        return []
    some = sorted(folder.iterdir())[:SWEPT_MAX]
    return [(path, datetime.fromtimestamp(path.stat().st_mtime, tz=UTC)) for path in some]


async def _is_useless(path: Path, age: timedelta, *, store: ImportStore, now: datetime) -> bool:
    number = decode_id(path.name)
    if number is None:
        return age > PART_KEPT_FOR
    try:
        ended_at = await store.find_ended(ImportId(number))
    except KeyError:  # The transaction that was to store it did not come to its end; or is just coming to it.
        return age > PART_KEPT_FOR
    return ended_at is not None and now - ended_at > KEPT_FOR
