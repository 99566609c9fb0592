"""Turn good request heads into odd ones: the mistakes of clients, proxies and attackers, in random company."""

import random
from collections.abc import Callable

from benches.differential import RULES, SLUGS
from benches.heads import make_heads
from liulian.links.slugs import slug_path

_SPLINTERS = (
    b"\r",
    b"\n",
    b"\r\n",
    b"\r\n\r\n",
    b"\0",
    b" ",
    b"\t",
    b":",
    b"#",
    b"?",
    b"%",
    b"%2F",
    b"%00",
    b"%E8",
    b"+",
    b"/",
    b"//",
    b"/open",
    b"/../",
    b"\x7f",
    b"\x01",
    b"\xff",
    b"\xe8\x8c\xb6",
    b"http://lnk.example.com",
    b"http://evil.example",
    b"HTTP/1.1",
    b"HTTP/1.0",
    b"HTTP/2.0",
    b"http/1.1",
    b"\x0b",
    b"\x0c",
    b"\x85",
    b"\xa0",
    b"@",
    b"\\",
    b'"',
    b"<",
    b"{",
    b"|",
    b"~",
    b"^",
    b"`",
)
_LINES = (
    b"Host: other.example",
    b"host: lnk.example.com",
    b"HOST: x",
    b"Host:",
    b"Host: ",
    b"Host: a b",
    b"Host: a,b",
    b"Host: [::1]:8000",
    b"Host: \xe7\x95\x99",
    b"Content-Length: 0",
    b"Content-Length: 5",
    b"content-length: 5, 5",
    b"Content-Length: +1",
    b"Transfer-Encoding: chunked",
    b"Transfer-Encoding: identity",
    b"Connection: close",
    b"Connection: keep-alive, Upgrade",
    b"connection: CLOSE",
    b"Connection: keep-alive",
    b"Connection:",
    b"Proxy-Connection: close",
    b"Upgrade: websocket",
    b"Upgrade: h2c",
    b"Expect: 100-continue",
    b"Expect: x",
    b" folded: yes",
    b"\tfolded",
    b"no-colon",
    b": no name",
    b"Bad Name: x",
    b"Name : x",
    b"X-\x01: y",
    b"X: \x00",
    b"X: \x7f",
    b"X: \xff",
    b"User-Agent: curl/8.5.0",
    b"user-agent: Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) MicroMessenger/8.0.49",
    b"User-Agent:",
    b"Accept-Language: en",
    b"accept-language:\tzh-CN;q=0.3, en-GB;q=0.8 ",
    b"Accept-Language: \xff\xfe, *;q=x",
    b"X-Forwarded-Proto: https",
    b"Keep-Alive: timeout=5",
    b"Trailer: x",
    b"TE: trailers",
    b"X-Long: " + b"a" * 17_000,
    b"HTTP2-Settings: AAMAAABk",
)
_TARGETS = (
    b"/nothing",
    b"/",
    b"*",
    b"/abcdefg/",
    b"/abcdefg/open",
    b"/abcdefg+",
    b"/abcdefg/open/",
    b"/%61bcdefg",
    b"/abcdefg%2B",
    b"//abcdefg",
    b"/abcdefg?",
    b"/abcdefg?a=b?c#d",
    b"/abcdefg#x",
    b"/ABCDEFG",
    b"/api/v1/links",
    b"abcdefg",
    b"/abcdefg;x",
    b"http://lnk.example.com/abcdefg",
    b"http://other.example/abcdefg",
    b"/%E8%8C%B6%E9%A5%AE",
    b"/%e8%8c%b6%e9%a5%ae",
    b"/\xe8\x8c\xb6\xe9\xa5\xae",
    b"/abcdefg\\",
    b"/abcdefg?\xff",
    b"/abcdefg?\x7f",
    b"/abcdefg?a b",
    b"/abcdefg/openx",
)
_METHODS = (b"HEAD", b"POST", b"PUT", b"OPTIONS", b"CONNECT", b"get", b"GETT", b"TRACE", b"PRI", b"")


class Mutator:
    """An endless source of heads; the same seed gives the same ones."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._good = make_heads([slug_path(slug) for slug in (*SLUGS, *RULES)], count=150, close=False, seed=seed)
        self._ways: tuple[Callable[[bytes], bytes], ...] = (
            self._insert,
            self._delete,
            self._flip,
            self._add_line,
            self._swap_lines,
            self._change_case,
            self._change_target,
            self._change_method,
            self._cut,
            self._join,
            self._repeat_line,
        )

    def head(self) -> bytes:
        """Return a head with none to four things changed."""
        head = self._chance.choice(self._good)
        for _ in range(self._chance.choice((0, 1, 1, 1, 2, 2, 3, 4))):
            head = self._chance.choice(self._ways)(head)
        return head

    def _place(self, head: bytes) -> int:
        return self._chance.randint(0, len(head))

    def _insert(self, head: bytes) -> bytes:
        at = self._place(head)
        return head[:at] + self._chance.choice(_SPLINTERS) + head[at:]

    def _delete(self, head: bytes) -> bytes:
        at = self._place(head)
        return head[:at] + head[at + self._chance.choice((1, 1, 2, 20)) :]

    def _flip(self, head: bytes) -> bytes:
        if not head:
            return head
        at = self._chance.randrange(len(head))
        return head[:at] + bytes([self._chance.randrange(256)]) + head[at + 1 :]

    def _add_line(self, head: bytes) -> bytes:
        lines = head.split(b"\r\n")
        lines.insert(self._chance.randint(1, max(1, len(lines) - 2)), self._chance.choice(_LINES))
        return b"\r\n".join(lines)

    def _repeat_line(self, head: bytes) -> bytes:
        lines = head.split(b"\r\n")
        lines.insert(self._chance.randint(1, max(1, len(lines) - 2)), self._chance.choice(lines))
        return b"\r\n".join(lines)

    def _swap_lines(self, head: bytes) -> bytes:
        lines = head.split(b"\r\n")
        self._chance.shuffle(lines)
        return b"\r\n".join(lines)

    def _change_case(self, head: bytes) -> bytes:
        at, end = sorted((self._place(head), self._place(head)))
        return head[:at] + head[at:end].swapcase() + head[end:]

    def _change_target(self, head: bytes) -> bytes:
        first, _, rest = head.partition(b" ")
        _, _, tail = rest.partition(b" ")
        return first + b" " + self._chance.choice(_TARGETS) + b" " + tail

    def _change_method(self, head: bytes) -> bytes:
        return self._chance.choice(_METHODS) + b" " + head.partition(b" ")[2]

    def _cut(self, head: bytes) -> bytes:
        return head[: self._place(head)]

    def _join(self, head: bytes) -> bytes:
        return head + self._chance.choice(self._good)[: self._chance.choice((1, 10, 100_000))]
