"""Send letters by SMTP: `smtp:`, `smtp+tls:` (STARTTLS) or `smtps:`. The library is loaded with the first letter."""

import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Self
from urllib.parse import unquote, urlsplit

from liulian.accounts.mail import Letter
from liulian.base.errors import Unavailable

TIMEOUT_S = 20.0
PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpMailer:
    """A mail server and in whose name it is asked. Implements `accounts.mail.Mailer`."""

    scheme: str
    host: str
    port: int
    username: str | None
    password: str | None = field(repr=False)
    sender: str

    @classmethod
    def parse(cls, url: str, *, sender: str) -> Self:
        """Read `smtps://user:password@host:port`. Raises ValueError."""
        parts = urlsplit(url)
        if parts.scheme not in PORTS or not parts.hostname or parts.path not in ("", "/"):
            raise ValueError("smtp://, smtp+tls:// or smtps://user:password@host:port")
        return cls(
            scheme=parts.scheme,
            host=parts.hostname,
            port=parts.port or PORTS[parts.scheme],
            username=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            sender=sender,
        )

    async def send(self, letter: Letter) -> None:
        """Hand a letter to the server. Raises Unavailable when it does not take it."""
        import aiosmtplib

        try:
            await aiosmtplib.send(
                self._message(letter),
                sender=self.sender,
                recipients=[letter.to],
                hostname=self.host,
                port=self.port,
                username=self.username,
                password=self.password,
                use_tls=self.scheme == "smtps",
                start_tls=self.scheme == "smtp+tls",
                tls_context=ssl.create_default_context() if self.scheme != "smtp" else None,
                timeout=TIMEOUT_S,
            )
        except (aiosmtplib.SMTPException, OSError, ValueError) as problem:
            raise Unavailable from problem

    def _message(self, letter: Letter) -> EmailMessage:
        message = EmailMessage()
        message["From"] = self.sender
        message["To"] = letter.to
        message["Subject"] = letter.subject
        message["Date"] = formatdate()
        message["Message-ID"] = make_msgid(domain=self.sender.rpartition("@")[2].rstrip(">") or None)
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text)
        return message
