"""Read the objects of a JSON file one after the other, in little memory, wherever in the file their list is.

Understood are a list, a list somewhere inside an object (`{"data": [...]}`), phpMyAdmin's list of tables, YOURLS'
object of objects, and one object on each line. Rows are objects; anything else among them is passed over.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

READ_LENGTH = 64 << 10
OBJECT_LENGTH_MAX = 1 << 20  # A link is a few hundred letters; what is longer is no list of links.

_SPACE = re.compile(r"[ \t\n\r]*")
_LIST = re.compile(r":\s*\[\s*(?=\{)")
_TABLE = re.compile(r'"data"\s*:\s*\[\s*(?=\{)')
_MAP = re.compile(r'"links"\s*:\s*\{\s*(?=")')
_KEY = re.compile(r'\s*,?\s*"[^"\\]{0,200}"\s*:\s*')
_DECODER = json.JSONDecoder()


class NoRows(ValueError):
    """There is no list of objects, or it breaks off."""


def json_objects(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a file. Raises NoRows, or UnicodeError."""
    with path.open(encoding="utf-8-sig") as file:
        window = _Window(file)
        yield from _objects(window)


class _Window:
    """The part of a file that is looked at: `text` from `at` on is still to be read."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self.text, self.at = "", 0

    def grow(self) -> bool:
        """Read on; False at the end of the file."""
        more = self._file.read(READ_LENGTH)
        self.text, self.at = self.text[self.at :] + more, 0
        return bool(more)

    def next_letter(self) -> str:
        """Return the next letter that is no space, empty at the end."""
        while True:
            self.at = _space_end(self.text, self.at)
            if self.at < len(self.text):
                return self.text[self.at]
            if not self.grow():
                return ""

    def skip_to(self, pattern: re.Pattern[str]) -> bool:
        """Go behind the first place in the next few kilobytes that looks like this; False where there is none."""
        while len(self.text) - self.at < 2 * READ_LENGTH and self.grow():
            pass
        found = pattern.search(self.text, self.at)
        if found is not None:
            self.at = found.end()
        return found is not None

    def value(self) -> Any:
        """Return the value that begins here and go behind it. Raises NoRows when it breaks off or has no end."""
        while True:
            try:
                found, self.at = _DECODER.raw_decode(self.text, self.at)
            except RecursionError:
                raise NoRows from None
            except ValueError:
                if len(self.text) - self.at > OBJECT_LENGTH_MAX or not self.grow():
                    raise NoRows from None
                continue
            return found


def _objects(window: _Window) -> Iterator[dict[str, Any]]:
    first = window.next_letter()
    if first == "[":
        window.at += 1
        yield from _elements(window, is_top=True)
    elif first == "{":
        yield from _inside(window)
    else:
        raise NoRows


def _inside(window: _Window) -> Iterator[dict[str, Any]]:
    """Yield the rows of a file that begins with an object: a short one, the first of many, or one around a list."""
    while len(window.text) - window.at < READ_LENGTH and window.grow():
        pass
    start = window.at
    try:
        whole, window.at = _DECODER.raw_decode(window.text, start)
    except (ValueError, RecursionError):  # It goes on behind the window.
        whole = None
    if whole is not None:
        if window.next_letter() == "{":
            yield whole
            yield from _lines(window)
        else:
            yield from _small(whole)
    elif window.skip_to(_LIST):
        yield from _elements(window)
    elif window.skip_to(_MAP):
        yield from _entries(window)
    else:
        raise NoRows


def _elements(window: _Window, *, is_top: bool = False) -> Iterator[dict[str, Any]]:
    """Yield the objects of the list in which the window stands."""
    while (letter := window.next_letter()) not in ("]", ""):
        if letter == ",":
            window.at += 1
            continue
        each = window.value()
        if is_top and isinstance(each, dict) and each.get("type") == "header":  # phpMyAdmin.
            if not window.skip_to(_TABLE):
                raise NoRows
            is_top = False
            continue
        if isinstance(each, dict):
            yield each
    if letter == "":
        raise NoRows


def _entries(window: _Window) -> Iterator[dict[str, Any]]:
    """Yield the values of the object in which the window stands."""
    while window.next_letter() not in ("}", ""):
        if not window.skip_to(_KEY):
            raise NoRows
        each = window.value()
        if isinstance(each, dict):
            yield each


def _lines(window: _Window) -> Iterator[dict[str, Any]]:
    while window.next_letter():
        each = window.value()
        if isinstance(each, dict):
            yield each


def _small(whole: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the rows of an object that was read whole: of its shallowest list of objects, else of its objects."""
    level: list[dict[str, Any]] = [whole]
    while level:
        values = [value for each in level for value in each.values()]
        for value in values:
            if isinstance(value, list) and any(isinstance(item, dict) for item in value):
                yield from (item for item in value if isinstance(item, dict))
                return
        objects = [value for value in values if isinstance(value, dict)]
        if len(objects) > 1 and level != [whole]:  # YOURLS: {"links": {"link_1": {...}, "link_2": {...}}}
            yield from objects
            return
        level = objects
    yield whole


def _space_end(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return at if found is None else found.end()
