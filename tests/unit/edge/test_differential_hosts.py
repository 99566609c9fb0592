"""Several hosts on one server: both lanes lead each to its own links, and show its own numbers and addresses."""

import pytest

from benches.differential import Judge
from benches.fuzz import compare
from liulian.base.ids import DomainId, LinkId
from liulian.base.imprint import Imprint
from liulian.edge.pages import LinkPages
from liulian.links.decide import Rules
from liulian.links.domain_model import ServedDomain
from liulian.links.guard import GUARDABLE, Guard, Mode
from liulian.links.model import Target

BASE, FIRST, SECOND = "lnk.example.com", "go.example.net", "go.example.org"
SHOWN = Rules(guard=Guard(mode=Mode.PREVIEW, apps=GUARDABLE))
WECHAT = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) Mobile/15E148 MicroMessenger/8.0.49"
HOSTS = [BASE, f"{BASE}:443", "127.0.0.1:8000", FIRST, f"{FIRST}:8443", "GO.example.NET.", SECOND, "evil.example.info"]


def a_head(host: str, path: str, *, agent: str = "curl/8.5.0") -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {agent}\r\n\r\n".encode()


def a_judge(*, base_url: str | None = f"https://{BASE}") -> Judge:
    """Return a judge of an installation with two domains, each with a link `abcdefg` and a page `shown` of its own."""
    own = Imprint(operator="Somebody", icp_number="own number")
    judge = Judge(pages=LinkPages(base_url=base_url, imprint=own))
    judge.lane.hosts.base_host = BASE if base_url else None
    judge.lane.take_domains(
        [
            ServedDomain(id=DomainId(7), host=FIRST, icp_number="first number"),
            ServedDomain(id=DomainId(8), host=SECOND, not_found_destination="https://example.com/lost"),
        ]
    )
    targets = [
        Target(
            link_id=LinkId(domain * 100 + number),
            workspace_id=domain,
            domain_id=DomainId(domain),
            path=path,
            destination=f"https://example.com/{domain}",
            rules=rules,
        )
        for domain in (7, 8)
        for number, (path, rules) in enumerate([(b"/abcdefg", None), (b"/shown", SHOWN)])
    ]
    judge.lane.routes.start_warming()
    judge.lane.routes.warm(targets)
    judge.lane.routes.end_warming()
    return judge


@pytest.mark.parametrize("base_url", [f"https://{BASE}", None])
@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("path", ["/abcdefg", "/shown", "/nothing", "/abcdefg/open", "/over", "/"])
async def test_both_lanes_say_the_same_under_every_name(host: str, path: str, base_url: str | None) -> None:
    judge = a_judge(base_url=base_url)

    for agent in ("curl/8.5.0", WECHAT):
        await compare(judge, a_head(host, path, agent=agent))


@pytest.mark.parametrize(
    ("host", "destination", "link_id"),
    [
        (BASE, b"https://example.com/1?a=b#c", 1),
        ("127.0.0.1:8000", b"https://example.com/1?a=b#c", 1),
        (FIRST, b"https://example.com/7", 700),
        ("GO.example.NET.:8443", b"https://example.com/7", 700),
        (SECOND, b"https://example.com/8", 800),
    ],
)
async def test_one_slug_leads_to_another_place_on_each_domain(host: str, destination: bytes, link_id: int) -> None:
    judge = a_judge()

    fast = judge.fast(a_head(host, "/abcdefg"))

    assert fast is not None
    assert fast.answers == [(302, destination)]
    assert [record[0] for record in fast.records] == [link_id]


async def test_a_page_names_the_numbers_and_the_address_of_its_domain() -> None:
    judge = a_judge()

    first, second = (judge.fast(a_head(host, "/shown", agent=WECHAT)) for host in (FIRST, SECOND))

    assert first is not None
    assert second is not None
    (_, page), (_, other) = first.wholes[0], second.wholes[0]
    assert b"first number" in page
    assert b"own number" not in page + other
    assert b"https%3A%2F%2Fgo.example.net%2Fshown" in page
    assert b"https%3A%2F%2Fgo.example.org%2Fshown" in other


async def test_a_page_follows_when_its_domain_gets_another_number() -> None:
    judge = a_judge()
    judge.fast(a_head(FIRST, "/shown", agent=WECHAT))

    judge.lane.take_domains([ServedDomain(id=DomainId(7), host=FIRST, icp_number="another number")])

    shown = judge.fast(a_head(FIRST, "/shown", agent=WECHAT))
    assert shown is not None
    assert b"another number" in shown.wholes[0][1]


async def test_a_name_that_is_none_of_ours_is_left_to_the_full_side_and_recorded_nowhere() -> None:
    judge = a_judge()
    head = a_head("evil.example.info", "/abcdefg")

    assert judge.fast(head) is None
    full = await judge.full(head)

    assert full.answers == [(404, None)]
    assert full.records == []


async def test_an_unknown_slug_leads_where_its_domain_says_and_is_no_click() -> None:
    judge = a_judge()

    full = await judge.full(a_head(SECOND, "/nothing"))

    assert full.answers == [(302, b"https://example.com/lost")]
    assert full.records == []
