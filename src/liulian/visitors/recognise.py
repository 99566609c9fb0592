"""From a user agent to a visitor class: the step of a click between the route and the answer. Pure; never writes.

How: all letters are made small and all else becomes space, the words are cut, and those that some table knows are kept
(`MicroMessenger/8.0.49(0x18…)` leaves `micromessenger`). The few words that also mean other things are settled by
looking for a phrase. The class of a set of words is worked out once and remembered, so that a user agent never seen
before costs about as much as cutting it into words: 2.5 µs (median, `benches/recognise.py`).

What cannot be told, whatever one does: an iPad whose Safari or web view says Macintosh (the default since iPadOS 13) is
macOS desktop here, because it sends what a Mac sends; an Android phone that asks for the desktop site says Linux; apps
that open links in Safari's own view (Telegram on iOS) are the browser.
"""

import re
from functools import lru_cache

from liulian.visitors import bots, systems
from liulian.visitors.apps import BROWSER, CONTAINERS, WEBVIEW
from liulian.visitors.model import BOT, VisitorClass, class_named

USER_AGENT_BYTES_MAX = 2048  # Real ones stay below 1,200, JD's longest; what comes behind says nothing new.
CACHED_BYTES_MAX = 512  # Longer ones are rare, and hostile ones must not fill the memory.
CACHED_USER_AGENTS = 32_768  # Measured: 14 MB in each process with real ones (260 bytes), 23 MB if someone fills it.
REMEMBERED_WORD_SETS = 8_192  # Real traffic shows some 600; each is about 1 KB.

# Names of engines. Whatever holds none of them and names no app was not written to show a page to a person.
ENGINES = frozenset(
    b"applewebkit webkit khtml gecko msie trident presto opera safari midp ucweb juc netfront playstation nintendo "
    b"lynx links elinks dillo konqueror nokia blackberry".split()
)
_SMALL_LETTERS = bytes(c if 97 <= c <= 122 else c + 32 if 65 <= c <= 90 else 32 for c in range(256))
_PART_OF_BOT = re.compile(bots.PART_PATTERN)
_BOT_PART, _SPIDER_PART, _CRAWL_PART = bots.PARTS
_BOT_WORDS = frozenset((bots.LINK_PREVIEWS + " " + bots.OTHERS).encode().split())
_BOT_MARK = b"bot!"

# Marks hold an exclamation mark, which no word can: `qq!` means that the doubtful word `qq` was settled as the app.
_CONTAINER_WORDS = tuple(
    (app, frozenset(app.words.encode().split()) | ({f"{app.id}!".encode()} if app.doubtful else frozenset()))
    for app in CONTAINERS
)
_BROWSER_WORDS = frozenset(BROWSER.words.encode().split())
_BORROWED_ENGINES = frozenset((b"webview!", b"uws", b"ucbs"))
_APPLE_DEVICES = systems.PHONES_OF_APPLE | {b"ipad"}
_DOUBTS = (
    *((word, phrases, f"{app.id}!") for app in CONTAINERS for word, phrases in app.doubtful.items()),
    *systems.DOUBTFUL,
    *((word, phrases, _BOT_MARK.decode()) for word, phrases in bots.DOUBTFUL.items()),
    ("http", bots.ADDRESSES, _BOT_MARK.decode()),
    ("https", bots.ADDRESSES, _BOT_MARK.decode()),
)
_PHRASES: dict[bytes, list[tuple[bytes, bytes]]] = {}
for _word, _phrases, _mark in _DOUBTS:
    _PHRASES.setdefault(_word.encode(), []).extend((phrase.encode(), _mark.encode()) for phrase in _phrases)
_DOUBTFUL = frozenset(_PHRASES)
_KNOWN = frozenset[bytes]().union(
    ENGINES, _BOT_WORDS, _DOUBTFUL, systems.WORDS, *(words for _, words in _CONTAINER_WORDS)
)


def recognise(user_agent: bytes) -> VisitorClass:
    """Return the class of the raw `User-Agent` value (any bytes, any length; empty is a bot)."""
    text = user_agent[:USER_AGENT_BYTES_MAX].translate(_SMALL_LETTERS)
    if (_BOT_PART in text or _SPIDER_PART in text or _CRAWL_PART in text) and _PART_OF_BOT.search(text):
        return BOT
    words = _KNOWN.intersection(text.split())
    found = _class_of(words)
    return found if found is not None else _class_in_doubt(words, user_agent)


class _Remembered(dict[bytes, VisitorClass]):
    """Classes by raw header. A hit costs what a dict costs: the fast lane asks at every click."""

    def __missing__(self, user_agent: bytes) -> VisitorClass:
        found = recognise(user_agent)
        if len(user_agent) <= CACHED_BYTES_MAX:
            if len(self) >= CACHED_USER_AGENTS:
                self.clear()  # Full of a long time, or of what strangers made up: either way it fills again at once.
            self[user_agent] = found
        return found


visitor_class_of = _Remembered().__getitem__
"""Return what `recognise` returns, remembered by the raw header. Memory: see CACHED_USER_AGENTS."""


def line_for(user_agent: str) -> str:
    """Return container, system and form separated by tabs, as `liulian recognise` prints them."""
    found = recognise(user_agent.strip().encode("utf-8", "surrogateescape"))
    return f"{found.container}\t{found.system}\t{found.form}"


def _class_in_doubt(words: frozenset[bytes], user_agent: bytes) -> VisitorClass:
    """Settle each doubtful word: it becomes what it stands for here, or it is left out."""
    small = b" " + user_agent[:USER_AGENT_BYTES_MAX].lower()
    doubts = words & _DOUBTFUL
    marks = {mark for word in doubts for phrase, mark in _PHRASES[word] if phrase in small}
    found = _class_of((words - doubts) | marks)
    return found if found is not None else BOT  # Never None: no doubtful word is left.


@lru_cache(maxsize=REMEMBERED_WORD_SETS)
def _class_of(words: frozenset[bytes]) -> VisitorClass | None:
    """Return the class of a set of words, or None where one of them must be settled first."""
    if not words.isdisjoint(_DOUBTFUL):
        return None
    if _BOT_MARK in words or not words.isdisjoint(_BOT_WORDS):
        return BOT
    container = _container_of(words)
    if container is None:
        return BOT
    system, form = systems.place_of(words)
    return class_named(container, system=system, form=form)


def _container_of(words: frozenset[bytes]) -> str | None:
    """Return the id of the first row that fits, or None where nothing says that a person looks at a page."""
    for app, known in _CONTAINER_WORDS:
        if not words.isdisjoint(known):
            # A browser on Android's web view is a browser all the same, unless the engine is borrowed (TBS, AliApp).
            is_named = app is WEBVIEW and words.isdisjoint(_BORROWED_ENGINES) and not words.isdisjoint(_BROWSER_WORDS)
            return BROWSER.id if is_named else app.id
    if words.isdisjoint(ENGINES):
        return None
    is_ios_view = not words.isdisjoint(_APPLE_DEVICES) and b"safari" not in words
    return WEBVIEW.id if is_ios_view else BROWSER.id
