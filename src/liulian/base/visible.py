"""Letters that a reader sees. Names made of others look empty, or turn the sentence around them: they are refused.

Unicode calls them default-ignorable, format characters and controls of direction; a few more are only drawn blank. What
emoji are joined from stays: joiners between them, variation selectors, the tags of a flag.
"""

import unicodedata

_JOINER = "\u200d"
_BLACK_FLAG = "\U0001f3f4"
_TAGS = range(0xE0020, 0xE0080)
_SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))
_SKINS = range(0x1F3FB, 0x1F400)
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2065\u2800\u3164\uffa0")
_NEVER = (range(0xFFF0, 0xFFF9), range(0xE0000, 0xE1000))
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def visible_of(text: str) -> str:
    """Return a text without the characters that nobody sees. Ends of lines and tabs stay."""
    kept = ""
    for index, character in enumerate(text):
        if _is_seen(kept, character, text[index + 1 : index + 2]):
            kept += character
    return kept


def is_visible(text: str) -> bool:
    """Tell whether all of a text is seen."""
    return visible_of(text) == text


def _is_seen(before: str, character: str, after: str) -> bool:
    point = ord(character)
    if character == _JOINER:
        return _ends_in_emoji(before) and unicodedata.category(after or " ") == "So"
    if point in _TAGS:
        return before.rstrip("".join(map(chr, _TAGS))).endswith(_BLACK_FLAG)
    if any(point in each for each in _SELECTORS):
        return not before[-1:].isspace() and before != ""
    if character in "\n\t":
        return True
    is_never = character in _BLANK or any(point in each for each in _NEVER)
    return not is_never and unicodedata.category(character) not in _UNSEEN


def _ends_in_emoji(before: str) -> bool:
    """Tell whether a text ends in an emoji, whichever skin or look is chosen for it."""
    bare = before.rstrip("\ufe0e\ufe0f" + "".join(map(chr, _SKINS)))
    return unicodedata.category(bare[-1:] or " ") == "So"
