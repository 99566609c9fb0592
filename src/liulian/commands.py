"""What the command line does with links and keys. Each command is one transaction, like a request."""

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from urllib.parse import quote, urlsplit

from rich.console import Console
from rich.table import Table

from liulian.accounts.api_keys import create_api_key, parse_scopes
from liulian.accounts.model import ApiKeyActor
from liulian.accounts.people import DEFAULT_WORKSPACE
from liulian.accounts.permissions import KEY_SCOPES
from liulian.base.clock import utc_now
from liulian.base.errors import NotFound
from liulian.base.i18n import Language, text
from liulian.base.ids import ApiKeyId, IdSource, decode_id, encode_id
from liulian.base.zones import at_instant, local_midnight
from liulian.bootstrap import open_database, prepare_data_dir, read_feeds, screen_of
from liulian.config import Settings
from liulian.links.model import DEFAULT_DOMAIN, LinkDraft
from liulian.links.screened import check_drafts
from liulian.links.service import create_link
from liulian.links.slugs import slug_of_path, slug_path
from liulian.storage.database import Database
from liulian.storage.migrate import migrate
from liulian.storage.targets import TargetReader
from liulian.storage.workshop import workshop_in

LOCAL_KEY = ApiKeyId(0)  # Whoever may run commands on this machine acts for the default workspace.
BAR_WIDTH = 30


async def shorten_url(settings: Settings, *, url: str, slug: str | None, title: str | None) -> str:
    """Make a link in the default workspace and return its short URL."""
    database = await ready_database(settings)
    actor = ApiKeyActor(workspace_id=DEFAULT_WORKSPACE, api_key_id=LOCAL_KEY)
    draft = LinkDraft(destination=url, slug=slug, title=title)
    screen = screen_of(read_feeds(settings))
    try:
        (wish,) = await check_drafts([draft], actor, own_hosts=own_hosts_of(settings), screen=screen)
        async with database.write() as tx:
            link = await create_link(wish, actor, workshop=workshop_in(tx, ids=IdSource(), now=utc_now()))
    finally:
        await database.close()
    origin = settings.base_url or f"http://{settings.host}:{settings.port}"
    return origin + slug_path(link.slug).decode("ascii")


async def print_stats(settings: Settings, *, slug: str, days: int, language: Language, console: Console) -> None:
    """Print the clicks of a link by day. Needs no running server: the lake is read here."""
    from liulian.analytics.local import link_stats_of

    known = slug_meant(slug)
    if known is None:
        raise NotFound
    database = await ready_database(settings)
    try:
        target = await TargetReader(database).find(domain_id=DEFAULT_DOMAIN, slug=known)
    finally:
        await database.close()
    if target is None:
        raise NotFound
    now = utc_now()
    since = start_of(days, now=now, zone=settings.time_zone)
    stats = await link_stats_of(settings.lake_url, target.link_id, since=since, until=now, zone=settings.time_zone)
    table = Table(box=None, pad_edge=False)
    for key in ("day", "clicks", "human_clicks", "visitors"):
        table.add_column(text(language, f"cli.{key}"), justify="left" if key == "day" else "right")
    table.add_column("")
    most = max((point.clicks for point in stats.series), default=0)
    for point in stats.series:
        bar = "█" * round(BAR_WIDTH * point.clicks / most) if most else ""
        table.add_row(point.start[:10], str(point.clicks), str(point.human_clicks), str(point.visitors), bar)
    totals = stats.totals
    table.add_row(
        text(language, "cli.total"),
        str(totals.clicks),
        str(totals.human_clicks),
        str(totals.visitors),
        end_section=True,
    )
    console.print(table)


def own_hosts_of(settings: Settings) -> list[str]:
    """Return the host names that short links have here, as destinations are compared with them."""
    host = urlsplit(settings.base_url).hostname if settings.base_url else None
    return [host] if host else []


def slug_meant(typed: str) -> str | None:
    """Return the slug behind what was typed: composed or not, also as it stands percent-encoded in an address."""
    return slug_of_path(b"/" + quote(typed.strip(), safe="%", errors="replace").encode())


def start_of(days: int, *, now: datetime, zone: tzinfo) -> datetime:
    """Return when the last `days` local days began, the present one included, as the API counts them."""
    return at_instant(local_midnight(now.astimezone(zone).date() - timedelta(days=days - 1), zone))


async def create_key(settings: Settings, *, name: str, scopes: Sequence[str] = ()) -> str:
    """Return the token of a new key; without scopes it may do what an editor may. It cannot be shown again."""
    wanted = parse_scopes(tuple(scopes)) or KEY_SCOPES
    database = await ready_database(settings)
    now = utc_now()
    try:
        async with database.write() as tx:
            key, token = await create_api_key(
                name, workspace_id=DEFAULT_WORKSPACE, store=tx.api_keys, ids=IdSource(), now=now, scopes=wanted
            )
            by = ApiKeyActor(workspace_id=DEFAULT_WORKSPACE, api_key_id=LOCAL_KEY)
            await tx.audit.record(by, "api_key.created", "api_key", key.id, now=now, name=key.name)
    finally:
        await database.close()
    return token


async def list_keys(settings: Settings) -> list[str]:
    """Return a line for each key: id, day it was made, name."""
    database = await ready_database(settings)
    try:
        async with database.read() as tx:
            keys = await tx.api_keys.list_valid()
    finally:
        await database.close()
    return [f"{encode_id(key.id)}  {key.created_at:%Y-%m-%d}  {key.name}" for key in keys]


async def revoke_key(settings: Settings, *, key_id: str, language: Language) -> str:
    """Make a key useless and say so. Raises NotFound."""
    number = decode_id(key_id)
    database = await ready_database(settings)
    try:
        async with database.write() as tx:
            if number is None or not await tx.api_keys.revoke(ApiKeyId(number), now=utc_now()):
                raise NotFound
    finally:
        await database.close()
    return text(language, "cli.key_revoked", key=key_id)


async def ready_database(settings: Settings) -> Database:
    """Return the database with its tables as this program knows them. Raises Unavailable: a command does not wait."""
    prepare_data_dir(settings)
    database = open_database(settings)
    try:
        await migrate(database)
    except BaseException:
        await database.close()
        raise
    return database
