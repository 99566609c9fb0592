"""Rows of the table of clicks for tests: say what matters, the rest is filled in."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from liulian.base.clock import to_micros
from liulian.base.zones import LocalDays, day_of_number
from liulian.lake.schema import CLICKS, WORDS

SHANGHAI = ZoneInfo("Asia/Shanghai")


def a_row(at: str = "2026-11-22T12:00:00+08:00", **columns: Any) -> dict[str, Any]:
    """Return a human redirect of link 1 at an RFC 3339 instant, with the columns that are named."""
    at_us = to_micros(datetime.fromisoformat(at))
    row: dict[str, Any] = dict.fromkeys(WORDS, "")
    row |= {"spool": "aaaaaaaa-0001", "outcome": "redirect", "link_id": 1, "workspace_id": 0, "position": 0, "flags": 0}
    row |= {"day": day_of_number(LocalDays(SHANGHAI).number_of(at_us)), "happened_at": at_us, "visitor": 1}
    return row | columns


def click_table(rows: list[dict[str, Any]]) -> pa.Table:
    """Return rows as the table that is committed."""
    return pa.table({field.name: pa.array([row[field.name] for row in rows], field.type) for field in CLICKS}, CLICKS)
