import asyncio
import gzip
import ssl
import zlib
from collections.abc import AsyncIterator
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from bot import clock
from bot.errors import FetchError
from bot.feeds.fetch import Client, Fetched, Unreachable
from tests.feeds import servers
from tests.feeds.servers import Handler, Server, answer, conditional, raw, redirect

SELF_SIGNED = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgUW/aa2kyDPjDl07B
2hjC+Z/LTde/EolJxLdW/70xuRShRANCAARM6gpG4C/5UEtWXM+cqra/LiR89xNC
MoP+4G8QtZH1oT2Bz/Hg7LsCDzqrheq2yx3WERGn5mA2OrO3SoGRFGpM
-----END PRIVATE KEY-----
-----BEGIN CERTIFICATE-----
MIIBjjCCATSgAwIBAgIUH/yHTUP22aevvpwVgPbvnXs0gkowCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJMTI3LjAuMC4xMB4XDTI2MTEyMjEwMjAyOVoXDTM2MTExOTEw
MjAyOVowFDESMBAGA1UEAwwJMTI3LjAuMC4xMFkwEwYHKoZIzj0CAQYIKoZIzj0D
AQcDQgAETOoKRuAv+VBLVlzPnKq2vy4kfPcTQjKD/uBvELWR9aE9gc/x4Oy7Ag86
q4Xqtssd1hERp+ZgNjqzt0qBkRRqTKNkMGIwHQYDVR0OBBYEFC0DVxUOr6Eef7Lz
94ae+GpLcJP2MB8GA1UdIwQYMBaAFC0DVxUOr6Eef7Lz94ae+GpLcJP2MA8GA1Ud
EwEB/wQFMAMBAf8wDwYDVR0RBAgwBocEfwAAATAKBggqhkjOPQQDAgNIADBFAiEA
wQeX93u8YHqUXtRUFhvtlfbiTl2TVj0tDEW2+QmnwCECIBLVUsG8jhDMFyNWt1M/
ZAGt9tTyww1XOlLwQoHMzeGH
-----END CERTIFICATE-----
"""  # made for this test: 127.0.0.1, signed by nobody else
RSS = b"<rss><channel><title>\xeb\x89\xb4\xec\x8a\xa4</title></channel></rss>"


def packed(body: bytes) -> bytes:
    """The same bytes in every process of a parallel run, which compares the names of the tests: gzip writes the time."""
    return gzip.compress(body, mtime=0)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with Server(servers.HOSTILE) as running:
        yield running


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with Client(user_agent="tests/1", allow_private=True, total=5.0) as ready:
        yield ready


async def refusal(client: Client, url: str) -> FetchError:
    with pytest.raises(FetchError) as caught:
        await client.get(url)
    assert caught.value.url == url
    return caught.value


async def test_an_answer_with_all_it_says(server: Server, client: Client) -> None:
    server.handlers["/feed"] = answer(
        RSS,
        ETag='"v1"',
        Last_Modified="Mon, 23 Nov 2026 00:00:00 GMT",
        Content_Type="text/xml; charset=utf-8",
        Cache_Control="max-age=600",
    )
    assert await client.get(server.url("/feed")) == Fetched(
        url=server.url("/feed"),
        status=200,
        body=RSS,
        etag='"v1"',
        last_modified="Mon, 23 Nov 2026 00:00:00 GMT",
        content_type="text/xml; charset=utf-8",
        fresh_for=600.0,
    )
    sent = server.requests[0].headers
    assert sent["user-agent"] == "tests/1" and sent["accept-encoding"] == "gzip" and "cookie" not in sent


async def test_what_did_not_change_is_not_sent_again(server: Server, client: Client) -> None:
    server.handlers["/feed"] = conditional(RSS, '"v1"')
    first = await client.get(server.url("/feed"))
    again = await client.get(server.url("/feed"), etag=first.etag, last_modified="Mon, 23 Nov 2026 00:00:00 GMT")
    assert (again.status, again.body, again.etag) == (304, b"", '"v1"')
    assert server.requests[1].headers["if-modified-since"] == "Mon, 23 Nov 2026 00:00:00 GMT"


async def test_unasked_304_is_a_failure(server: Server, client: Client) -> None:
    server.handlers["/feed"] = answer(status=304)
    assert "304" in (await refusal(client, server.url("/feed"))).reason


async def test_validators_that_would_break_a_header_are_left_out(server: Server, client: Client) -> None:
    server.handlers["/feed"] = answer(RSS)
    await client.get(server.url("/feed"), etag='"a"\r\nX-Evil: 1', last_modified="어제")
    assert not {"if-none-match", "if-modified-since", "x-evil"} & server.requests[0].headers.keys()


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", packed(RSS)),
        ("x-gzip", packed(RSS)),
        ("GZIP", packed(RSS[:9]) + packed(RSS[9:])),
        ("gzip", packed(RSS) + b"\0" * 512),
        ("gzip", RSS),
        ("deflate", zlib.compress(RSS)),
        ("deflate", zlib.compress(RSS)[2:-4]),
        ("identity", RSS),
        ("", packed(RSS)),
    ],
)
async def test_compressed_answers(server: Server, client: Client, encoding: str, body: bytes) -> None:
    server.handlers["/feed"] = answer(body, Content_Encoding=encoding)
    assert (await client.get(server.url("/feed"))).body == RSS


async def test_compressed_answer_in_tiny_chunks(server: Server, client: Client) -> None:
    chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in packed(RSS)) + b"0\r\n\r\n"
    server.handlers["/feed"] = raw(servers.head(Transfer_Encoding="chunked", Content_Encoding="gzip") + chunks)
    assert (await client.get(server.url("/feed"))).body == RSS


@pytest.mark.parametrize(
    ("encoding", "body", "reason"),
    [
        ("gzip", packed(RSS)[:-9], "cut off"),
        ("gzip", packed(RSS)[:-8] + b"checksum", "damaged"),
        ("br", b"anything", "encoding"),
        ("gzip, gzip", packed(packed(RSS)), "encoding"),
    ],
)
async def test_damaged_compression(server: Server, client: Client, encoding: str, body: bytes, reason: str) -> None:
    server.handlers["/feed"] = answer(body, Content_Encoding=encoding)
    assert reason in (await refusal(client, server.url("/feed"))).reason


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
async def test_size_limit_counts_inflated_bytes(server: Server, encoding: str) -> None:
    def sends(size: int) -> Handler:
        body = b" " * size
        return answer(gzip.compress(body) if encoding == "gzip" else body, Content_Encoding=encoding)

    async with Client(user_agent="tests/1", allow_private=True, max_bytes=50_000) as client:
        server.handlers["/feed"] = sends(50_000)
        assert len((await client.get(server.url("/feed"))).body) == 50_000
        server.handlers["/feed"] = sends(50_001)
        assert "more than 50,000 bytes" in (await refusal(client, server.url("/feed"))).reason


@pytest.mark.parametrize(
    ("statuses", "moved"), [([301], True), ([308, 301], True), ([302], False), ([301, 302], False), ([307, 308, 303], False)]
)
async def test_redirects(server: Server, client: Client, statuses: list[int], moved: bool) -> None:
    for hop, status in enumerate(statuses):
        server.handlers[f"/{hop}"] = redirect(f"/{hop + 1}", status)
    server.handlers[f"/{len(statuses)}"] = answer(RSS)
    fetched = await client.get(server.url("/0"))
    assert fetched.url == server.url(f"/{len(statuses)}") and fetched.body == RSS
    assert fetched.moved_to == (fetched.url if moved else None)


async def test_five_redirects_and_no_more(server: Server, client: Client) -> None:
    for hop in range(6):
        server.handlers[f"/{hop}"] = redirect(f"/{hop + 1}")
    server.handlers["/5"] = answer(RSS)
    assert (await client.get(server.url("/0"))).body == RSS
    server.handlers["/5"], server.handlers["/6"] = redirect("/6"), answer(RSS)
    assert "redirects more than 5 times" in (await refusal(client, server.url("/0"))).reason


@pytest.mark.parametrize("target", ["/도쿄 법인.xml", "/\udcb5\udcb5\udcc4", "/a%20b/../c?q=가|나"])
async def test_redirects_in_any_script(server: Server, client: Client, target: str) -> None:
    server.handlers |= {"/from": redirect(target), "*": answer(RSS)}
    assert (await client.get(server.url("/from"))).body == RSS
    assert server.requests[-1].target.isascii() and " " not in server.requests[-1].target


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/뉴스/도쿄 지사.xml?분야=인공지능", "/%EB%89%B4%EC%8A%A4/%EB%8F%84%EC%BF%84%20%EC%A7%80%EC%82%AC.xml"),
        ("/記事/生成AI", "/%E8%A8%98%E4%BA%8B/%E7%94%9F%E6%88%90AI"),
        ("/%B0%A1", "/%B0%A1"),
        ("/a+b%2Fc", "/a+b%2Fc"),
    ],
)
async def test_urls_in_any_script(server: Server, client: Client, path: str, asked: str) -> None:
    server.handlers["*"] = answer(RSS)
    assert (await client.get(server.url(path))).body == RSS
    assert server.requests[0].target.split("?")[0] == asked


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "gopher://127.0.0.1:25/_MAIL", "http://user:pass@127.0.0.1/", "http://[", "data:,x"]
)
async def test_redirects_to_what_is_no_web_address(server: Server, client: Client, target: str) -> None:
    server.handlers["/from"] = redirect(target)
    assert isinstance(await refusal(client, server.url("/from")), Unreachable)


@pytest.mark.parametrize(
    ("status", "permanent", "words"),
    [
        (401, False, "401 Unauthorized"),
        (403, False, "403"),
        (404, False, "404 Not Found"),
        (410, True, "410 Gone"),
        (500, False, "500"),
        (202, False, "202"),
        (999, False, "999"),
    ],
)
async def test_refusals(server: Server, client: Client, status: int, permanent: bool, words: str) -> None:
    server.handlers["/feed"] = answer(b"no", status, Retry_After=60)
    error = await refusal(client, server.url("/feed"))
    assert (error.permanent, error.retry_after) == (permanent, None) and words in error.reason


@pytest.mark.parametrize(
    ("value", "least", "most"),
    [
        ("120", 120, 120),
        ("99999999999", 86_400, 86_400),
        ("in an hour", 3_500, 3_600),
        ("Mon, 23 Nov 2020 00:00:00 GMT", 0, 0),
        ("Mon, 23 Nov 9999 00:00:00 GMT", 86_400, 86_400),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
async def test_servers_that_ask_for_time(
    server: Server, client: Client, status: int, value: str, least: float, most: float
) -> None:
    if value == "in an hour":
        value = format_datetime(clock.now() + timedelta(hours=1), usegmt=True)
    server.handlers["/feed"] = answer(b"", status, Retry_After=value)
    error = await refusal(client, server.url("/feed"))
    assert error.retry_after is not None and least <= error.retry_after <= most and not error.permanent


@pytest.mark.parametrize("value", ["", "soon", "-5", "1e9", "١٢", "Mon, 99 Foo 2026 99:99:99 GMT", "Mon, 23 Nov 2026 00:00:00"])
async def test_odd_requests_for_time_do_not_count(server: Server, client: Client, value: str) -> None:
    server.handlers["/feed"] = answer(b"", 503, Retry_After=value)
    assert (await refusal(client, server.url("/feed"))).retry_after is None


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Cache_Control": "public, Max-Age=60"}, 60),
        ({"Cache_Control": "s-maxage=5"}, None),
        ({"Date": "Mon, 23 Nov 2026 00:00:00 GMT", "Expires": "Mon, 23 Nov 2026 00:30:00 GMT"}, 1_800),
        ({"Date": "Mon, 23 Nov 2026 00:00:00 GMT", "Expires": "Mon, 23 Nov 2020 00:30:00 GMT"}, 0),
        ({"Expires": "0"}, None),
        ({}, None),
    ],
)
async def test_how_long_it_stays_fresh(server: Server, client: Client, headers: dict[str, str], seconds: float | None) -> None:
    server.handlers["/feed"] = answer(RSS, **headers)
    assert (await client.get(server.url("/feed"))).fresh_for == seconds


@pytest.mark.parametrize(
    "path", ["/cut-off", "/reset", "/bad-chunks", "/no-http", "/silent", "/long-header", "/many-headers", "/loop"]
)
async def test_broken_answers_fail_with_a_reason(server: Server, client: Client, path: str) -> None:
    error = await refusal(client, server.url(path))
    assert error.reason and "after" not in error.reason and not error.permanent


async def test_certificates_are_checked(client: Client, tmp_path: Path) -> None:
    (tmp_path / "pair.pem").write_text(SELF_SIGNED)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(tmp_path / "pair.pem")
    async with Server({"/feed": answer(RSS)}, tls=tls) as server:
        error = await refusal(client, server.url("/feed"))
        assert isinstance(error, Unreachable) and "certificate is not valid (self-signed certificate)" in error.reason
        assert not server.requests


async def test_no_tls_where_tls_is_asked_for(client: Client) -> None:
    async def shout(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(shout, "127.0.0.1", 0) as listener:
        error = await refusal(client, f"https://127.0.0.1:{listener.sockets[0].getsockname()[1]}/feed")
    assert isinstance(error, Unreachable) and error.reason == "no secure connection could be made"


async def test_nobody_listens(client: Client) -> None:
    async with Server() as server:
        url = server.url("/feed")
    assert (await refusal(client, url)).reason == "no connection (connection refused)"


@pytest.mark.parametrize(
    "url", ["", "ftp://127.0.0.1/x", "http://user@127.0.0.1/", "http://127.0.0.1:99999/", "http://" + "a" * 5_000, "\ud800"]
)
async def test_what_is_no_web_address(client: Client, url: str) -> None:
    assert isinstance(await refusal(client, url), Unreachable)


async def test_twenty_seconds_and_ten_megabytes_unless_told_otherwise() -> None:
    async with Client(user_agent="tests/1") as client:
        assert (client.total, client.max_bytes) == (20.0, 10_000_000)


async def test_cookies_are_not_kept(server: Server, client: Client) -> None:
    server.handlers["/feed"] = answer(RSS, Set_Cookie="id=1; Path=/")
    await client.get(server.url("/feed"))
    await client.get(server.url("/feed"))
    assert "cookie" not in server.requests[1].headers
