"""Keys derived from the one secret of this installation, and tokens made with them.

`LIULIAN_SECRET_KEY`, or a file made on the first start (mode 0600), is never used itself: each purpose has its own key.
"""

import hashlib
import hmac
import os
import secrets
from base64 import urlsafe_b64encode
from pathlib import Path

TOKEN_BYTES = 32  # 256 random bits: no stretching needed, SHA-256 is enough to store it.


def derive_key(secret: bytes, *, purpose: str) -> bytes:
    """Return 32 bytes for one purpose (HKDF-SHA256 of RFC 5869 with an empty salt and one block)."""
    root = hmac.digest(bytes(32), secret, "sha256")
    return hmac.digest(root, purpose.encode() + b"\x01", "sha256")


def mark_of(secret: bytes) -> str:
    """Return what tells two secrets apart and leads back to neither."""
    return derive_key(secret, purpose="mark").hex()


def sign(key: bytes, message: bytes) -> str:
    """Return a URL-safe tag of 43 characters over `message`."""
    return _text(hmac.digest(key, message, "sha256"))


def is_signed(key: bytes, message: bytes, tag: str) -> bool:
    """Tell whether `tag` was made by `sign` over `message`, in constant time."""
    return hmac.compare_digest(sign(key, message).encode(), tag.encode("utf-8", "replace"))


def random_token() -> str:
    """Return a new secret of 43 URL-safe characters."""
    return _text(secrets.token_bytes(TOKEN_BYTES))


def fingerprint(token: str) -> bytes:
    """Return what is stored of a random token: 32 bytes that do not lead back to it."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def read_or_create_secret(path: Path) -> bytes:
    """Return the installation's secret, made on first use. Two processes that start together get the same one."""
    if not path.exists():
        draft = path.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(random_token())
        try:
            os.link(draft, path)  # Unlike a rename, a link never replaces the secret of a faster process.
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_bytes().strip()


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
