"""Find the address in what was typed or pasted into a form, as the home page's script does where there is one. Pure.

People copy whole messages, and leave out `https://`. Where more than one address may be meant, none is guessed.
"""

import re

_SEEN_MAX = 10_000  # Letters of a text that are searched; a destination is shorter.
_URL_IN_TEXT = re.compile(r"https?://[^\s<>\"，。；：！？、（）【】《》「」“”‘’]+", re.IGNORECASE)
_ENDS_OF_SENTENCES = ".,;:!?')]"
# Alone, and with words in its query that somebody typed: what follows them is typed too, commas and all.
_WHOLE = re.compile(r"https?://[^\s，。；！？、（）【】]+\?[^\s，。；、]*[\u4e00-\u9fff]\S*", re.IGNORECASE)
_BARE = re.compile(r"[\w-]+(\.[\w-]+)+(:\d+)?([/?#][^\s，。；！？、（）【】》」”’]*)?")
_BARE_IN_TEXT = re.compile(
    r"(?<![\w@./-])(?:[a-z0-9-]+\.)+[a-z]{2,}(?![\w@.-])(?::\d+)?(?:[/?#][!-~]*)?", re.IGNORECASE | re.ASCII
)


def destination_in(typed: str) -> str:
    """Return the address that is meant; where none can be told what was typed, and the check says what is wrong."""
    typed = typed.strip()
    if _BARE.fullmatch(typed):
        return f"https://{typed}"
    if _WHOLE.fullmatch(typed) or (typed.isascii() and not re.search(r"\s", typed)):
        return typed
    seen = typed[:_SEEN_MAX]
    urls = {url.rstrip(_ENDS_OF_SENTENCES) for url in _URL_IN_TEXT.findall(seen)}
    urls = urls or {f"https://{found.rstrip(_ENDS_OF_SENTENCES)}" for found in _BARE_IN_TEXT.findall(seen)}
    return urls.pop() if len(urls) == 1 else typed
