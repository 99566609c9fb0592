"""The slow lane: a link's answer for whatever the fast lane leaves alone, over a real database and a real spool."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest

from liulian.accounts.people import DEFAULT_WORKSPACE
from liulian.base.i18n import Language
from liulian.base.ids import DomainId, LinkId
from liulian.base.imprint import NO_IMPRINT, Imprint
from liulian.base.meters import Meter, Meters
from liulian.base.net import TrustedProxies
from liulian.clicks.outcome import Outcome
from liulian.clicks.spool_reader import Record, SpoolReader
from liulian.clicks.spool_slot import claim_slot
from liulian.clicks.spool_writer import SpoolWriter
from liulian.edge.lane import Lane, Limits
from liulian.edge.pages import LinkPages
from liulian.edge.routes import Routes
from liulian.interstitials.pages import PAGE_POLICY, not_found_page, unavailable_page
from liulian.links.model import Target
from liulian.safety.budget import MISSES_MAX
from liulian.storage.database import Database
from liulian.storage.targets import TargetReader
from liulian.visitors.recognise import recognise
from liulian.web.process import nothing_here
from liulian.web.redirect import LinkLane
from tests.databases import opened
from tests.store.a_link import a_link

WECHAT = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) Mobile/15E148 MicroMessenger/8.0.49"
BROWSER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36"
CURL = "curl/8.5.0"
DESTINATION = "https://example.com/landing?a=b#c"


@dataclass(slots=True)
class CountingStore:
    """The real store; counts the questions."""

    database: Database
    asked: list[str] = field(default_factory=list)

    async def find(self, *, domain_id: DomainId, slug: str) -> Target | None:
        self.asked.append(slug)
        return await TargetReader(self.database).find(domain_id=domain_id, slug=slug)


class SlowLane:
    """A slow lane before an application that has nothing, with a client and everything that was recorded."""

    def __init__(
        self,
        database: Database,
        folder: Path,
        *,
        base_url: str | None = None,
        proxies: str = "",
        imprint: Imprint = NO_IMPRINT,
    ) -> None:
        self.meters = Meters.unshared()
        self._folder = folder
        self._spool = SpoolWriter(claim_slot(folder), meters=self.meters, segment_bytes=1 << 20)
        self.store = CountingStore(database)
        lane = Lane(
            routes=Routes(routes_max=100, meters=self.meters),
            spool=self._spool,
            meters=self.meters,
            limits=Limits(),
            base_host=base_url.partition("://")[2] if base_url else None,
            pages=LinkPages(base_url=base_url, proxies=TrustedProxies.parse(proxies), imprint=imprint),
        )
        application: Any = LinkLane(nothing_here, lane=lane, source=self.store)
        transport = httpx2.ASGITransport(app=application, client=("203.0.113.9", 40_000))
        self.client = httpx2.AsyncClient(transport=transport, base_url="http://lnk.example.com")

    async def get(self, path: str, *, method: str = "GET", **headers: str) -> httpx2.Response:
        """Send one request; header names are written with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.request(method, path, headers={"user-agent": CURL} | named)

    @property
    def records(self) -> list[Record]:
        return SpoolReader(self._folder, self._spool.slot.spool_id).read(0, limit=100).records

    @property
    def outcomes(self) -> list[Outcome]:
        return [Outcome(record.outcome) for record in self.records]


@pytest.fixture
async def lane(database: Database, tmp_path: Path) -> AsyncIterator[SlowLane]:
    await make_link(database, "abc")
    lane = SlowLane(database, tmp_path / "spool")
    async with lane.client:
        yield lane


async def make_link(database: Database, slug: str) -> None:
    async with database.write() as tx:
        await tx.links.add([a_link(id=LinkId(7), slug=slug, destination=DESTINATION)])


async def test_a_known_link_is_a_redirect_that_nobody_may_keep(lane: SlowLane) -> None:
    answer = await lane.get("/abc?from=timeline&isappinstalled=0")

    assert answer.status_code == 302
    assert answer.headers["location"] == DESTINATION
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["content-length"] == "0"
    assert answer.content == b""


async def test_a_redirect_is_recorded_with_everything_the_ingester_needs(lane: SlowLane) -> None:
    await lane.get("/abc?from=timeline", user_agent=WECHAT, x_forwarded_for="198.51.100.7")

    (record,) = lane.records
    assert (record.link_id, record.workspace_id, record.outcome) == (7, DEFAULT_WORKSPACE, Outcome.REDIRECT)
    assert record.visitor_class == recognise(WECHAT.encode()).code
    assert record.address == bytes([203, 0, 113, 9])
    lines = record.head.split(b"\r\n")
    assert lines[0] == b"GET /abc?from=timeline HTTP/1.1"
    assert f"user-agent: {WECHAT}".encode() in lines
    assert b"x-forwarded-for: 198.51.100.7" in lines
    assert record.head.endswith(b"\r\n\r\n")


@pytest.mark.parametrize(
    ("method", "path", "status", "outcome"),
    [
        ("GET", "/abc", 302, Outcome.REDIRECT),
        ("GET", "/abc/", 302, Outcome.REDIRECT),
        ("GET", "/abc/open", 302, Outcome.OPEN),
        ("GET", "/abc+", 200, Outcome.PREVIEW),
        ("GET", "/abc%2B", 200, Outcome.PREVIEW),
        ("HEAD", "/abc", 302, Outcome.HEAD),
        ("HEAD", "/abc/open", 302, Outcome.HEAD),
        ("HEAD", "/abc+", 200, Outcome.HEAD),
    ],
)
async def test_every_answer_has_its_outcome(
    lane: SlowLane, method: str, path: str, status: int, outcome: Outcome
) -> None:
    answer = await lane.get(path, method=method)

    assert answer.status_code == status
    assert lane.outcomes == [outcome]


async def test_head_says_what_get_says_without_a_body(lane: SlowLane) -> None:
    for path in ("/abc", "/abc+", "/unknown"):
        head, get = await lane.get(path, method="HEAD"), await lane.get(path)

        assert (head.status_code, dict(head.headers)) == (get.status_code, dict(get.headers))
        assert head.content == b""


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("path", ["/abc", "/abc/open", "/abc+", "/unknown"])
async def test_a_link_can_only_be_read(lane: SlowLane, method: str, path: str) -> None:
    answer = await lane.get(path, method=method)

    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"
    assert lane.outcomes == []


@pytest.mark.parametrize("user_agent", [WECHAT, BROWSER, CURL, ""])
async def test_the_preview_page_is_the_same_for_everybody(lane: SlowLane, user_agent: str) -> None:
    answer = await lane.get("/abc+", user_agent=user_agent, accept_language="en")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["content-security-policy"] == PAGE_POLICY
    assert "example.com" in answer.text
    assert 'href="http://lnk.example.com/abc/open"' in answer.text
    assert lane.outcomes == [Outcome.PREVIEW]


async def test_the_preview_page_names_the_public_address(database: Database, tmp_path: Path) -> None:
    await make_link(database, "茶饮")
    lane = SlowLane(database, tmp_path / "spool", base_url="https://lnk.example.com")

    async with lane.client:
        answer = await lane.get("/茶饮+")

    assert 'href="https://lnk.example.com/%E8%8C%B6%E9%A5%AE/open"' in answer.text


async def test_pages_name_the_numbers_under_which_the_site_is_filed(database: Database, tmp_path: Path) -> None:
    await make_link(database, "abc")
    lane = SlowLane(database, tmp_path / "spool", imprint=Imprint(icp_number="京ICP备12345678号-1"))

    async with lane.client:
        pages = [await lane.get(path) for path in ("/abc+", "/nobody")]

    assert [page.status_code for page in pages] == [200, 404]
    for page in pages:
        assert '<a href="https://beian.miit.gov.cn/" rel="noreferrer">京ICP备12345678号-1</a>' in page.text


@pytest.mark.parametrize(("proxies", "scheme"), [("203.0.113.0/24", "https"), ("", "http"), ("loopback", "http")])
async def test_only_our_own_proxy_is_believed_about_the_scheme(
    database: Database, tmp_path: Path, proxies: str, scheme: str
) -> None:
    await make_link(database, "abc")
    lane = SlowLane(database, tmp_path / "spool", proxies=proxies)

    async with lane.client:
        answer = await lane.get("/abc+", x_forwarded_proto="https")

    assert f'href="{scheme}://lnk.example.com/abc/open"' in answer.text


@pytest.mark.parametrize("host", ["[::1", "a b", "me@evil.example", "evil.example/x", '"><script>', "a" * 300])
async def test_a_host_that_is_none_is_not_repeated(lane: SlowLane, host: str) -> None:
    answer = await lane.get("/abc+", host=host)

    assert answer.status_code == 200
    assert 'href="http://localhost/abc/open"' in answer.text


@pytest.mark.parametrize(("accepted", "language"), [("zh-CN", Language.ZH), ("en-GB", Language.EN)])
async def test_an_unknown_slug_is_a_friendly_page_in_the_reader_s_language(
    lane: SlowLane, accepted: str, language: Language
) -> None:
    answer = await lane.get("/nobody", accept_language=accepted)

    assert answer.status_code == 404
    assert answer.content == not_found_page(language)
    assert answer.headers["vary"] == "user-agent, accept-language"
    assert lane.outcomes == []
    assert lane.meters.counts[Meter.UNKNOWN_SLUGS] == 1


@pytest.mark.parametrize("path", ["/nobody", "/nobody+", "/nobody/open", "/abc/other", "/abc%00", "/ABC"])
async def test_nothing_is_recorded_for_what_is_no_link(lane: SlowLane, path: str) -> None:
    answer = await lane.get(path)

    assert answer.status_code == 404
    assert lane.outcomes == []


async def test_an_unknown_slug_is_asked_of_the_database_once(lane: SlowLane) -> None:
    for path in ("/nobody", "/nobody", "/nobody+", "/nobody/open", "/%6Eobody"):
        assert (await lane.get(path)).status_code == 404

    assert lane.store.asked == ["nobody"]


async def test_what_cannot_be_a_slug_is_not_asked_of_the_database(lane: SlowLane) -> None:
    for path in ("/abc.html", "/abc/other", "/" + "a" * 129, "/%ff"):
        assert (await lane.get(path)).status_code == 404

    assert lane.store.asked == []


async def test_a_host_that_is_none_of_ours_gets_the_page_of_no_link(database: Database, tmp_path: Path) -> None:
    await make_link(database, "abc")
    lane = SlowLane(database, tmp_path / "spool", base_url="https://lnk.example.com")

    async with lane.client:
        ours = [await lane.get("/abc", host=host) for host in ("lnk.example.com", "LNK.example.com:443", "127.0.0.1")]
        foreign = [await lane.get(path, host="evil.example.net", accept_language="en") for path in ("/abc", "/nobody")]
        asked_by_foreigners = lane.store.asked[1:]
        unknown = await lane.get("/nobody", accept_language="en")

    assert [answer.status_code for answer in ours] == [302] * 3
    for answer in foreign:
        assert (answer.status_code, answer.content, dict(answer.headers)) == (
            404,
            unknown.content,
            dict(unknown.headers),
        )
    assert lane.outcomes == [Outcome.REDIRECT] * 3
    assert asked_by_foreigners == []


async def test_a_database_that_is_away_is_said_and_tried_again(tmp_path: Path) -> None:
    async with opened(f"sqlite:///{tmp_path / 'nowhere' / 'liulian.db'}") as database:
        lane = SlowLane(database, tmp_path / "spool")
        async with lane.client:
            answers = [await lane.get("/abc", accept_language="en") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [503, 503]
    assert [answer.headers["retry-after"] for answer in answers] == ["2", "2"]
    assert answers[0].content == unavailable_page(Language.EN)
    assert answers[0].headers["cache-control"] == "private, no-store"
    assert lane.outcomes == []
    assert lane.store.asked == ["abc", "abc"]


async def test_a_link_that_is_known_is_answered_while_the_database_is_away(lane: SlowLane) -> None:
    await lane.get("/abc")
    await lane.store.database.close()
    assert lane.store.database.url.database is not None
    Path(lane.store.database.url.database).unlink()

    assert [(await lane.get(path)).status_code for path in ("/abc", "/abc/open", "/abc+")] == [302, 302, 200]
    assert lane.store.asked == ["abc"]


@pytest.mark.parametrize("path", ["/", "/api/v1/links", "/metrics", "/favicon.ico"])
async def test_what_is_no_link_belongs_to_the_application(lane: SlowLane, path: str) -> None:
    answer = await lane.get(path)

    assert answer.status_code == 404
    assert answer.content == b""
    assert lane.store.asked == []


async def test_of_a_header_that_comes_twice_the_later_one_counts(lane: SlowLane) -> None:
    answer = await lane.client.get("/abc", headers=[("user-agent", CURL), ("user-agent", WECHAT)])

    assert answer.status_code == 302
    assert lane.records[0].visitor_class == recognise(WECHAT.encode()).code


async def test_a_head_of_any_size_is_recorded_within_its_limit(lane: SlowLane) -> None:
    answer = await lane.get("/abc", x_long="a" * 20_000)

    assert answer.status_code == 302
    (record,) = lane.records
    assert len(record.head) <= 16_384
    assert record.head.endswith(b"\r\n\r\n")


async def test_who_guesses_slugs_is_asked_to_wait_and_costs_the_database_nothing(lane: SlowLane) -> None:
    assert (await lane.get("/abc")).status_code == 302
    for number in range(MISSES_MAX):
        assert (await lane.get(f"/guess{number}")).status_code == 404
    asked = len(lane.store.asked)

    answer = await lane.get("/onemore")

    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1
    assert len(lane.store.asked) == asked
    assert (await lane.get("/abc")).status_code == 302, "a link that is known opens all the same"


async def test_page_of_an_unknown_slug_speaks_the_language_that_was_chosen(lane: SlowLane) -> None:
    chosen = await lane.get("/unknown", cookie="a=b; lang=en", accept_language="zh-CN")
    nonsense = await lane.get("/unknown", cookie="lang=;;=x", accept_language="en")

    assert chosen.content == not_found_page(Language.EN)
    assert nonsense.content == not_found_page(Language.EN)


async def test_page_of_a_link_is_the_same_with_and_without_the_cookie_as_in_the_fast_lane(lane: SlowLane) -> None:
    pages = [await lane.get("/abc+", accept_language="zh-CN", **more) for more in ({}, {"cookie": "lang=en"})]

    assert pages[0].content == pages[1].content
