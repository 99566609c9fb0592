"""Read one file of harmful destinations: hosts files, lists of names or URLs, CSV, JSON, in the forms they come in.

What most of a file says must be understood, or the whole file counts as unreadable: half a list is no list.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from enum import Enum
from ipaddress import ip_address
from pathlib import Path

import msgspec
from ada_url import URL

FEED_BYTES_MAX = 64 * 1024 * 1024  # Two million names; what is larger is no list that one folder is made for.
NEEDED_PART = 0.5  # Of the lines that are no comment.

Entries = dict["Kind", set[str]]

# Names under which CSV and JSON feeds keep what they list, the most telling first.
_FIELDS = ("url", "phish_url", "urls", "domain", "domains", "host", "hostname", "fqdn", "indicator", "ioc", "value")
_NAME = re.compile(r"(?:[\w-]{1,63}\.)+(?:[^\W\d_]{2,63}|xn--[a-z0-9-]{2,59})\.?")
_PLAIN = re.compile(r"(?:[a-z0-9_-]{1,63}\.)+[a-z]{2,63}", re.ASCII)  # A name as it stands in destinations.
_BLOCKED = re.compile(rf"(?:0\.0\.0\.0|127\.0\.0\.1)[ \t]({_PLAIN.pattern})", re.ASCII)
_OWN_NAME = re.compile(r"[^.]*|.*\.(?:localhost|localdomain)")  # Hosts files begin with what the machine calls itself.
_COMMENT = ("#", "!", ";", "//")


class Kind(Enum):
    """What an entry names: this host alone, a name and all below it, or one address."""

    HOST = "host"
    DOMAIN = "domain"
    URL = "url"


class FeedUnreadable(Exception):
    """A file that is no list we know. `word`: file, size, encoding, syntax, empty or content."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


def read_feed(path: Path) -> Entries:
    """Return what a file lists, in normal form. Raises FeedUnreadable."""
    text = _text_of(path)
    try:
        texts = list(_texts(text, path.suffix.lower()))
    except (ValueError, csv.Error, RecursionError):
        raise FeedUnreadable("syntax") from None
    if not texts:
        raise FeedUnreadable("empty")
    entries: Entries = {kind: set() for kind in Kind}
    understood = 0
    for each in texts:
        if _PLAIN.fullmatch(each):  # Nearly every line of nearly every list: a tenth of the time.
            entries[Kind.DOMAIN].add(each)
            understood += 1
            continue
        if (blocked := _BLOCKED.fullmatch(each)) and not _OWN_NAME.fullmatch(blocked[1]):
            entries[Kind.HOST].add(blocked[1])
            understood += 1
            continue
        found = list(_entries(each))
        understood += bool(found) or _is_hosts_line(each.split())
        for kind, key in found:
            entries[kind].add(key)
    if understood < len(texts) * NEEDED_PART or not any(entries.values()):
        raise FeedUnreadable("content")
    return entries


def url_key(url: str) -> str | None:
    """Return what two spellings of one address share: no scheme, no credentials, no fragment. None for no URL."""
    try:
        parsed = URL(url)
    except ValueError:
        return None
    return f"{parsed.host.removesuffix('.')}{parsed.pathname}{parsed.search}"


def parents_of(host: str) -> list[str]:
    """Return a name and all names above it that have a dot: `a.b.c` gives `a.b.c` and `b.c`."""
    labels = host.split(".")
    return [".".join(labels[start:]) for start in range(len(labels) - 1)]


def _text_of(path: Path) -> str:
    try:
        if path.stat().st_size > FEED_BYTES_MAX:
            raise FeedUnreadable("size")
        return path.read_bytes().decode("utf-8-sig")
    except OSError:
        raise FeedUnreadable("file") from None
    except UnicodeDecodeError:
        raise FeedUnreadable("encoding") from None


def _texts(text: str, suffix: str) -> Iterable[str]:
    """Return each listed thing as it is written."""
    if suffix == ".json":
        return _json_texts(msgspec.json.decode(text))
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith(_COMMENT)]
    return _csv_texts(lines) if suffix == ".csv" else lines


def _json_texts(whole: object) -> Iterator[str]:
    """Yield texts that stand in lists, or under a name that says what they are."""
    waiting: list[object] = [whole]
    while waiting:
        value = waiting.pop()
        items = value if isinstance(value, list) else []
        if isinstance(value, dict):
            named = next((value[name] for name in _FIELDS if isinstance(value.get(name), str)), None)
            items = [named] if named is not None else [each for each in value.values() if not isinstance(each, str)]
        for item in items:
            if isinstance(item, str):
                yield item
            else:
                waiting.append(item)


def _csv_texts(lines: list[str]) -> Iterator[str]:
    """Yield the cell that says what each row is about: by the first row's names, else the first that looks like it."""
    rows = csv.reader(lines, strict=True, skipinitialspace=True)
    first = next(rows, [])
    names = [cell.strip().lower() for cell in first]
    column = next((names.index(name) for name in _FIELDS if name in names), None)
    if column is None:
        yield _telling_cell(first)
    for row in rows:
        if column is None:
            yield _telling_cell(row)
        elif row:
            yield row[column] if column < len(row) else ""


def _telling_cell(row: list[str]) -> str:
    urls = (cell for cell in row if "://" in cell)
    names = (cell for cell in row if _NAME.fullmatch(cell.strip()))
    return next(urls, None) or next(names, "")


def _entries(text: str) -> Iterator[tuple[Kind, str]]:
    """Yield what one line or cell lists: nothing when it is not understood."""
    text = text.strip()
    words = text.split()
    if _is_hosts_line(words):
        yield from _hosts_line(words[1:])
    elif "://" in text:
        key = url_key(text)
        if key is not None:
            yield Kind.URL, key
    elif words:
        yield from _name_entry(words[0].removeprefix("||").removeprefix("*").removeprefix(".").rstrip("^"))


def _is_hosts_line(words: list[str]) -> bool:
    return len(words) > 1 and _is_address(words[0])


def _hosts_line(names: list[str]) -> Iterator[tuple[Kind, str]]:
    for name in names:
        if name.startswith("#"):
            return
        if not _OWN_NAME.fullmatch(name) and not _is_address(name):
            yield Kind.HOST, _plain(name)


def _name_entry(name: str) -> Iterator[tuple[Kind, str]]:
    if _is_address(name):
        yield Kind.HOST, _plain(name)
    elif _NAME.fullmatch(name):
        yield Kind.DOMAIN, _plain(name)


def _plain(name: str) -> str:
    """Return a host as it stands in destinations: lower case, other scripts in their DNS form."""
    try:
        return URL(f"http://{name}").hostname.removesuffix(".").strip("[]")
    except ValueError:
        return name.lower()


def _is_address(text: str) -> bool:
    try:
        ip_address(text.strip("[]"))
    except ValueError:
        return False
    return True
