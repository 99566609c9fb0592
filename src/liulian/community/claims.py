"""Words that promise what only medicine may promise. A community helps people to live as they wish; it heals nobody.

Texts of self-tests and advice that hold one are refused, with a sentence that says why. Never judges members' texts.
"""

import re

# What is claimed, not what is asked about: pain, sleep and weight may be spoken of.
_CHINESE = (
    "诊断", "确诊", "诊治", "治疗", "医治", "治愈", "治好", "根治", "包治", "疗效", "疗程", "药效", "药到病除", "祛病",
)  # fmt: skip
# Whole words: `secure` and `a treat` promise nothing.
_ENGLISH = r"diagnos\w*|cur(?:e|es|ed|ing|able)|treatments?|treating|treated|heal(?:s|ed|ing)?|remed(?:y|ies)|therap\w*"
_WORD = re.compile(rf"{'|'.join(_CHINESE)}|\b(?:{_ENGLISH})\b", re.IGNORECASE)


def medical_claim(text: str) -> str | None:
    """Return the first word of a text that promises medicine, None for a text without any."""
    found = _WORD.search(text)
    return found.group() if found else None
