"""How far something long has come, for a person at a terminal. Silent where nobody looks."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TimeElapsedColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)


@contextmanager
def bytes_shown(console: Console, *, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """Show a bar, or without a total only what went through; the block calls it with a number of bytes."""
    with Progress(
        BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeElapsedColumn(), console=console, transient=True
    ) as progress:
        task = progress.add_task("", total=total)
        yield lambda number: progress.advance(task, number)


@contextmanager
def rows_shown(console: Console, *, total: int | None = None) -> Iterator[Callable[[int, int | None], None]]:
    """Show a bar; the block calls it with how many rows are done and how many there are, None for as before."""
    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=total)
        yield lambda done, of: progress.update(task, completed=done, total=of)
