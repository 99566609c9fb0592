"""Recovery codes: eight that let a person in without their phone, each once. Stored as fingerprints: 80 random bits."""

import secrets

from liulian.base.secrets import fingerprint

CODES = 8
LENGTH, GROUP = 16, 4
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # 32 letters and digits that nobody mixes up on paper.


def new_recovery_codes() -> list[str]:
    """Return eight codes as they are shown: four groups with dashes."""
    return [_shown("".join(secrets.choice(ALPHABET) for _ in range(LENGTH))) for _ in range(CODES)]


def is_recovery_code(text: str) -> bool:
    """Tell whether a text looks like one, however it was typed."""
    plain = _plain(text)
    return len(plain) == LENGTH and set(plain) <= set(ALPHABET)


def recovery_fingerprint(text: str) -> bytes:
    """Return what is stored of a code."""
    return fingerprint("recovery:" + _plain(text))


def _plain(text: str) -> str:
    return "".join(letter for letter in text.upper() if letter not in " -‐–")


def _shown(plain: str) -> str:
    return "-".join(plain[at : at + GROUP] for at in range(0, LENGTH, GROUP))
