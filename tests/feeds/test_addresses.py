import asyncio
import itertools
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import FetchError
from bot.feeds.addresses import AddressRefused, Gate, is_loopback, is_public
from bot.feeds.fetch import Client, Unreachable
from tests.feeds.servers import Server, answer, redirect

PUBLIC = "93.184.216.34"
_PRIVATE = (
    "0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 100.127.255.255 127.0.0.1 127.255.255.254 168.63.129.16"
    " 169.254.169.254 169.254.170.2 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.192 192.0.2.1 192.88.99.1 192.168.0.1 198.18.0.1"
    " 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255"
    " :: ::1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:93.184.216.34 64:ff9b::7f00:1 64:ff9b:1::1 100::1 2001::1 2001:20::1 2001:db8::1"
    " 2002:7f00:1::1 3fff::1 5f00::1 fc00::1 fd00:ec2::254 fe80::1 fe80::1%eth0 2606:2800::1%1 fec0::1 ff02::1"
)
# Spellings of 127.0.0.1, 169.254.169.254, 10.0.0.1 and their like that some library or other takes for an address.
_SPELLINGS = (
    "127.1 127.0.1 0177.0.0.1 0177.1 017700000001 0x7f.0.0.1 0x7f.1 0x7f000001 0X7F000001 2130706433 00000000177.0.0.1 127.0.0.1."
    " 127.00.00.01 127.0.0.0x1 1２7.0.0.1 １２７.０.０.１ ①②⑦.⓪.⓪.① 127。0。0。1 127．0．0．1 %31%32%37.0.0.1 %6cocalhost"
    " localhost LOCALHOST localhost. localhost.localdomain ip6-localhost ⓛⓞⓒⓐⓛⓗⓞⓢⓣ 0 0.0 0x0 00 0.0.0.0"
    " 169.254.43518 0xa9fea9fe 2852039166"
    " 0251.0376.0251.0376 10.1 0xa000001 167772161 012.0.0.1 192.168.257 3232235777 100.6553700 [::] [::1] [0:0:0:0:0:0:0:1]"
    " [0000::1] [::127.0.0.1] [::ffff:127.0.0.1] [::ffff:7f00:1] [0:0:0:0:0:ffff:169.254.169.254] [64:ff9b::a9fe:a9fe]"
    " [2002:a9fe:a9fe::1] [fd00:ec2::254] [fe80::1] [fec0::1] [::1%25lo] [::1%lo] [ff02::1] [2001:0:7f00:1::1]"
)
PRIVATE, SPELLINGS = _PRIVATE.split(), _SPELLINGS.split()
FORMS = (
    "http://{}/",
    "https://{}/",
    "http://{}:80/latest/meta-data/",
    "HTTP:\\\\{}/",
    "//{}/",
    "http://{}#@example.com/",
    "http://{}:443/",
)
INTERNAL_NAMES = {
    "localhost",
    "ip6-localhost",
    "ip6-loopback",
    "localhost.localdomain",
    "redirect-server",
    "1u.ms",
    "intranet.example",
}


class Canary(socket.socket):
    """Notes where it is told to connect, and stays where it is; for PUBLIC it connects to ``server`` where there is one."""

    sung: list[str]
    server: tuple[str, int] | None

    def connect(self, address: Any) -> None:
        self.sung.append(address[0])
        if address[0] != PUBLIC or self.server is None:
            raise ConnectionRefusedError(111, "only a canary")
        super().connect(self.server)


@pytest.fixture
def canary() -> Iterator[type[Canary]]:
    yield type("CanaryHere", (Canary,), {"sung": [], "server": None})


async def lookup(host: str, port: int) -> list[str]:
    """Like the system's, numeric spellings included, but without asking anybody: odd names are internal, others are PUBLIC."""
    try:
        return [str(found[4][0]) for found in socket.getaddrinfo(host, port, flags=socket.AI_NUMERICHOST)]
    except socket.gaierror:
        name = host.rstrip(".").lower()
        return ["127.0.0.1", "::1"] if name in INTERNAL_NAMES or name.endswith(".r3dir.me") else [PUBLIC]


@pytest.fixture
async def client(canary: type[Canary]) -> AsyncIterator[Client]:
    async with Client(user_agent="tests/1", lookup=lookup, open_socket=canary, total=5.0, pause=0) as ready:
        yield ready


async def assert_nothing_private(client: Client, canary: type[Canary], url: str) -> None:
    with pytest.raises(FetchError):
        await client.get(url)
    assert not [address for address in canary.sung if not is_public(address)], url


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", [PUBLIC, "1.1.1.1", "8.8.8.8", "211.249.220.24", "2606:2800:220:1::1", "2001:4860:4860::8888"]
)
def test_public_addresses(address: str) -> None:
    assert is_public(address) and not is_loopback(address)


@given(st.one_of(st.text(max_size=40), st.ip_addresses().map(str)))
def test_any_text_is_judged(text: str) -> None:
    assert not (is_public(text) and is_loopback(text))


@pytest.mark.parametrize("address", PRIVATE)
def test_only_loopback_can_be_allowed(address: str) -> None:
    assert Gate(allow_loopback=True).allows(address) == (address == "::1" or address.startswith("127."))


async def test_the_list_of_hostile_urls(client: Client, canary: type[Canary], shared: Path) -> None:
    lines = (shared / "corpora/naughty/ssrf-urls.txt").read_text().splitlines()
    for line in lines:
        await assert_nothing_private(client, canary, line)
    assert len(lines) > 100 and {PUBLIC, "1.1.1.1"} == set(canary.sung)


@pytest.mark.parametrize("form", FORMS)
async def test_every_spelling_of_a_private_address(client: Client, canary: type[Canary], form: str) -> None:
    hosts = [*SPELLINGS, *(f"[{address}]" if ":" in address else address for address in PRIVATE)]
    for host in hosts:
        await assert_nothing_private(client, canary, form.format(host))
    assert not canary.sung


@pytest.mark.parametrize(
    "answers",
    [["10.0.0.1"], ["::1"], [PUBLIC, "10.0.0.1"], ["169.254.169.254", PUBLIC], [PUBLIC, "fe80::1%eth0"], ["::ffff:10.0.0.1"], []],
)
async def test_one_private_answer_refuses_the_name(canary: type[Canary], answers: list[str]) -> None:
    async def mixed(host: str, port: int) -> list[str]:
        return answers

    async with Client(user_agent="tests/1", lookup=mixed, open_socket=canary) as client:
        with pytest.raises(Unreachable):
            await client.get("http://rebind.example/")
    assert not canary.sung


async def test_a_name_that_changes_its_answer(canary: type[Canary]) -> None:
    answers = itertools.cycle([[PUBLIC], ["127.0.0.1"], [PUBLIC], ["169.254.169.254"]])

    async def rebinding(host: str, port: int) -> list[str]:
        return next(answers)

    async with Client(user_agent="tests/1", lookup=rebinding, open_socket=canary, pause=0) as client:
        for _ in range(100):
            await assert_nothing_private(client, canary, "http://rebind.example/")
    assert canary.sung == [PUBLIC] * 50


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("allow_private", [False, True])
async def test_redirects_to_private_addresses(canary: type[Canary], status: int, allow_private: bool) -> None:
    targets = [form.format(host) for host in ("10.0.0.1", "169.254.169.254", "0x0a.1", "[fd00:ec2::254]") for form in FORMS]
    targets += ["http://intranet.example/", "file:///etc/passwd", "gopher://10.0.0.1:25/_MAIL", "http://192.168.0.1:8080/"]
    async with (
        Server() as server,
        Client(user_agent="tests/1", allow_private=allow_private, lookup=lookup, open_socket=canary, pause=0) as client,
    ):
        canary.server = ("127.0.0.1", server.port)
        for number, target in enumerate(targets):
            server.handlers[f"/{number}"] = redirect(target, status)
            with pytest.raises(FetchError):
                await client.get(f"http://news.example/{number}")
        assert len(server.requests) == len(targets)
    assert {address for address in canary.sung if not is_loopback(address)} == {PUBLIC}
    assert allow_private or set(canary.sung) == {PUBLIC}


async def test_an_honest_name_is_reached(client: Client, canary: type[Canary]) -> None:
    async with Server({"/feed": answer(b"<rss/>")}) as server:
        canary.server = ("127.0.0.1", server.port)
        assert (await client.get("http://뉴스.example/feed")).body == b"<rss/>"
        assert server.requests[0].headers["host"] == "xn--vg1b002a.example"
    assert canary.sung == [PUBLIC]


@pytest.mark.parametrize("url", ["http://news.example:22/", "https://news.example:8443/", "http://news.example:8080/"])
async def test_ports_of_the_web_only(client: Client, canary: type[Canary], url: str) -> None:
    with pytest.raises(Unreachable, match="port"):
        await client.get(url)
    assert not canary.sung


async def test_a_name_that_does_not_exist(canary: type[Canary]) -> None:
    async def nobody(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "not known")

    async with Client(user_agent="tests/1", lookup=nobody, open_socket=canary) as client:
        with pytest.raises(Unreachable, match="name cannot be resolved"):
            await client.get("http://nowhere.example/")


async def test_the_system_is_asked_for_names() -> None:
    gate = Gate(allow_loopback=True)
    assert set(await gate.resolve("localhost", 80)) <= {"127.0.0.1", "::1"}
    with pytest.raises(AddressRefused):
        await Gate().resolve("localhost", 80)


async def test_more_lookups_than_threads() -> None:
    gate = Gate(allow_loopback=True)
    answers = await asyncio.gather(*(gate.resolve("127.0.0.1", 80) for _ in range(200)))
    assert answers == [["127.0.0.1"]] * 200
    with pytest.raises(socket.gaierror):
        await gate.resolve("a" * 64 + ".", 80)  # too long to be asked for
