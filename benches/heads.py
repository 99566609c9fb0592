"""Realistic request heads, all different, so that no cache keyed on a whole head can flatter a figure."""

import random
from collections.abc import Sequence

_PHONES = ("Pixel 8", "SM-S9110", "22041211AC", "V2304A", "PGT-AN10", "RMX3800", "ALN-AL80", "2312DRA50C")
_AGENTS = (
    (
        "Mozilla/5.0 (Linux; Android {major}; {phone} Build/TP1A.{build}; wv) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Version/4.0 Chrome/{chrome}.0.0.0 XWEB/{xweb} MMWEBSDK/2024{day:04d} Mobile Safari/537.36 MMWEBID/{id} "
        "MicroMessenger/8.0.{minor}.2600(0x28003{minor:02x}3F) WeChat/arm64 Weixin NetType/{net} Language/zh_CN "
        "ABI/arm64"
    ),
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS {ios}_{minor} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
        "Mobile/15E148 MicroMessenger/8.0.{minor}(0x18003{minor:02x}) NetType/{net} Language/zh_CN"
    ),
    (
        "Mozilla/5.0 (Linux; Android {major}; {phone}) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/{chrome}.0.{id}.{minor} Mobile Safari/537.36"
    ),
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/{chrome}.0.{id}.{minor} Safari/537.36 Edg/{chrome}.0.{id}.{minor}"
    ),
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS {ios}_{minor} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
        "Version/{ios}.{minor} Mobile/15E148 Safari/604.1"
    ),
)
WECHAT_AGENTS = tuple(agent for agent in _AGENTS if "MicroMessenger" in agent)
_LANGUAGES = ("zh-CN,zh;q=0.9", "zh-CN,zh-Hans;q=0.9", "en-US,en;q=0.9", "zh-TW,zh;q=0.8,en;q=0.6", "ja,en;q=0.7")
_QUERIES = (
    "",
    "",
    "",
    "?from=timeline&isappinstalled=0",
    "?from=groupmessage",
    "?utm_source=poster&utm_campaign=spring",
)


def make_heads(
    paths: Sequence[bytes], *, count: int, close: bool, seed: int = 1, agents: Sequence[str] = _AGENTS
) -> list[bytes]:
    """Return `count` different heads for random paths: other agents, languages, addresses, header order."""
    chance = random.Random(seed)
    return [_head(chance, chance.choice(paths), agents, close=close) for _ in range(count)]


def _head(chance: random.Random, path: bytes, agents: Sequence[str], *, close: bool) -> bytes:
    target = path.decode() + chance.choice(_QUERIES)
    optional = [
        f"User-Agent: {_agent(chance, agents)}",
        "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
        f"Accept-Language: {chance.choice(_LANGUAGES)}",
        "Accept-Encoding: gzip, deflate, br",
        f"X-Forwarded-For: {_address(chance)}",
        "Upgrade-Insecure-Requests: 1",
    ]
    chance.shuffle(optional)
    if close:
        optional.append("Connection: close")
    return "\r\n".join([f"GET {target} HTTP/1.1", "Host: lnk.example.com", *optional, "", ""]).encode()


def _agent(chance: random.Random, agents: Sequence[str]) -> str:
    return chance.choice(agents).format(
        major=chance.randint(9, 15),
        phone=chance.choice(_PHONES),
        build=chance.randint(210_000, 249_999),
        chrome=chance.randint(86, 130),
        xweb=chance.randint(1_000, 9_999),
        day=chance.randint(101, 1_231),
        id=chance.randint(1_000, 9_999),
        minor=chance.randint(1, 59),
        ios=chance.randint(14, 18),
        net=chance.choice(("WIFI", "4G", "5G")),
    )


def _address(chance: random.Random) -> str:
    return f"{chance.randint(11, 223)}.{chance.randint(0, 255)}.{chance.randint(0, 255)}.{chance.randint(1, 254)}"
