"""Codes of authenticator apps (RFC 6238): six digits that change every thirty seconds. Pure; uses none of them up."""

import hmac
from datetime import datetime

from liulian.base.clock import to_micros

STEP_S = 30
STEPS_EITHER_SIDE = 1  # Clocks of phones are off by some seconds, and people type slowly.


def new_secret() -> str:
    """Return a secret in base32, as apps take it."""
    import pyotp

    return pyotp.random_base32()


def uri_of(secret: str, *, email: str, issuer: str) -> str:
    """Return the address that apps read from a QR code."""
    import pyotp

    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=issuer)


def matching_step(secret: bytes, code: str, *, now: datetime) -> int | None:
    """Return the time step a code belongs to, the present one or a neighbour; None for a wrong code."""
    import pyotp

    typed = "".join(code.split()).encode("utf-8", "replace")
    generate = pyotp.TOTP(secret.decode("ascii")).generate_otp
    present = to_micros(now) // (STEP_S * 1_000_000)
    steps = range(present - STEPS_EITHER_SIDE, present + STEPS_EITHER_SIDE + 1)
    found = [step for step in steps if hmac.compare_digest(generate(step).encode(), typed)]
    return found[-1] if found else None
