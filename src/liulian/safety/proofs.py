"""Look for what proves that a host belongs to whoever claims it: a record in its DNS, or a file that it shows.

Each alone is enough. The file is answered by this server itself for a host that leads here (`web/by_host.py`). Private
addresses are asked only where the whole installation is private: there nobody registers names, and whoever arranges the
names of that network means what they lead to.
"""

import asyncio
from collections.abc import Callable, Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

from liulian.base.errors import FieldError, Unavailable
from liulian.base.hosts import is_local
from liulian.base.urls import is_reachable
from liulian.links.domain_model import Domain, proof_path, proof_text, txt_name
from liulian.safety.fetch import Fetcher, Unreachable
from liulian.screening.names import Address, Resolve, SystemResolver

ANSWER_S = 4.0  # A person waits for it.
AT_ONCE = 8  # Per process.
FILE_BYTES_MAX = 1024  # Ours has 64; the rest of anything else does not matter.
FOUND_LENGTH_MAX = 100  # Of another record, to be recognised by whoever wrote it.
RECORDS_MAX = 20
DNS_PORT = 53


class Prover:
    """One per process. `nameservers` empty: those of this machine.

    `is_private`: the installation itself is one of a private network. `allows` says which addresses may be asked.
    """

    def __init__(
        self,
        *,
        is_private: bool,
        resolve: Resolve | None = None,
        nameservers: Sequence[str] = (),
        dns_port: int = DNS_PORT,
        allows: Callable[[Address], bool] | None = None,
    ) -> None:
        self._is_private = is_private
        self._resolve = resolve or SystemResolver()
        self._nameservers = nameservers
        self._dns_port = dns_port
        self._allows = allows or (_is_near_or_reachable if is_private else is_reachable)
        self._running = 0

    async def doubts(self, domain: Domain, *, own_port: int | None) -> tuple[FieldError, ...]:
        """Return what was found in place of a proof; nothing when there is one. Raises Unavailable for too many.

        `own_port` is where this server listens: a private one is rarely found on the usual ports.
        """
        if self._running >= AT_ONCE:
            raise Unavailable(retry_after_s=2)
        self._running += 1
        try:
            found = await asyncio.gather(self._record(domain), self._file(domain, own_port=own_port))
        finally:
            self._running -= 1
        return () if None in found else tuple(doubt for doubt in found if doubt)

    async def _record(self, domain: Domain) -> FieldError | None:
        name = txt_name(domain.host)
        records = await self._texts(name)
        if proof_text(domain.proof) in records:
            return None
        if not records:
            return FieldError("txt", "domain_txt_missing", {"name": name})
        shown = "".join(letter for letter in records[0] if letter.isprintable())[:FOUND_LENGTH_MAX]
        return FieldError("txt", "domain_txt_other", {"name": name, "found": shown})

    async def _texts(self, name: str) -> list[str]:
        """Return the TXT records of a name; none where there is no answer, whatever the reason."""
        from dns.asyncresolver import Resolver
        from dns.exception import DNSException
        from dns.rdatatype import TXT

        try:
            resolver = Resolver(configure=not self._nameservers)
            if self._nameservers:
                resolver.nameservers = list(self._nameservers)
            resolver.port = self._dns_port
            answer = await resolver.resolve(f"{name}.", TXT, lifetime=ANSWER_S, search=False)
        except (DNSException, OSError):
            return []
        return [b"".join(record.strings).decode("utf-8", "replace") for record in list(answer)[:RECORDS_MAX]]

    async def _file(self, domain: Domain, *, own_port: int | None) -> FieldError | None:
        path = proof_path(domain.proof)
        origins = [f"http://{domain.host}", f"https://{domain.host}"]
        if self._is_private and own_port:
            origins.append(f"http://{domain.host}:{own_port}")
        fetcher = Fetcher(
            resolve=self._addresses,
            allows=self._allows,
            ports={80, 443, own_port or 80} if self._is_private else {80, 443},
        )
        bodies = await asyncio.gather(*(_body(fetcher, origin + path) for origin in origins))
        if proof_text(domain.proof).encode() in [body.strip() for body in bodies if body is not None]:
            return None
        code = "domain_file_other" if any(bodies) else "domain_file_unreachable"
        return FieldError("file", code, {"url": origins[0] + path, "host": domain.host})

    async def _addresses(self, host: str) -> list[Address]:
        """Return where a host is. Names below localhost are here, whether or not this machine's resolver knows it."""
        if host.endswith(".localhost"):
            return [ip_address("127.0.0.1"), ip_address("::1")]
        return await self._resolve(host)


def is_private_place(base_url: str | None) -> bool:
    """Tell whether an installation is one of a private network: without a public name, or with one of that network."""
    host = urlsplit(base_url).hostname if base_url else None
    if host is None or host == "localhost" or is_local(host):
        return True
    try:
        return not is_reachable(ip_address(host))
    except ValueError:
        return "." not in host


def _is_near_or_reachable(address: Address) -> bool:
    """Tell whether an address is public, or one that machines of a private network have. Never one of the link itself:
    there the clouds keep their secrets.
    """
    is_near = address.is_loopback or (address.is_private and not address.is_link_local and not address.is_unspecified)
    return is_near or is_reachable(address)


async def _body(fetcher: Fetcher, url: str) -> bytes | None:
    try:
        async with asyncio.timeout(ANSWER_S), fetcher.opened() as fetching:
            return await fetching.read(url, bytes_max=FILE_BYTES_MAX)
    except (Unreachable, TimeoutError):
        return None
