"""The command line: `liulian serve`, and what an administrator needs beside it. Words and exit codes; no logic."""

import asyncio
import gc
import os
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console

from liulian.__about__ import __version__
from liulian.base.errors import AppError
from liulian.base.i18n import Language, text
from liulian.base.log import configure_logging, logger
from liulian.config import BadSettingError, Settings, read_settings, unknown_settings

EXIT_FAILED, EXIT_USAGE = 1, 2
T = TypeVar("T")

app = typer.Typer(
    help="Liulian: links that open, people who stay.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
api_key = typer.Typer(help="Keys for programs that use the API.", no_args_is_help=True)
safety = typer.Typer(help="Reports of strangers, and links that lead nowhere because of them.", no_args_is_help=True)
user = typer.Typer(help="People who sign in to the console.", no_args_is_help=True)
community = typer.Typer(help="Communities, and what is shown of their logs.", no_args_is_help=True)
geo = typer.Typer(help="The file that tells places from addresses.", no_args_is_help=True)
app.add_typer(api_key, name="api-key")
app.add_typer(community, name="community")
app.add_typer(geo, name="geo")
app.add_typer(safety, name="safety")
app.add_typer(user, name="user")


def main() -> None:
    """Run the command line. Nothing that is loaded is garbage: without a collector, starting takes a quarter less."""
    gc.disable()  # Each process that stays turns it on again.
    app()


def version(*, wanted: bool) -> None:
    """Print the version and end."""
    if wanted:
        typer.echo(f"liulian {__version__}")
        raise typer.Exit


@app.callback()
def all_commands(
    _version: Annotated[bool, typer.Option("--version", callback=lambda wanted: version(wanted=wanted))] = False,  # noqa: FBT002
) -> None:
    """Links that open, people who stay."""


@app.command()
def serve() -> None:
    """Run everything: web, worker and statistics. Settings come from LIULIAN_* variables."""
    from liulian import bootstrap

    settings = _settings()
    _told(lambda: bootstrap.serve(settings, on_started=_say_open, on_setup=_say_setup))


@app.command()
def edge() -> None:
    """Run web processes that only answer links. Their clicks are stored by `liulian worker` on the same machine."""
    from liulian import bootstrap

    settings = _settings()
    _told(lambda: bootstrap.serve_edge(settings, on_started=_say_open))


@app.command()
def worker() -> None:
    """Run what stores this machine's clicks, and the statistics process."""
    from liulian import bootstrap

    settings = _settings()
    _told(lambda: bootstrap.serve_worker(settings))


@app.command()
def shorten(
    url: Annotated[str, typer.Argument(help="Where the link leads.")],
    slug: Annotated[str | None, typer.Option(help="A slug of your own.")] = None,
    title: Annotated[str | None, typer.Option(help="A title to find it by.")] = None,
) -> None:
    """Make a short link in the default workspace and print it."""
    from liulian.commands import shorten_url

    typer.echo(_run(shorten_url(_settings(), url=url, slug=slug, title=title)))


@app.command()
def stats(
    slug: Annotated[str, typer.Argument(help="The slug of a link, or the whole short link.")],
    days: Annotated[int, typer.Option(min=1, max=366, help="How many days up to now.")] = 30,
) -> None:
    """Print the statistics of a link."""
    from liulian.commands import print_stats

    _run(print_stats(_settings(), slug=slug, days=days, language=_language(), console=Console()))


@app.command()
def doctor() -> None:
    """Look at everything this installation needs, and say what is wrong and what to do."""
    from liulian.doctor import examine

    if not _run(examine(_settings(), language=_language(), console=Console())):
        raise typer.Exit(EXIT_FAILED)


@app.command()
def backup(
    file: Annotated[str, typer.Argument(help="Where to: a file, or - for standard output.")],
) -> None:
    """Write everything into one file while the program runs: links, people, clicks, the secret, your own files."""
    from liulian.backup import write_backup

    _run(write_backup(_settings(), file, console=Console(stderr=True)))
    if file != "-":
        typer.echo(text(_language(), "cli.backup_written", file=file))


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A file made by `liulian backup`.")],
) -> None:
    """Put a backup into an installation that was never started. The settings say where to."""
    from liulian.restore import restore_backup

    manifest = _run(restore_backup(_settings(), file, console=Console(stderr=True)))
    typer.echo(text(_language(), "cli.backup_restored", made_at=str(manifest["made_at"])[:19].replace("T", " ")))


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A CSV or JSON file with links.", exists=True, dir_okay=False)],
    source: Annotated[str, typer.Option(help="Whose export it is: auto, csv, bitly, yourls …")] = "auto",
    column: Annotated[list[str] | None, typer.Option(help="What a column is, such as destination=URL.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check every row and make nothing.")] = False,  # noqa: FBT002
    random_slugs: Annotated[bool, typer.Option("--random-slugs", help="Another slug where one is taken.")] = False,  # noqa: FBT002
    workspace: Annotated[str | None, typer.Option(help="The id of a workspace, instead of the default one.")] = None,
) -> None:
    """Make the links of a file. The same file again makes nothing twice."""
    from liulian.transfer_commands import Order, import_file

    order = Order(
        file=file,
        source=source,
        columns=column or (),
        dry_run=dry_run,
        workspace=workspace,
        random_slugs=random_slugs,
    )
    console = Console(stderr=True)
    lines, is_whole = _run(import_file(_settings(), order, language=_language(), console=console))
    for line in lines:
        typer.echo(line)
    if not is_whole:
        raise typer.Exit(EXIT_FAILED)


@app.command("export")
def export(
    file: Annotated[Path, typer.Argument(help="Where to: .csv or .json for links, .zip for everything.")],
    workspace: Annotated[str | None, typer.Option(help="The id of a workspace, instead of the default one.")] = None,
) -> None:
    """Write all links, or everything a workspace has, into a file."""
    from liulian.transfer_commands import export_file

    _run(export_file(_settings(), file, workspace=workspace, console=Console(stderr=True)))
    typer.echo(text(_language(), "cli.export_written", file=str(file)))


@app.command()
def recognise(
    user_agent: Annotated[str, typer.Argument(help="A user agent, or - for one on each line of standard input.")],
) -> None:
    """Print which app, system and kind of device a user agent stands for."""
    from liulian.visitors.recognise import line_for

    if user_agent != "-":
        typer.echo(line_for(user_agent))
        return
    for line in sys.stdin.buffer:
        sys.stdout.write(line_for(line.rstrip(b"\r\n").decode("utf-8", "surrogateescape")) + "\n")


@api_key.command("create")
def create_api_key(
    name: Annotated[str, typer.Option(help="What the key is for.")],
    scope: Annotated[
        list[str] | None, typer.Option(help="What it may do, such as links:read; several times for several.")
    ] = None,
) -> None:
    """Make an API key for the default workspace. It is shown once. Without a scope it may do what an editor may."""
    from liulian.commands import create_key

    typer.echo(_run(create_key(_settings(), name=name, scopes=scope or ())))


@api_key.command("list")
def list_api_keys() -> None:
    """List the keys, never their secrets."""
    from liulian.commands import list_keys

    for line in _run(list_keys(_settings())):
        typer.echo(line)


@api_key.command("revoke")
def revoke_api_key(key_id: Annotated[str, typer.Argument(help="The id that `api-key list` shows.")]) -> None:
    """Make a key useless at once."""
    from liulian.commands import revoke_key

    typer.echo(_run(revoke_key(_settings(), key_id=key_id, language=_language())))


@user.command("list")
def list_users() -> None:
    """List the accounts."""
    from liulian.user_commands import list_users

    for line in _run(list_users(_settings(), language=_language())):
        typer.echo(line)


@user.command("create")
def create_user(
    email: Annotated[str, typer.Argument(help="Their e-mail address.")],
    name: Annotated[str, typer.Option(help="What they are called.")],
    role: Annotated[str, typer.Option(help="In the default workspace: owner, admin, editor or analyst.")] = "editor",
) -> None:
    """Make an account in the default workspace, and print the link by which its owner sets a password."""
    from liulian.user_commands import create_user

    for line in _run(create_user(_settings(), email=email, name=name, role=role, language=_language())):
        typer.echo(line)


@user.command("reset")
def reset_user(
    email: Annotated[str, typer.Argument(help="Their e-mail address.")],
    second_factor: Annotated[  # noqa: FBT002
        bool, typer.Option("--second-factor", help="Also turn two-step sign-in off: their phone is gone.")
    ] = False,
) -> None:
    """Print a link by which somebody sets a new password."""
    from liulian.user_commands import reset_user

    work = reset_user(_settings(), email=email, removes_factor=second_factor, language=_language())
    for line in _run(work):
        typer.echo(line)


@user.command("disable")
def disable_user(email: Annotated[str, typer.Argument(help="Their e-mail address.")]) -> None:
    """Let somebody in no more, and sign them out everywhere at once."""
    from liulian.user_commands import disable_user

    typer.echo(_run(disable_user(_settings(), email=email, language=_language())))


@user.command("enable")
def enable_user(email: Annotated[str, typer.Argument(help="Their e-mail address.")]) -> None:
    """Let somebody in again who was disabled."""
    from liulian.user_commands import enable_user

    typer.echo(_run(enable_user(_settings(), email=email, language=_language())))


@community.callback()
def of_communities() -> None:
    """Keep `replay` a word of its own, also while it is the only one."""


@community.command("replay")
def replay(
    slug: Annotated[str | None, typer.Argument(help="The address of one community; without it, all open ones.")] = None,
) -> None:
    """Compute points, leagues and goals again from the log, and put right what differs."""
    from liulian.community_commands import replay as replay_log

    console = Console(stderr=True)
    for line in _run(replay_log(_settings(), slug=slug, language=_language(), console=console)):
        typer.echo(line)


@geo.command("install")
def install_geo(
    file: Annotated[
        Path | None, typer.Option(help="An ip2region .xdb or a MaxMind .mmdb file on this machine.")
    ] = None,
) -> None:
    """Put a geo file in place: countries, provinces and cities then appear in the statistics."""
    from liulian.clicks.geo import install

    if file is None:
        typer.echo(text(_language(), "cli.geo_needs_file"), err=True)
        raise typer.Exit(EXIT_USAGE)
    settings = _settings()
    settings.geo_dir.mkdir(parents=True, exist_ok=True)
    installed = _told(lambda: install(file, settings.geo_dir))
    typer.echo(text(_language(), "cli.geo_installed", name=installed.name))


@safety.command("reports")
def list_reports() -> None:
    """List the reports that nobody has decided on, oldest first."""
    from liulian.safety_commands import list_reports

    for line in _run(list_reports(_settings(), language=_language())):
        typer.echo(line)


@safety.command("disable")
def disable_link(
    slug: Annotated[str, typer.Argument(help="The slug of a link, or the whole short link.")],
    reason: Annotated[str, typer.Option(help="Why, as visitors are told: phishing, malware, fraud, spam, other …")],
) -> None:
    """Take a link down: from now on it says why it leads nowhere. Closes its reports."""
    from liulian.safety_commands import disable_link

    typer.echo(_run(disable_link(_settings(), slug=slug, reason=reason, language=_language())))


@safety.command("enable")
def enable_link(
    slug: Annotated[str, typer.Argument(help="The slug of a link, on a domain of its own `go.example.com/slug`.")],
) -> None:
    """Let a link lead where it did. Closes its reports."""
    from liulian.safety_commands import enable_link

    typer.echo(_run(enable_link(_settings(), slug=slug, language=_language())))


def _settings() -> Settings:
    """Return the settings, or end with a sentence about the one that is wrong."""
    try:
        settings = read_settings(os.environ)
    except BadSettingError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(EXIT_USAGE) from error
    configure_logging(level=settings.log_level)
    for name in unknown_settings(os.environ):
        logger.warning("unknown_setting", name=name)
    return settings


def _run(work: Coroutine[Any, Any, T]) -> T:
    """Run a command to its end."""
    return _told(lambda: asyncio.run(work))


def _told(work: Callable[[], T]) -> T:
    """Do something; an expected failure is a sentence, not a traceback."""
    try:
        return work()
    except AppError as error:
        codes = [(f"errors.{each.code}", each.params) for each in error.errors] or [
            (f"errors.{error.code}", error.params)
        ]
        for key, params in codes:
            typer.echo(text(_language(), key, **params), err=True)
        raise typer.Exit(EXIT_FAILED) from error
    except OSError as error:  # A folder that cannot be made, a port that is taken.
        typer.echo(f"{type(error).__name__}: {error}", err=True)
        raise typer.Exit(EXIT_FAILED) from error


def _language() -> Language:
    """Return the language of this terminal. An empty variable counts as none, as POSIX has it."""
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    locale = next((os.environ[name] for name in names if os.environ.get(name)), "")
    return Language.ZH if locale.startswith("zh") else Language.EN


def _say_setup(url: str) -> None:
    typer.echo(text(_language(), "accounts.setup_link"))
    typer.echo(f"  {url}")


def _say_open(address: str) -> None:
    typer.echo(f"留链 Liulian {__version__} · {address}")
