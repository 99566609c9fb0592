"""E-mail addresses: which texts are one, and which two are the same. Pure; whether it works only a letter tells."""

import re
import unicodedata

from liulian.base.errors import FieldRefused

EMAIL_LENGTH_MAX = 254  # RFC 5321.

# Not the grammar of RFC 5322, of which nobody uses the rest: one @, no spaces, a host with a dot or `localhost`.
_FORM = re.compile(
    r"[^\s@<>\"',;:\\()\[\]]{1,64}@(?:[^\s@.<>\"',;:\\()\[\]]+(?:\.[^\s@.<>\"',;:\\()\[\]]+)+|localhost)"
)


def parse_email(text: str) -> str:
    """Return an address in its normal form. Raises FieldRefused."""
    email = unicodedata.normalize("NFC", text.strip())
    if max(len(text), len(email)) > EMAIL_LENGTH_MAX or not email.isprintable() or not _FORM.fullmatch(email):
        raise FieldRefused("email_invalid")
    return email


def email_key(email: str) -> str:
    """Return what two spellings of one address have in common. Providers that tell `A@` from `a@` died out."""
    return unicodedata.normalize("NFKC", email.strip()).casefold()


def domain_of_email(email: str) -> str:
    """Return the host of an address, in lower case."""
    return email_key(email).rpartition("@")[2]
