"""Take a whole file of evidence, portion by portion, and count what became of its rows: each one, with its reason.

Each portion is a transaction of the caller's, so that check-ins get their turn in between. A file that was cut off half
way can be sent again: what is known stays as it is.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from liulian.base.errors import AppError, InvalidRequest
from liulian.community.evidence import read_told
from liulian.community.telling import Result
from liulian.transfer.evidence import FAILURES_MAX, Sheet, ToldRow, told_rows
from liulian.transfer.reading import BrokenRow

PORTION = 500

Teller = Callable[[Sequence[Mapping[str, Any]]], Awaitable[list[Result]]]


@dataclass(slots=True)
class Report:
    """What became of the rows of a file. Of failures the first are kept."""

    rows: int = 0
    created: int = 0
    known: int = 0
    failed: int = 0
    failures: list[tuple[int, AppError]] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)

    def add(self, row: ToldRow, result: Result) -> None:
        """Count what became of one row."""
        self.rows += 1
        key = str(row.act.get("key"))
        if isinstance(result, InvalidRequest):
            self.fail(row.number, result)
        elif result.is_new and key not in self.keys:  # A dry run does not see that an earlier portion has the key.
            self.created += 1
            self.keys.add(key)
        else:
            self.known += 1

    def fail(self, number: int, error: AppError) -> None:
        """Count a row that failed."""
        self.failed += 1
        if len(self.failures) < FAILURES_MAX:
            self.failures.append((number, error))


async def take_file(sheet: Sheet, *, tell: Teller, now: datetime) -> Report:
    """Let `tell` have every row that can be read, and return what became of each."""
    report, rows = Report(), told_rows(sheet)
    while True:
        some, broken = await asyncio.to_thread(_portion, rows)
        await _take(some, report, tell=tell, now=now)
        if broken is not None:
            report.rows += 1
            report.fail(report.rows, broken)
        if broken is not None or len(some) < PORTION:
            return report


def _portion(rows: Iterator[ToldRow]) -> tuple[list[ToldRow], BrokenRow | None]:
    """Return the next rows, and the reason where the file cannot be read any further."""
    some: list[ToldRow] = []
    try:
        some.extend(islice(rows, PORTION))
    except BrokenRow as broken:
        return some, broken
    return some, None


async def _take(some: Sequence[ToldRow], report: Report, *, tell: Teller, now: datetime) -> None:
    sound = [row for row in some if not row.faults]
    results = iter(await tell([row.act for row in sound]) if sound else ())
    for row in some:
        report.add(row, _refusal(row, now=now) if row.faults else next(results))


def _refusal(row: ToldRow, *, now: datetime) -> InvalidRequest:
    """Return everything that is wrong with a row of which some cell cannot be read."""
    unread = {fault.field for fault in row.faults}
    others = (fault for fault in read_told(row.act, now=now).faults if fault.field not in unread)
    return InvalidRequest(errors=(*row.faults, *others))
