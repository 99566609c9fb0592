"""Read a recorded request head, however odd. First step of a click's way into the lake. Never raises, never decides.

A head was accepted once already, by one of the two lanes; what matters here is speed and never to stumble. One
expression for the names we want is the fastest way in Python: splitting lines and looking for each name took longer.
"""

import re
from typing import NamedTuple

HEADER_BYTES_MAX = 4096  # Longer values are cut: no honest user agent or referrer comes near.

_find = re.compile(
    rb"\n(?i:(user-agent|referer|accept-language|x-forwarded-for|sec-purpose|purpose|x-purpose|x-moz)):"
    rb"([^\n]*+(?:\n[ \t][^\n]*+)*+)"  # A line that begins with a blank goes on with the line before.
).findall
_PLACES = {
    b"user-agent": 1,
    b"referer": 2,
    b"accept-language": 3,
    b"x-forwarded-for": 4,
    b"sec-purpose": 5,
    b"purpose": 5,
    b"x-purpose": 5,
    b"x-moz": 5,
}


class Head(NamedTuple):
    """What the statistics use of a request head, as raw bytes; empty where it was not sent.

    `query` has no question mark. Repeated headers are joined by commas in their order. `purpose` joins the four headers
    in which browsers say that they fetch ahead.
    """

    query: bytes
    user_agent: bytes
    referer: bytes
    accept_language: bytes
    forwarded_for: bytes
    purpose: bytes


def parse_head(head: bytes) -> Head:
    """Return the parts of a raw request head, request line included."""
    parts = [b"", b"", b"", b"", b"", b""]
    for name, raw in _find(head):
        value = raw.strip()[:HEADER_BYTES_MAX]
        if b"\n" in value:
            value = b" ".join(value.split())
        place = _PLACES[name.lower()]
        parts[place] = parts[place] + b"," + value if parts[place] else value
    line_end = head.find(b"\n")
    mark = head.find(b"?", 0, line_end if line_end >= 0 else len(head))
    if mark >= 0:
        target = head[mark + 1 : line_end if line_end >= 0 else len(head)].partition(b" ")[0]
        parts[0] = target.partition(b"#")[0].strip()[:HEADER_BYTES_MAX]
    return Head._make(parts)
