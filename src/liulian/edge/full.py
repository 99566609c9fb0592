"""The full side: uvicorn's httptools protocol, hardened, for every request that is not a plain click.

It adds what uvicorn leaves open: a bound on the head's size (431) and on its time (408), exactly one Host (400), and it
hands the connection back to the fast lane as soon as nothing is in progress, so that one unusual request does not make
a proxy's connection slow for ever.
"""

import json
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import urlsplit

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from liulian.base.i18n import DEFAULT, text
from liulian.base.meters import Meter
from liulian.edge.head import HEAD_BYTES_MAX
from liulian.edge.hosts import is_safe_host
from liulian.edge.lane import FOR_EVER, Lane


class LightSide(Protocol):
    """What the full side knows of the fast lane."""

    def take_back(self) -> None:
        """Receive the connection again."""


class BadHeadError(Exception):
    """A head that the parser accepts and we do not."""


class FullSide(HttpToolsProtocol):
    """A connection with a request in progress that needs the application."""

    parser: Any  # uvicorn's annotations leave out that these are None before and after.
    cycle: Any

    def __init__(self, *, lane: Lane, light: LightSide, **uvicorn_arguments: Any) -> None:
        super().__init__(**uvicorn_arguments)
        self.deadline = lane.now + lane.limits.head_s  # Empty lines before a request do not put it off.
        self._lane = lane
        self._light = light
        self._in_head = True  # Also between two requests.
        self._begun = False  # Whether a request has begun that is not complete yet.
        self._head_bytes = 0

    def data_received(self, data: bytes) -> None:
        """Feed the parser, never more of one head than is allowed."""
        while data and self.parser is not None and not self.transport.is_closing():
            room = HEAD_BYTES_MAX - self._head_bytes if self._in_head else len(data)
            window, data = data[:room], data[room:]
            super().data_received(window)
            if self._in_head and self._begun:
                self._head_bytes += len(window)
                if self._head_bytes >= HEAD_BYTES_MAX:
                    self.refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
                    return
        self._give_back_if_idle()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._begun = True
        self._head_bytes = 0
        self.deadline = self._lane.now + self._lane.limits.head_s

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header without the spaces behind its value, which are no part of it (RFC 9110, 5.5)."""
        super().on_header(name, value.rstrip(b" \t"))

    def on_headers_complete(self) -> None:
        self._check_target()
        super().on_headers_complete()
        self._in_head = False
        self.deadline = self._lane.now + self._lane.limits.body_s
        self._lane.counts[Meter.REQUESTS_FULL] += 1

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._begun = False
        self._in_head = True
        self._head_bytes = 0
        # The visitor has said everything; how long the answer takes is the application's matter.
        self.deadline = FOR_EVER

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if not self._begun:
            self.deadline = self._lane.now + self._lane.limits.keep_alive_s
        self._give_back_if_idle()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._give_back_if_idle()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - The name and shape are uvicorn's.
        """Answer what the parser refuses: uvicorn's hook."""
        self.refuse(HTTPStatus.BAD_REQUEST)

    def expire(self) -> None:
        """A request did not arrive in time, or an answer was not fetched."""
        self._lane.counts[Meter.EXPIRED] += 1
        if self._begun:
            self.refuse(HTTPStatus.REQUEST_TIMEOUT)
        elif self.transport.get_write_buffer_size():
            self.transport.abort()
        else:
            self.transport.close()

    def refuse(self, status: HTTPStatus) -> None:
        """Answer a request that cannot be read, and end the connection."""
        if self.transport.is_closing():
            return
        if self._in_head and self.cycle is not None and not self.cycle.response_complete:
            # An earlier request is still being answered: its answer must not be mistaken for this refusal.
            self.cycle.keep_alive = False
            self.deadline = self._lane.now + self._lane.limits.body_s
            self._begun = False
            return
        if self._in_head or not self.cycle.response_started:
            self.transport.write(_refusal(status, self._lane.date))
        self.transport.close()

    def _give_back_if_idle(self) -> None:
        """Hand the connection back between two requests, unless an answer still waits to be fetched."""
        busy = self._begun or self.pipeline or self.flow.write_paused or self.transport.is_closing()
        if busy or self.cycle is None or not self.cycle.response_complete:
            return
        self._unset_keepalive_if_required()
        self.connections.discard(self)
        self._light.take_back()

    def _check_target(self) -> None:
        """Refuse what would make it a matter of opinion which host is meant (RFC 9112, 3.2)."""
        hosts = [value for name, value in self.headers if name == b"host"]
        if len(hosts) > 1 or (not hosts and self.parser.get_http_version() == "1.1"):
            raise BadHeadError("not exactly one Host")
        if hosts and not is_safe_host(hosts[0].decode("latin-1")):
            raise BadHeadError("no host is called like that")
        if self.url[:1] not in (b"/", b"*"):
            if self.parser.get_method() == b"CONNECT":
                raise BadHeadError("not a proxy")
            target = urlsplit(self.url.decode("ascii"))
            if not hosts or target.netloc.lower().encode() != hosts[0].lower():
                raise BadHeadError("target and Host differ")


def _refusal(status: HTTPStatus, date: bytes) -> bytes:
    """Return a whole answer in the shape of every problem. Nothing is known of the reader: the first language it is."""
    code = status.name.lower()
    problem: dict[str, object] = {
        "type": f"/api/docs#{code}",
        "title": status.phrase,
        "status": status.value,
        "detail": text(DEFAULT, f"errors.{code}"),
        "code": code,
        "errors": [],
    }
    body = json.dumps(problem, ensure_ascii=False).encode()
    return b"".join(
        (
            b"HTTP/1.1 %d %s\r\n" % (status.value, status.phrase.encode()),
            b"date: " + date + b"\r\n" if date else b"",
            b"content-type: application/problem+json\r\n",
            b"content-length: %d\r\nconnection: close\r\n\r\n" % len(body),
            body,
        )
    )
