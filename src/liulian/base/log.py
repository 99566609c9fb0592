"""Structured logs: an event's name and its fields. Never an address, a user agent, a token or a full destination."""

import logging
import sys
from typing import TextIO

import structlog

logger: structlog.stdlib.BoundLogger = structlog.get_logger("liulian")


def configure_logging(*, level: str = "info", stream: TextIO | None = None) -> None:
    """Send the program's events to `stream` (default: standard error), as JSON unless a person is watching."""
    stream = stream or sys.stderr
    is_watched = stream.isatty()
    renderer = structlog.dev.ConsoleRenderer() if is_watched else structlog.processors.JSONRenderer(ensure_ascii=False)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )
    # Libraries speak through `logging`; only what is wrong matters there.
    logging.basicConfig(stream=stream, level=logging.WARNING, format="%(name)s: %(message)s")
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
