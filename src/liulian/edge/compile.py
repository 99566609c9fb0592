"""From a link to the bytes of its answer. Fourth step of a click. Computed once, when a link is first met.

An answer is the head of the second (status and date, the same for all redirects) and the tail of the link.
"""

from liulian.base.ids import LinkId
from liulian.links.model import Target

_LOCATION = b"location: "
_END = b"\r\n\r\n"

# The one answer to a click. 302 and no-store: an edited link leads to its new destination at once, and every visit is
# seen. `private` for proxies that know only HTTP/1.0 rules.
REDIRECT_HEADERS = ((b"cache-control", b"private, no-store"), (b"content-length", b"0"))


class Route:
    """A link as the fast lane holds it: about 400 bytes with its place in the table."""

    __slots__ = ("link_id", "tail", "used", "workspace_id")

    def __init__(self, link_id: LinkId, workspace_id: int, tail: bytes) -> None:
        self.link_id = link_id
        self.workspace_id = workspace_id
        self.tail = tail
        self.used = False

    @property
    def destination(self) -> bytes:
        """Return where the link leads, as it stands in the Location header."""
        return self.tail[len(_LOCATION) : -len(_END)]


def compile_route(target: Target) -> Route:
    """Return the Route of a link. A destination is ASCII without spaces or line ends: `base/urls.py` sees to that."""
    return Route(target.link_id, target.workspace_id, _LOCATION + target.destination.encode("ascii") + _END)


def redirect_head(date: bytes, *, close: bool) -> bytes:
    """Return what all redirects of one second begin with."""
    lines = [b"HTTP/1.1 302 Found", b"date: " + date]
    lines += [name + b": " + value for name, value in REDIRECT_HEADERS]
    if close:
        lines.append(b"connection: close")
    return b"\r\n".join(lines) + b"\r\n"
