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
_place_of = {**_PLACES, **{name.title(): place for name, place in _PLACES.items()}}.get  # As browsers spell them.


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
        value = raw.strip()
        place = _place_of(name) or _PLACES[name.lower()]
        if parts[place] or len(raw) > HEADER_BYTES_MAX or b"\n" in value:
            value = _joined(parts[place], value)
        parts[place] = value
    if b"?" in head:
        parts[0] = _query(head)
    return Head._make(parts)


def _joined(before: bytes, value: bytes) -> bytes:
    """Return a value of more than one line, or of more than one header, or too long, as one of bearable length."""
    whole = b" ".join(value.split()) if b"\n" in value else value
    return (before + b"," + whole if before else whole)[:HEADER_BYTES_MAX]


def _query(head: bytes) -> bytes:
    line = head.partition(b"\n")[0]
    return line.partition(b"?")[2].partition(b" ")[0].partition(b"#")[0].strip()[:HEADER_BYTES_MAX]
