"""Files that platforms ask a site to show, to prove that it is ours: which names they may have, and where. Pure.

A name with a dot is never a slug, and the others stand below `/.well-known/`: no file takes a link's place.
"""

import re
from typing import Final

from liulian.base.errors import AppError, FieldError, InvalidRequest
from liulian.links.domain_model import FILE_BYTES_MAX, DomainFile

FILE_HEADERS: Final = (
    (b"cache-control", b"no-cache"),  # A platform asks once; who corrects a file wants it seen.
    (b"x-content-type-options", b"nosniff"),
    # Somebody of the workspace wrote it, and the console may live on the same host: it may show, never act.
    (b"content-security-policy", b"default-src 'none'; sandbox"),
)
WELL_KNOWN: Final = "/.well-known/"

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}\.(txt|html|json)", re.ASCII)
_WELL_KNOWN_NAMES = ("apple-app-site-association", "assetlinks.json")
_TYPES = {"txt": b"text/plain; charset=utf-8", "html": b"text/html; charset=utf-8", "json": b"application/json"}


class FileTooLarge(AppError):
    """The file is longer than a domain keeps."""

    status, code = 413, "domain_file_too_large"


def check_file(name: str, body: bytes) -> DomainFile:
    """Return the file that is wished for. Raises InvalidRequest for a name that cannot be, or FileTooLarge."""
    if len(body) > FILE_BYTES_MAX:
        raise FileTooLarge(kilobytes=FILE_BYTES_MAX // 1024)
    if name not in _WELL_KNOWN_NAMES and not _NAME.fullmatch(name):
        raise InvalidRequest(errors=(FieldError("name", "domain_file_name"),))
    return DomainFile(name=name, size=len(body))


def file_name(path: str) -> str | None:
    """Return the name of the file that a request path asks for; None when it can be none.

    `apple-app-site-association` is also asked for at the root, by older systems.
    """
    if path.startswith(WELL_KNOWN):
        name = path.removeprefix(WELL_KNOWN)
        return name if name in _WELL_KNOWN_NAMES else None
    name = path[1:]
    if name == "apple-app-site-association" or (_NAME.fullmatch(name) and name not in _WELL_KNOWN_NAMES):
        return name
    return None


def file_type(name: str) -> bytes:
    """Return the content type of a file, by how its name ends."""
    return _TYPES.get(name.rpartition(".")[2], b"application/json")
