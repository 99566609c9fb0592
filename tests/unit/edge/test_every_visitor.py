"""Both lanes say the same to every class of visitors, under every guard and audience: byte by byte."""

from itertools import product
from pathlib import Path

import pytest

from benches.differential import Judge
from benches.fuzz import compare
from liulian.links.audience import EVERYONE, Audience
from liulian.links.decide import Rules
from liulian.links.guard import GUARDABLE, NO_GUARD, Guard, Mode
from liulian.visitors.apps import EVERY_ROW
from liulian.visitors.recognise import recognise

APP_URL = "alipays://platformapi/startapp?appId=20000067&url=https%3A%2F%2Fexample.org%2Fa"
GUARDS = (
    NO_GUARD,
    *(Guard(mode=mode, apps=GUARDABLE, app_url=APP_URL) for mode in (Mode.GUIDE, Mode.PREVIEW, Mode.APP)),
    Guard(mode=Mode.APP, apps=frozenset({"webview"}), app_url="https://ulink.example.org/App"),
)
AUDIENCES = (
    EVERYONE,
    Audience(systems=frozenset({"Android", "HarmonyOS"})),
    Audience(forms=frozenset({"mobile"})),
    Audience(containers=frozenset({"browser"})),
    Audience(forms=frozenset({"mobile", "tablet"}), containers=frozenset({"wechat", "qq"})),
)
RULES = {
    f"rule-{number}": Rules(guard=guard, audience=audience)
    for number, (guard, audience) in enumerate(product(GUARDS, AUDIENCES))
}


def _user_agents() -> dict[int, bytes]:
    """Return a real user agent of every class of visitors that we have one of."""
    rows = (Path(__file__).parents[1] / "visitors" / "user_agents.tsv").read_text(encoding="utf-8").splitlines()
    sent = [row.rpartition("\t")[2].encode() for row in rows]
    return {recognise(user_agent).code: user_agent for user_agent in sent if user_agent}


def test_there_is_a_visitor_of_every_app() -> None:
    met = {recognise(user_agent).container for user_agent in _user_agents().values()}

    assert met == {app.id for app in EVERY_ROW}


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("suffix", ["", "/open"])
async def test_both_lanes_say_the_same_to_every_visitor_under_every_rule(language: str, suffix: str) -> None:
    judge = Judge(rules=RULES)

    for user_agent, slug in product(_user_agents().values(), RULES):
        head = f"GET /{slug}{suffix} HTTP/1.1\r\nHost: lnk.example.com\r\nAccept-Language: {language}\r\nUser-Agent: "
        assert await compare(judge, head.encode() + user_agent + b"\r\n\r\n"), (slug, user_agent)


async def test_preview_of_a_link_that_opens_an_app_says_so_to_everybody() -> None:
    in_app = next(slug for slug, rules in RULES.items() if rules.guard.app_url == APP_URL and rules.guard.mode == "app")
    judge = Judge(rules=RULES)

    for user_agent in _user_agents().values():
        head = f"GET /{in_app}+ HTTP/1.1\r\nHost: lnk.example.com\r\nUser-Agent: ".encode()
        ((_, body),) = (await judge.full(head + user_agent + b"\r\n\r\n")).wholes
        assert "支付宝 · example.org".encode() in body
