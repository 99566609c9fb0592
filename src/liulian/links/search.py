"""Words by which a link is found, and the words that somebody looks for. Pure; where they are kept is `storage/`.

Both sides read a text alike: NFKC, lower case, split where letters and digits end. Latin and other spaced scripts give
whole words, which are found by their beginning. Chinese, Japanese and Korean are written without spaces: each
character is a word, and so are each two that stand together; of a longer run all its pairs must be there.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice, pairwise
from urllib.parse import unquote

from ada_url import URL
from idna import IDNAError
from idna import decode as decode_host

from liulian.links.slugs import TYPED_LENGTH_MAX

WORD_LENGTH_MAX = 40  # Nobody types more of a word to find it; the rest of a longer one is not looked at.
BEGINNING_MIN, BEGINNING_MAX = 2, 10  # Letters of a beginning that is kept ready: a longer one leads to few words.
WORDS_KEPT = 8_192  # Those that many links share, with their beginnings: 8 MB at most.
WORDS_MAX = 2_500  # Of one link: the longest title and note fit, and an endless path is cut off.
WANTED_MAX = 12  # Words of one search; who types more has pasted something.
SEARCH_LENGTH_MAX = 300

# Han, Bopomofo, Kana, Hangul: whatever is written without spaces, or searched for by parts of words.
_UNSPACED = (
    "\u3040-\u30ff\u3105-\u312f\u31a0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
_RUN = re.compile(rf"[{_UNSPACED}]+|[^\W_{_UNSPACED}]+")
_IS_UNSPACED = re.compile(rf"[{_UNSPACED}]")
_SCHEME = re.compile(r"(?i)\bhttps?://")
_TAG_MARK = "\u00a7"  # Before a tag's number among the words: no text has such a word.


@dataclass(frozen=True, slots=True)
class Wanted:
    """A word that is looked for. `is_beginning`: longer words that begin like it are meant too."""

    word: str
    is_beginning: bool


def words_of(text: str) -> Iterator[str]:
    """Yield the words of a text in their order, some of them again."""
    for run in _runs(text):
        if _IS_UNSPACED.match(run):
            yield from run
            yield from map("".join, pairwise(run))
        else:
            yield run[:WORD_LENGTH_MAX]


def link_words(
    *, slug: str, destination: str, title: str | None = None, note: str | None = None, tag_ids: Iterable[int] = ()
) -> list[str]:
    """Return the words by which a link is found, each once. A tag is among them by its number: its name may change."""
    host, path = _host_and_path(destination)
    texts = (title or "", slug, host, note or "", path)
    words = (word for text in texts for word in words_of(text))
    return list(islice(dict.fromkeys([*map(tag_word, tag_ids), *words]), WORDS_MAX))


def tag_word(tag_id: int) -> str:
    """Return the word that stands for a tag."""
    return f"{_TAG_MARK}{tag_id}"


def beginnings(words: Iterable[str]) -> list[str]:
    """Return the words and, of spaced scripts, their beginnings, each once: what is looked up needs no walk then."""
    return list(dict.fromkeys(chain.from_iterable(map(_with_beginnings, words))))


@lru_cache(maxsize=WORDS_KEPT)
def _with_beginnings(word: str) -> tuple[str, ...]:
    if _IS_UNSPACED.match(word) or word[0] == _TAG_MARK:
        return (word,)
    return (*(word[:length] for length in range(BEGINNING_MIN, min(len(word), BEGINNING_MAX + 1))), word)


def wanted_words(text: str, *, own_hosts: Collection[str] = ()) -> tuple[Wanted, ...]:
    """Return what a search is for, at most WANTED_MAX words. A short URL of ours means its slug."""
    text = _slug_of_own(text.strip()[:SEARCH_LENGTH_MAX], own_hosts)
    found: dict[Wanted, None] = {}
    for run in _runs(_SCHEME.sub(" ", unquote(text))):
        if not _IS_UNSPACED.match(run):
            found[Wanted(run[:WORD_LENGTH_MAX], is_beginning=len(run) >= BEGINNING_MIN)] = None
        elif len(run) == 1:
            found[Wanted(run, is_beginning=False)] = None
        else:
            found.update((Wanted("".join(pair), is_beginning=False), None) for pair in pairwise(run))
    return tuple(islice(found, WANTED_MAX))


def is_found_by(wanted: Wanted, words: Collection[str]) -> bool:
    """Tell whether one of the words is what is wanted. How the stores must answer too."""
    if wanted.is_beginning:
        return any(word.startswith(wanted.word) for word in words)
    return wanted.word in words


def title_key(title: str | None, slug: str) -> bytes:
    """Return by what a link is sorted among titles: its title, without one its slug, capitals like small letters."""
    return unicodedata.normalize("NFKC", title or slug).casefold()[:60].encode()


def _runs(text: str) -> Iterator[str]:
    normal = unicodedata.normalize("NFKC", text).lower()
    return (found[0] for found in _RUN.finditer(normal))


def _host_and_path(destination: str) -> tuple[str, str]:
    """Return host and path of a destination in normal form as people write them."""
    try:
        url = URL(destination)
    except ValueError:  # Emptied, because its link was deleted for good.
        return "", ""
    try:
        host = decode_host(url.hostname) if "xn--" in url.hostname else url.hostname
    except (IDNAError, UnicodeError):
        host = url.hostname
    return host, unquote(url.pathname, errors="ignore")


def _slug_of_own(text: str, own_hosts: Collection[str]) -> str:
    """Return the slug of a short URL of ours, else the text as it is."""
    host, slash, path = _SCHEME.sub("", text).partition("/")
    if slash and host.partition(":")[0].lower() in own_hosts:
        return path[:TYPED_LENGTH_MAX].partition("?")[0].removesuffix("+")
    return text
