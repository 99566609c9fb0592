"""How long it takes to recognise a visitor: µs for each user agent, never seen before, and again from the cache.

Some 2,000 distinct user agents made like real ones (apps × devices × versions, as a Chinese audience has them) and the
real ones of the tests.
"""

import statistics
from collections.abc import Callable
from pathlib import Path
from time import perf_counter_ns
from typing import Any

from liulian.visitors.recognise import recognise, visitor_class_of

ROUNDS = 9
PHONES = ("Redmi K30 Build/RKQ1.200826.002", "V2055A Build/SP1A.210812.003", "PGT-AN10 Build/HONORPGT-AN10", "SM-S9180",
          "23113RKC6C Build/UKQ1.230804.001", "PFJM10 Build/TP1A.220905.001", "MI 8 Build/QKQ1.190910.002")  # fmt: skip
WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
APPLE = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_{m} like Mac OS X) "
WECHAT = "XWEB/{n} MMWEBSDK/20240404 Mobile Safari/537.36 MMWEBID/{n} MicroMessenger/8.0.{m}.2600(0x28003137) "
VIEWS = (
    WECHAT + "WeChat/arm64 Weixin NetType/WIFI Language/zh_CN ABI/arm64",
    "MQQBrowser/6.2 TBS/04{n} Mobile Safari/537.36 V1_AND_SQ_8.9.{m}_4548_YYB_D QQ/8.9.{m}.12275 NetType/WIFI",
    "Mobile Safari/537.36 aweme_{n} JsSdk/1.0 NetType/WIFI AppName/aweme app_version/{m}.4.0 ByteLocale/zh Region/CN",
    "KsWebView/1.8.90.{m} (rel) Mobile Safari/537.36 Yoda/3.1.7 ksNebula/12.5.{m}.{n} OS_PRO_BIT/64 NetType/WIFI",
    "Mobile Safari/537.36 Weibo (Xiaomi-M2012__weibo__13.{m}.0__android__android12)",
    "Mobile Safari/537.36 T7/12.24 SP-engine/2.36.0 baiduboxapp/12.{m}.0.10 (Baidu; P1 10) NABar/1.0",
    "Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/390.0.0.{m}.105;]",
    "Mobile Safari/537.36 VivoBrowser/{m}.9.71.0",
)
BROWSERS = (
    "Mozilla/5.0 (Linux; Android 14; Pixel {m}) " + WEBKIT + " Chrome/126.0.{n}.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) " + WEBKIT + " Chrome/126.0.{n}.{m} Safari/537.36 Edg/126.0.{n}.{m}",
    IPHONE + APPLE + " Version/17.{m} Mobile/15E148 Safari/604.{n}",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) " + APPLE + " Version/17.{m} Safari/605.1.{n}",
    "Mozilla/5.0 (Linux; U; Android 13; zh-CN; V{n}A) " + WEBKIT + " Quark/6.{m}.6.581 Mobile Safari/537.36",
    IPHONE + APPLE + " Mobile/15E148 MicroMessenger/8.0.{m}(0x1800{n}) NetType/WIFI Language/zh_CN",
    "Mozilla/5.0 (compatible; Baiduspider/2.{n}; +http://www.baidu.com/search/spider.html{m})",
)  # fmt: skip


def distinct_user_agents() -> list[bytes]:
    """Return all of them, no two alike."""
    android = "Mozilla/5.0 (Linux; Android {m}; {phone}; wv) " + WEBKIT + " Version/4.0 Chrome/116.0.{n}.{m} "
    made = [
        (android.replace("{phone}", phone) + view).replace("{n}", str(6000 + number)).replace("{m}", str(number))
        for phone in PHONES
        for view in VIEWS
        for number in range(9, 30)
    ]
    made += [
        page.replace("{n}", str(4000 + number)).replace("{m}", str(number))
        for page in BROWSERS
        for number in range(1, 120)
    ]
    samples = Path(__file__).parent.parent / "tests/unit/visitors/user_agents.tsv"
    made += [row.rsplit("\t", 1)[1] for row in samples.read_text(encoding="utf-8").splitlines()]
    return [user_agent.encode() for user_agent in dict.fromkeys(made)]


def microseconds_each(function: Callable[[bytes], object], user_agents: list[bytes]) -> list[float]:
    """Return, for each user agent, the least of ROUNDS single calls in µs, less what measuring itself costs."""
    best = [10**9] * len(user_agents)
    for _ in range(ROUNDS):
        for index, user_agent in enumerate(user_agents):
            # A new object: the hash of a bytes object is remembered in it, and a request never brings the same object.
            fresh = bytes(bytearray(user_agent))
            before = perf_counter_ns()
            function(fresh)
            best[index] = min(best[index], perf_counter_ns() - before)
    empty = min(-perf_counter_ns() + perf_counter_ns() for _ in range(1000))
    return [(nanoseconds - empty) / 1000 for nanoseconds in best]


def run(*, smoke: bool) -> dict[str, Any]:
    """Return µs for each user agent, uncached and cached. Takes seconds either way."""
    user_agents = distinct_user_agents()[: 200 if smoke else None]
    uncached = sorted(microseconds_each(recognise, user_agents))
    cached = microseconds_each(visitor_class_of, user_agents)
    return {
        "user_agents": len(user_agents),
        "bytes_median": statistics.median(map(len, user_agents)),
        "uncached_us_median": round(statistics.median(uncached), 2),
        "uncached_us_p95": round(uncached[int(len(uncached) * 0.95)], 2),
        "uncached_us_mean": round(statistics.mean(uncached), 2),
        "cached_us_median": round(statistics.median(cached), 2),
    }
