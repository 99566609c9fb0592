"""The composition root: from settings to running processes. Nothing else knows all the parts.

Heavy engines are imported by the process that needs them, after the fork: a web process carries neither DuckDB nor
Arrow.
"""

import asyncio
import os
import signal
import socket
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.parse import urlsplit

from liulian.accounts.mail import Mailer
from liulian.accounts.newcomers import offer_setup
from liulian.accounts.oidc import OidcProvider
from liulian.accounts.store import Desk
from liulian.base.clock import utc_now
from liulian.base.errors import Unavailable
from liulian.base.ids import DomainId, IdSource
from liulian.base.imprint import Imprint
from liulian.base.log import logger
from liulian.base.meters import SUFFIX, Meters
from liulian.base.processes import die_with_parent
from liulian.base.secrets import read_or_create_secret
from liulian.base.signals import hear_stop
from liulian.clicks.spool_slot import claim_slot
from liulian.clicks.spool_writer import SpoolWriter
from liulian.config import Settings
from liulian.edge.lane import Lane, Limits
from liulian.edge.pages import LinkPages
from liulian.edge.routes import Routes, TargetSource
from liulian.links.slugs import slug_path
from liulian.safety.budget import MissBudget
from liulian.screening.feeds import Feeds
from liulian.screening.names import Names
from liulian.screening.screen import Screen
from liulian.storage.changes import ChangeFeed
from liulian.storage.database import Database
from liulian.storage.migrate import migrate
from liulian.storage.plant import plant_of
from liulian.storage.served import ServedReader
from liulian.storage.targets import TargetReader
from liulian.supervisor import Role, Supervisor
from liulian.transfer.run import Plant

BIND_WAIT_S = 5.0  # The processes of a killed predecessor are gone within moments, and so is their socket.
SECRET_FILE = "secret.key"  # noqa: S105 - Its name.
MIGRATE_RETRY_S = 2.0
MIGRATE_WAIT_S = 10.0  # How long a start waits for the database before it goes on without.


def prepare_data_dir(settings: Settings) -> None:
    """Make the folders, readable by nobody else."""
    run_dir = settings.query_socket.parent
    inside = (settings.spool_dir, settings.meters_dir, settings.imports_dir, settings.pictures_dir, run_dir)
    for folder in (settings.data_dir, *inside):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)


def secret_of(settings: Settings) -> bytes:
    """Return the secret from which all keys are derived."""
    if settings.secret_key:
        return settings.secret_key.encode()
    return read_or_create_secret(settings.data_dir / SECRET_FILE)


def folders_of(settings: Settings) -> dict[str, Path]:
    """Return the folders of files that people put there, by the names they have in a backup."""
    return {
        "texts": settings.texts_dir,
        "feeds": settings.feeds_dir,
        "geo": settings.geo_dir,
        "imports": settings.imports_dir,  # One that is not done goes on after a restore.
        "members": settings.pictures_dir,
    }


def imprint_of(settings: Settings) -> Imprint:
    """Return who answers for this installation, as its pages name them."""
    return Imprint(
        operator=settings.operator,
        contact=settings.contact,
        icp_number=settings.icp_number,
        police_number=settings.police_number,
    )


def open_database(settings: Settings) -> Database:
    """Return the database, not yet connected."""
    return Database.open(settings.database_url)


def mailer_of(settings: Settings) -> Mailer | None:
    """Return who sends letters; None where no mail server is set."""
    if settings.smtp_url is None or settings.mail_from is None:
        return None
    from liulian.channels.smtp import SmtpMailer

    return SmtpMailer.parse(settings.smtp_url, sender=settings.mail_from)


def oidc_of(settings: Settings) -> OidcProvider | None:
    """Return the provider of single sign-on; None where none is set."""
    if settings.oidc_issuer is None or settings.oidc_client_id is None:
        return None
    return OidcProvider(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret or "",
        name=settings.oidc_name,
        domains=settings.oidc_domains,
    )


def read_feeds(settings: Settings) -> Feeds:
    """Return the lists of harmful destinations as they are now."""
    feeds = Feeds(settings.feeds_dir)
    feeds.refresh()
    return feeds


def screen_of(feeds: Feeds) -> Screen:
    """Return what judges destinations before links lead there."""
    return Screen(feeds=feeds, names=Names())


def import_plant(settings: Settings, database: Database) -> Plant:
    """Return what it takes to work on imports."""
    host = urlsplit(settings.base_url).hostname if settings.base_url else None
    return plant_of(
        database,
        screen=screen_of(read_feeds(settings)),
        folder=settings.imports_dir,
        zone=settings.time_zone,
        clock=utc_now,
        ids=IdSource(),
        system_hosts=[host] if host else [],
    )


def serve(settings: Settings, *, on_started: Callable[[str], None], on_setup: Callable[[str], None]) -> None:
    """Run the whole installation until SIGTERM or SIGINT.

    `on_started` hears the address; `on_setup`, while nobody has an account, the link that makes the first one.
    """
    prepare_data_dir(settings)
    listener = bind(settings.host, settings.port)
    secret_of(settings)  # Made before the fork, so that every process reads the same one.
    wait_for_tables = migrate_in_child(settings)
    _import_web()
    setup_token = wait_for_tables()
    roles = [_web_role(settings, listener, number) for number in range(settings.workers)]
    roles += _storing_roles(settings)

    def say() -> None:
        address = address_of(listener)
        on_started(address)
        if setup_token:
            on_setup(f"{settings.base_url or address}/console/setup#{setup_token}")

    Supervisor(roles, meters=_meters(settings, "supervisor")).run(on_started=say)


def serve_edge(settings: Settings, *, on_started: Callable[[str], None]) -> None:
    """Run web processes that answer links and nothing else, until SIGTERM or SIGINT."""
    prepare_data_dir(settings)
    listener = bind(settings.host, settings.port)
    roles = [_web_role(settings, listener, number, only_links=True) for number in range(settings.workers)]
    Supervisor(roles, meters=_meters(settings, "supervisor")).run(on_started=lambda: on_started(address_of(listener)))


def serve_worker(settings: Settings) -> None:
    """Run the worker and the query process, for the clicks of this machine, until SIGTERM or SIGINT."""
    prepare_data_dir(settings)
    Supervisor(_storing_roles(settings), meters=_meters(settings, "supervisor")).run()


def run_web_process(settings: Settings, listener: socket.socket, *, only_links: bool) -> None:
    """Be one web process."""
    from liulian.web.process import serve_links

    slot = claim_slot(settings.spool_dir)
    meters = _meters(settings, slot.spool_id)
    feeds = read_feeds(settings)
    lane = Lane(
        routes=Routes(routes_max=settings.routes_max, meters=meters, is_listed=partial(_is_listed, feeds)),
        spool=SpoolWriter(slot, meters=meters),
        meters=meters,
        limits=Limits(
            head_s=settings.head_timeout,
            keep_alive_s=settings.keep_alive_timeout,
            connections_max=settings.connections_max,
        ),
        base_host=urlsplit(settings.base_url).hostname if settings.base_url else None,
        pages=LinkPages(base_url=settings.base_url, proxies=settings.trusted_proxies, imprint=imprint_of(settings)),
    )
    database, guesses = open_database(settings), MissBudget()
    serve_links(
        _links_only(settings)
        if only_links
        else _application(settings, database, feeds=feeds, lane=lane, guesses=guesses),
        lane=lane,
        feed=ChangeFeed(database),
        store=TargetReader(database),
        domains=ServedReader(database),
        routes_max=settings.routes_max,
        watches=[feeds.watch],
        budget=guesses,
        proxies=settings.trusted_proxies,
        listener=listener,
    )


def run_worker_process(settings: Settings) -> None:
    """Be the worker. Brings the database up to date first, in case it was away when the program started."""
    from liulian.worker import WorkerParts, run_worker

    async def work(stop: asyncio.Event) -> None:
        await _unless_stopped(migrate_until_done(settings), stop)
        database = open_database(settings)
        parts = WorkerParts(
            database=database,
            lake_url=settings.lake_url,
            spool_dir=settings.spool_dir,
            geo_dir=settings.geo_dir,
            proxies=settings.trusted_proxies,
            time_zone=settings.time_zone,
            plant=import_plant(settings, database),
            meters=_meters(settings, "worker"),
            pictures_dir=settings.pictures_dir,
        )
        await run_worker(parts, stop)
        await database.close()

    asyncio.run(_until_told(work))


def run_query_process(settings: Settings) -> None:
    """Be the process that answers statistics."""
    from liulian.analytics.server import serve_queries

    def work(stop: asyncio.Event) -> Awaitable[None]:
        return serve_queries(
            settings.query_socket, settings.lake_url, temp_folder=settings.data_dir / "temporary", stop=stop
        )

    asyncio.run(_until_told(work))


async def _until_told(work: Callable[[asyncio.Event], Awaitable[None]]) -> None:
    """Do work that ends soon after SIGTERM."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    hear_stop()
    await work(stop)


async def _unless_stopped(work: Coroutine[None, None, None], stop: asyncio.Event) -> None:
    """Do work that may have to wait for ever, but not longer than until `stop`."""
    task, told = asyncio.create_task(work), asyncio.create_task(stop.wait())
    await asyncio.wait({task, told}, return_when=asyncio.FIRST_COMPLETED)
    for each in (task, told):
        each.cancel()
    if not stop.is_set():
        await task


def bind(host: str, port: int) -> socket.socket:
    """Return a listening socket. Raises OSError when the port stays taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    until = monotonic() + BIND_WAIT_S
    while True:
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError:
            listener.close()
            if monotonic() > until:
                raise
            sleep(0.1)
        else:
            listener.listen(4_096)
            listener.settimeout(0)
            return listener


def address_of(listener: socket.socket) -> str:
    """Return the address a person can open."""
    host, port = listener.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{shown}:{port}"


async def migrate_until_done(settings: Settings) -> None:
    """Bring the database up to date; wait for it as long as it is away."""
    database = open_database(settings)
    try:
        while True:
            try:
                await migrate(database)
            except Unavailable as problem:
                logger.warning("database_away", reason=repr(problem.__cause__)[:200], retry_s=MIGRATE_RETRY_S)
                await asyncio.sleep(MIGRATE_RETRY_S)
            else:
                return
    finally:
        await database.close()


async def offer_first_account(settings: Settings) -> str:
    """Return the token of a new set-up link, or nothing where somebody has an account or the database is away."""
    database = open_database(settings)
    try:
        async with database.write() as tx:
            return await offer_setup(desk=Desk(tx=tx, ids=IdSource(), now=utc_now())) or ""
    except Unavailable:
        return ""
    finally:
        await database.close()


def migrate_in_child(settings: Settings) -> Callable[[], str]:
    """Bring the database up to date in a process of its own; return what waits for it, for a while.

    What waits returns the token of a set-up link, as `offer_first_account` does.

    The database's threads must not live in the process that forks. A database that is away is no reason to wait for
    ever: the worker tries again, and links that are known are answered meanwhile.
    """
    (told, tell), parent, pid = os.pipe(), os.getpid(), os.fork()
    if pid:
        os.close(tell)
        return partial(_heard_from, pid, told)
    try:
        die_with_parent(parent)
        asyncio.run(asyncio.wait_for(migrate_until_done(settings), MIGRATE_WAIT_S))
        os.write(tell, asyncio.run(offer_first_account(settings)).encode())
    except TimeoutError:
        logger.warning("database_away_at_start")
    except Exception:  # noqa: BLE001 - The border of a process; the worker tries again and says so too.
        logger.exception("migration_failed")
    finally:
        os._exit(0)


def _heard_from(pid: int, told: int) -> str:
    """Wait for a child to end, and return what it had to tell."""
    with os.fdopen(told, "rb") as pipe:
        heard = pipe.read()
    os.waitpid(pid, 0)
    return heard.decode()


def _is_listed(feeds: Feeds, destination: str) -> bool:
    """Tell whether a feed names a destination in normal form."""
    return feeds.is_listed(urlsplit(destination).hostname or "", destination) is not None


def _storing_roles(settings: Settings) -> list[Role]:
    """Return who stores clicks and who answers for them: one of each on every machine that has a worker."""
    return [
        Role(name="worker", run=lambda: run_worker_process(settings), rank=1, stop_s=4.0),
        Role(name="query", run=lambda: run_query_process(settings), rank=2, stop_s=0.5),
    ]


def _web_role(settings: Settings, listener: socket.socket, number: int, *, only_links: bool = False) -> Role:
    return Role(
        name=f"web-{number + 1}",
        run=lambda: run_web_process(settings, listener, only_links=only_links),
        rank=0,
        stop_s=4.0,
    )


def _meters(settings: Settings, name: str) -> Meters:
    return Meters(settings.meters_dir / f"{name}{SUFFIX}")


def _import_web() -> None:
    """Load the web side once, before the forks share it."""
    import liulian.web.app
    import liulian.web.process  # noqa: F401


def lookup_of(routes: Routes, source: TargetSource) -> Callable[[DomainId, str], Awaitable[bool]]:
    """Return what tells whether there is a link, out of the memory of the lanes: guesses do not reach the database."""

    async def is_link(domain_id: DomainId, slug: str) -> bool:
        return await routes.find(source, domain_id=domain_id, slug=slug, path=slug_path(slug)) is not None

    return is_link


def _application(
    settings: Settings,
    database: Database,
    *,
    feeds: Feeds,
    lane: Lane,
    guesses: MissBudget,
) -> Any:
    """Return the web application with all its parts."""
    from liulian.analytics.client import AnalyticsClient
    from liulian.safety.expand import Expander
    from liulian.safety.fetch import Fetcher
    from liulian.safety.proofs import Prover, is_private_place
    from liulian.web.app import create_app
    from liulian.web.metrics import add_metrics
    from liulian.web.parts import Parts, Site, Strangers
    from liulian.web.tls_ask import add_tls_ask

    screen = screen_of(feeds)
    app = create_app(
        Parts(
            site=Site.of(base_url=settings.base_url, secret=secret_of(settings), imprint=imprint_of(settings)),
            database=database,
            ids=IdSource(),
            clock=utc_now,
            proxies=settings.trusted_proxies,
            analytics=AnalyticsClient(settings.query_socket, time_zone=settings.time_zone),
            texts_dir=settings.texts_dir,
            strangers=Strangers(
                may_make_links=settings.anonymous_links,
                links_per_hour=settings.anonymous_links_per_hour,
                link_days=settings.anonymous_link_days,
            ),
            screen=screen,
            expander=Expander(fetcher=Fetcher(), screen=screen),
            is_link=lookup_of(lane.routes, TargetReader(database)),
            hosts=lane.hosts,
            prover=Prover(is_private=is_private_place(settings.base_url)),
            guesses=guesses,
            imports_dir=settings.imports_dir,
            pictures_dir=settings.pictures_dir,
            mailer=mailer_of(settings),
            oidc=oidc_of(settings),
        )
    )
    add_metrics(app, meters_dir=settings.meters_dir, token=settings.metrics_token)
    add_tls_ask(app, token=settings.metrics_token)
    return app


def _links_only(settings: Settings) -> Any:
    """Return what an edge process answers where no link is meant: what it counted, to whom that concerns."""
    from liulian.web.metrics import metrics_only

    return metrics_only(meters_dir=settings.meters_dir, token=settings.metrics_token)
