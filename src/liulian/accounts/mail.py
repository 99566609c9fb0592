"""What accounts need of mail: somebody who sends one. The sender is `channels/smtp.py`; without it nothing is sent."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter of plain text to one address."""

    to: str
    subject: str
    text: str


class Mailer(Protocol):
    """Sends letters."""

    async def send(self, letter: Letter) -> None:
        """Hand a letter to the mail server. Raises Unavailable."""
