"""Ask WeChat's and WeCom's servers, and understand how they answer. Shared by both; decides nothing.

Both answer 200 with JSON whose `errcode` tells what went wrong; under load also HTML, half an answer, or none. Each
number means one of five things to whoever waits before a page: the code is spent, we are set up wrongly, they are busy,
we asked too often, this person may not. Numbers and secrets stay in the log's reason and never reach a page.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from liulian.base.errors import AppError
from liulian.base.log import logger

TIMEOUT_S = 8.0
ANSWER_BYTES_MAX = 64 * 1024  # Theirs have under 2 KB.
# A token is renewed this long before it ends: what is asked with it takes time, too.
RENEWED_BEFORE = timedelta(minutes=5)


class Trouble(StrEnum):
    """What an error number means to whoever waits."""

    CODE = "code"
    SETUP = "setup"
    BUSY = "busy"
    OFTEN = "often"
    NOBODY = "nobody"
    TOKEN = "token"  # noqa: S105 - A word. The token we keep has ended early: asked for anew, once.


class ElsewhereFailed(AppError):
    """A server elsewhere did not say who somebody is."""

    status, code = 502, "elsewhere_failed"


class CodeSpent(ElsewhereFailed):
    """The code by which they tell us who it is was used, or is too old: it is good once, for five minutes."""

    status, code = 410, "elsewhere_code_spent"


class SetUpWrongly(ElsewhereFailed):
    """An account of ours is set up wrongly: its secret, its domain, its addresses. The operator must see to it."""

    status, code = 502, "elsewhere_set_up_wrongly"


class Busy(ElsewhereFailed):
    """They do not answer, or say that they are busy."""

    status, code = 503, "elsewhere_busy"


class AskedTooOften(ElsewhereFailed):
    """They count how often we ask, and have had enough for now."""

    status, code = 503, "elsewhere_too_often"


class NotTheirs(ElsewhereFailed):
    """They know nobody here: not signed in, not allowed to see the app, or only looking at a preview."""

    status, code = 403, "elsewhere_nobody"


_FAILURES: dict[Trouble, type[ElsewhereFailed]] = {
    Trouble.CODE: CodeSpent,
    Trouble.SETUP: SetUpWrongly,
    Trouble.BUSY: Busy,
    Trouble.OFTEN: AskedTooOften,
    Trouble.NOBODY: NotTheirs,
    Trouble.TOKEN: Busy,
}


class TokenEnded(Exception):
    """A token that we kept ended before its time."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Something they gave us for a while: a token, a ticket."""

    value: str
    until: datetime


def failed(trouble: Trouble, reason: str) -> ElsewhereFailed:
    """Say in the log what was wrong, and return what a page is told."""
    logger.warning("elsewhere_failed", trouble=trouble.value, reason=reason)
    return _FAILURES[trouble]()


async def ask(
    url: str, *, query: dict[str, str], troubles: dict[int, Trouble], sent: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Return the members of an answer without error. Raises ElsewhereFailed, and TokenEnded."""
    import httpx2

    try:
        async with httpx2.AsyncClient(timeout=TIMEOUT_S, trust_env=False, follow_redirects=False) as client:
            answer = await client.request("GET" if sent is None else "POST", url, params=query, json=sent)
        members = answer.json() if len(answer.content) <= ANSWER_BYTES_MAX else None
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as problem:  # Silence, HTML, half of an answer.
        raise failed(Trouble.BUSY, type(problem).__name__) from problem
    if not isinstance(members, dict):
        raise failed(Trouble.BUSY, f"status_{answer.status_code}")
    number = members.get("errcode") or 0
    if number:
        trouble = troubles.get(number, Trouble.SETUP) if isinstance(number, int) else Trouble.BUSY
        if trouble is Trouble.TOKEN:
            raise TokenEnded
        raise failed(trouble, f"errcode_{number}")
    if answer.status_code != httpx2.codes.OK:
        raise failed(Trouble.BUSY, f"status_{answer.status_code}")
    return members


def text_in(members: dict[str, Any], name: str) -> str:
    """Return a text that an answer must have. Raises Busy for half an answer."""
    value = members.get(name)
    if not isinstance(value, str) or not value:
        raise failed(Trouble.BUSY, f"no_{name}")
    return value


def kept_until(members: dict[str, Any], *, now: datetime) -> datetime:
    """Return until when something is used that they gave us for `expires_in` seconds."""
    lasts = members.get("expires_in")
    seconds = lasts if isinstance(lasts, int) and 0 < lasts <= 7 * 24 * 3600 else 0
    return now + max(timedelta(seconds=seconds) - RENEWED_BEFORE, timedelta())
