"""Decides which addresses may be connected to. Every connection passes here twice: its name when it is resolved, its address when
its socket is opened; so numeric spellings, redirects and names that change their answer make no difference.
"""

import asyncio
import ipaddress
import socket
import threading
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any

from bot import log

Lookup = Callable[[str, int], Awaitable[Sequence[str]]]
OpenSocket = Callable[[int, int, int], socket.socket]  # family, kind, protocol
AddressInfo = tuple[int, int, int, str, tuple[Any, ...]]

# ipaddress.is_global differs between Python versions and misses some of these: it is asked too, but never alone.
_REFUSED = [
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT, and a cloud's metadata at 100.100.100.200
        "127.0.0.0/8",
        "168.63.129.16/32",  # a cloud's platform address, though it looks public
        "169.254.0.0/16",  # link-local, and most clouds' metadata
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",  # multicast, reserved, broadcast
        "2001::/23",  # Teredo and other addresses that stand for something else
        "2001:db8::/32",
        "2002::/16",  # 6to4: an IPv4 address inside
        "3fff::/20",
    )
]
# Unicast IPv6 lives here. Outside lie loopback, mapped IPv4, NAT64, unique local, link-local, site-local and multicast.
_IPV6_UNICAST = ipaddress.ip_network("2000::/3")
_LOOKUPS_AT_ONCE = 32


_SIP = 8 * 1024  # bytes


class _SippingSocket(socket.socket):
    """Hands over little at a time, so that parsing one handful (of interim answers, say) never holds up the loop."""

    def recv(self, size: int, flags: int = 0) -> bytes:
        return super().recv(min(size, _SIP), flags)

    def recv_into(self, buffer: Any, size: int = 0, flags: int = 0) -> int:
        return super().recv_into(buffer, min(size or len(buffer), _SIP), flags)


class AddressRefused(OSError):
    """The address, or one of the addresses of the name, is not public. Raised to the HTTP library, hence an OSError."""


@lru_cache(maxsize=10_000)
def is_public(address: str) -> bool:
    """Whether ``address``, IPv4 or IPv6 in standard notation, is somebody's on the public internet."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if ip.version == 6 and (ip not in _IPV6_UNICAST or ip.scope_id):
        return False
    return ip.is_global and not any(ip in network for network in _REFUSED if network.version == ip.version)


@lru_cache(maxsize=10_000)
def is_loopback(address: str) -> bool:
    """Whether ``address`` is this machine itself: 127.0.0.0/8 or ::1 (not their look-alikes)."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    return ip.is_loopback and (ip.version == 4 or ip == ipaddress.IPv6Address("::1"))


class Gate:
    """Resolves names and opens sockets, for public addresses only; for loopback as well where ``allow_loopback``.

    ``lookup`` and ``open_socket`` replace the system's resolver and sockets.
    """

    def __init__(
        self,
        *,
        allow_loopback: bool = False,
        lookup: Lookup | None = None,
        open_socket: OpenSocket | None = None,
    ) -> None:
        self._allow_loopback = allow_loopback
        self._lookup = lookup or self._ask_system
        self._open_socket = open_socket or _SippingSocket
        self._lookups = asyncio.Semaphore(_LOOKUPS_AT_ONCE)

    def allows(self, address: str) -> bool:
        """Whether a connection to ``address`` may be opened."""
        return is_public(address) or (self._allow_loopback and is_loopback(address))

    async def resolve(self, host: str, port: int) -> list[str]:
        """The addresses of ``host``, each of them allowed.

        Raises:
            AddressRefused: if any of them is not. Other OSErrors if there are none.
        """
        addresses = list(dict.fromkeys(await self._lookup(host, port)))
        if not addresses:
            raise socket.gaierror(socket.EAI_NONAME, "no address")
        if not all(self.allows(address) for address in addresses):
            log.warning("address.refused", host=host)
            raise AddressRefused(f"{host} has an address that is not public")
        return addresses

    def socket(self, info: AddressInfo) -> socket.socket:
        """A new socket for the address in ``info`` (as ``getaddrinfo`` gives it). Raises AddressRefused."""
        family, kind, protocol, _, address = info
        if not self.allows(str(address[0])):
            log.warning("address.refused", host=str(address[0]))
            raise AddressRefused(f"{address[0]} is not public")
        return self._open_socket(family, kind, protocol)

    async def _ask_system(self, host: str, port: int) -> list[str]:
        """Ask in a thread of its own: name servers that never answer hold up neither other work nor the end of the program."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[list[str]] = loop.create_future()

        def settle(outcome: list[str] | OSError) -> None:
            self._lookups.release()
            if answer.done():  # nobody waits any more
                return
            if isinstance(outcome, OSError):
                answer.set_exception(outcome)
            else:
                answer.set_result(outcome)

        def ask() -> None:
            outcome: list[str] | OSError
            try:
                found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
                outcome = [str(address[0]) for *_, address in found]
            except (OSError, UnicodeError) as exc:
                outcome = exc if isinstance(exc, OSError) else socket.gaierror(socket.EAI_NONAME, str(exc))
            with suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(settle, outcome)

        await self._lookups.acquire()
        threading.Thread(target=ask, name="lookup", daemon=True).start()
        return await answer
