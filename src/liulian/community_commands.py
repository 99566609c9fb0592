"""What the command line does with communities: compute what is shown again from the log, and mend what differs."""

from collections.abc import Callable

from rich.console import Console

from liulian.base.errors import NotFound
from liulian.base.i18n import Language, text
from liulian.base.progress import rows_shown
from liulian.commands import ready_database
from liulian.community.model import Community
from liulian.community.replay import differences
from liulian.config import Settings
from liulian.storage.database import Database
from liulian.storage.rebuild import count_replayed, read_log, rebuild, shown_sums

COMMUNITIES_AT_ONCE = 100

Seen = Callable[[int], None]


async def replay(settings: Settings, *, slug: str | None, language: Language, console: Console) -> list[str]:
    """Replay the log of one community, or of all that are open; return a line for each. Raises NotFound."""
    database = await ready_database(settings)
    try:
        return [
            await _replay(database, community, language=language, console=console)
            for community in await _communities(database, slug)
        ]
    finally:
        await database.close()


async def _replay(database: Database, community: Community, *, language: Language, console: Console) -> str:
    """Look first, without keeping anybody from writing; what differs is put right alone."""
    async with database.read() as tx:
        total = await count_replayed(tx.connection, community.id)
        with rows_shown(console, total=total) as show:
            known = await read_log(tx.connection, community.id, seen=_counting(show))
        different = differences(await shown_sums(tx.connection, community.id), known.sums)
    if different:
        async with database.write() as tx:
            different = await rebuild(tx.connection, community.id, known=known)
    key = "cli.replay_mended" if different else "cli.replay_same"
    return text(language, key, community=community.slug, acts=total, different=different)


async def _communities(database: Database, slug: str | None) -> list[Community]:
    async with database.read() as tx:
        if slug is not None:
            community = await tx.communities.find_by_slug(slug)
            if community is None:
                raise NotFound
            return [community]
        found: list[Community] = []
        while page := await tx.communities.list_open(after=found[-1].id if found else 0, limit=COMMUNITIES_AT_ONCE):
            found += page
        return found


def _counting(show: Callable[[int, int | None], None]) -> Seen:
    """Return what adds up the rows of pages for a bar."""
    done = 0

    def seen(number: int) -> None:
        nonlocal done
        done += number
        show(done, None)

    return seen
