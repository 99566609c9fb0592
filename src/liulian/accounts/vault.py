"""Secrets that we must be able to read again, sealed: AES-256-GCM, with the name of the key and of the place.

A sealed secret moved to another row does not open. The key comes from the installation's one secret.
"""

import hashlib
import os

from liulian.base.errors import AppError

KEY_NAME_BYTES = 4
NONCE_BYTES = 12
_FORM = b"\x01"  # So that another way of sealing can be told apart one day.


class SealedElsewhere(AppError):
    """What is stored was sealed with another key: the installation's secret was changed, or lost."""

    status, code = 503, "sealed_elsewhere"


class Vault:
    """Seals with the first key, opens with any."""

    def __init__(self, *keys: bytes) -> None:
        self._keys = {hashlib.sha256(b"name" + key).digest()[:KEY_NAME_BYTES]: key for key in keys}

    def seal(self, plain: bytes, *, about: str) -> bytes:
        """Return what may be stored. `about` says what it belongs to."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        name, key = next(iter(self._keys.items()))
        head = _FORM + name
        nonce = os.urandom(NONCE_BYTES)
        return head + nonce + AESGCM(key).encrypt(nonce, plain, head + about.encode())

    def open(self, sealed: bytes, *, about: str) -> bytes:
        """Return what was sealed. Raises SealedElsewhere."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        head_bytes = len(_FORM) + KEY_NAME_BYTES
        head, nonce = sealed[:head_bytes], sealed[head_bytes : head_bytes + NONCE_BYTES]
        key = self._keys.get(head[len(_FORM) :])
        if key is None:
            raise SealedElsewhere
        try:
            return AESGCM(key).decrypt(nonce, sealed[head_bytes + NONCE_BYTES :], head + about.encode())
        except InvalidTag:
            raise SealedElsewhere from None
