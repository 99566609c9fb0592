"""What journeys have in common: visitors with user agents of their own, and the statistics they leave."""

import http.client
import urllib.error
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from tests.installation import Installation

WECHAT = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Mobile/15E148 MicroMessenger/8.0.49(0x18003130) NetType/WIFI Language/zh_CN"
)
BROWSER = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"
)
CURL = "curl/8.5.0"
SEEN_S = 3.0  # A promise of the product: a click is in the statistics within this time.
EDIT_S = 2.0  # How long a journey waits for an edit; how soon it comes is measured in test_edit_is_seen.py.


@dataclass(slots=True)
class Visitor:
    """Somebody with a user agent and one kept connection."""

    installation: Installation
    user_agent: str
    connection: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.installation.port, timeout=10)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def ask(self, path: str, *, method: str = "GET", **headers: str) -> tuple[int, str | None]:
        """Send one request; return status and location. Header names are written with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request(method, path, headers={"User-Agent": self.user_agent} | named)
        answer = self.connection.getresponse()
        answer.read()
        return answer.status, answer.headers["Location"]


def noon_zone() -> str:
    """Return a time zone in which it is about noon: no journey crosses midnight, where visitors are counted anew."""
    hour = datetime.now(UTC).hour
    return f"Etc/GMT{hour - 12:+d}"


@contextmanager
def started(folder: Path, *, workers: int = 2, **settings: str) -> Iterator[Installation]:
    """Give a running program, and end it; nobody may be left."""
    installation = Installation(folder / "data", workers=workers, LIULIAN_TIME_ZONE=noon_zone(), **settings)
    try:
        installation.start()
        yield installation
    finally:
        installation.stop()
    assert installation.processes() == []


def stats_of(installation: Installation, link: dict[str, Any], query: str = "") -> dict[str, Any]:
    """Return the statistics of a stranger's link."""
    path = f"/api/v1/links/{link['id']}/stats{query}"
    found: dict[str, Any] = installation.request(path, token=link["manage_token"])
    return found


def wait_for_requests(installation: Installation, link: dict[str, Any], count: int) -> dict[str, Any]:
    """Return the statistics as soon as they hold so many requests; at the latest when they must."""
    found: list[dict[str, Any]] = [{"outcomes": {}}]

    def has_come() -> bool:
        try:
            found.append(stats_of(installation, link))
        except urllib.error.HTTPError as refusal:
            refusal.close()
            if refusal.code != 503:  # The query process may still be starting; nothing else may be wrong.
                raise
        outcomes: dict[str, int] = found[-1]["outcomes"]
        return sum(outcomes.values()) >= count

    try:
        installation.wait_until(has_come, limit_s=SEEN_S)
    except TimeoutError:
        raise AssertionError(f"{count} requests, and after {SEEN_S} s only {found[-1]['outcomes']}") from None
    return found[-1]


def counts(values: list[dict[str, Any]]) -> dict[str, tuple[int, int, int]]:
    """Return a breakdown as value → (clicks, human clicks, visitors)."""
    return {value["value"]: (value["clicks"], value["human_clicks"], value["visitors"]) for value in values}
