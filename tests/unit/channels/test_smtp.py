"""Letters go to a mail server as it expects them; a small one stands in for it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes
from email.header import decode_header, make_header

import pytest

from liulian.accounts.mail import Letter
from liulian.base.errors import Unavailable
from liulian.channels.smtp import SmtpMailer

LETTER = Letter(to="lin@example.com", subject="重设密码", text="你好：\n\nhttps://s.example/console/reset#x\n")


class MailServer:
    """Speaks enough SMTP to take a letter. `refuses`: a command it answers with 550."""

    def __init__(self, *, refuses: str = "") -> None:
        self.refuses = refuses
        self.commands: list[str] = []
        self.letter = b""
        self.port = 0
        self.over = asyncio.Event()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 here\r\n")
        while line := (await reader.readline()).decode().strip():
            self.commands.append(line)
            command = line.split(" ", 1)[0].upper()
            if command == self.refuses:
                writer.write(b"550 no\r\n")
            elif command == "DATA":
                writer.write(b"354 go on\r\n")
                self.letter = await reader.readuntil(b"\r\n.\r\n")
                writer.write(b"250 taken\r\n")
            elif command == "EHLO":
                writer.write(b"250-here\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN\r\n")
            elif command == "AUTH":
                writer.write(b"235 welcome\r\n")
            else:
                writer.write(b"221 bye\r\n" if command == "QUIT" else b"250 fine\r\n")
            await writer.drain()
        writer.close()
        await writer.wait_closed()
        self.over.set()


@asynccontextmanager
async def serving(server: MailServer) -> AsyncIterator[None]:
    listener = await asyncio.start_server(server.answer, "127.0.0.1", 0)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield
        await server.over.wait()
    finally:
        listener.close()


async def test_letter_arrives_whole() -> None:
    server = MailServer()
    async with serving(server):
        mailer = SmtpMailer.parse(f"smtp://lin:p%40ss@127.0.0.1:{server.port}", sender="Liulian <links@s.example>")
        await mailer.send(LETTER)

    message = message_from_bytes(server.letter)
    assert str(make_header(decode_header(message["Subject"]))) == LETTER.subject
    assert (message["To"], message["Auto-Submitted"]) == (LETTER.to, "auto-generated")
    payload = message.get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert "https://s.example/console/reset#x" in payload.decode()
    assert any(command.startswith("AUTH") for command in server.commands)
    assert "MAIL FROM:<links@s.example>" in " ".join(server.commands)


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "AUTH"])
async def test_server_that_refuses_is_unavailable(command: str) -> None:
    server = MailServer(refuses=command)
    async with serving(server):
        mailer = SmtpMailer.parse(f"smtp://lin:x@127.0.0.1:{server.port}", sender="links@s.example")
        with pytest.raises(Unavailable):
            await mailer.send(LETTER)


async def test_server_that_is_not_there_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        await SmtpMailer.parse("smtp://127.0.0.1:1", sender="links@s.example").send(LETTER)


@pytest.mark.parametrize(
    "url", ["http://mail.example", "smtp://", "mail.example", "smtp://mail.example/path", "smtps://h:x"]
)
def test_address_that_is_no_mail_server(url: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        SmtpMailer.parse(url, sender="links@s.example")


def test_ports_are_the_usual_ones() -> None:
    ports = [SmtpMailer.parse(f"{scheme}://h", sender="x@y").port for scheme in ("smtp", "smtp+tls", "smtps")]

    assert ports == [25, 587, 465]


def test_password_is_in_no_log() -> None:
    assert "hush" not in repr(SmtpMailer.parse("smtps://lin:hush@mail.example", sender="x@y"))
