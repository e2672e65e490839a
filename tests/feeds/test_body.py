import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.body import BodyError, read

BODIES = st.one_of(
    st.binary(max_size=400),
    st.builds(lambda unit, times: unit * times, st.binary(min_size=1, max_size=5), st.integers(1, 200_000)),
)


async def chunks(data: bytes, sizes: list[int]) -> AsyncIterator[bytes]:
    """``data`` in chunks of these sizes, the rest in one."""
    for size in sizes:
        yield data[:size]
        data = data[size:]
    yield data


def whole(data: bytes, encoding: str, sizes: list[int], limit: int = 10_000_000) -> bytes:
    return asyncio.run(read(chunks(data, sizes), encoding, limit))


@given(BODIES, st.sampled_from(["gzip", "deflate", "zlib", "identity"]), st.lists(st.integers(1, 50), max_size=30))
def test_any_body_in_any_chunks(body: bytes, packing: str, sizes: list[int]) -> None:
    packed = {"gzip": gzip.compress(body), "zlib": zlib.compress(body), "deflate": zlib.compress(body)[2:-4], "identity": body}[
        packing
    ]
    if packing == "identity" and body.startswith(b"\x1f\x8b"):
        return  # taken for gzip, on purpose
    if packing == "deflate" and len(packed) > 1 and packed[0] & 0x0F == 8 and int.from_bytes(packed[:2]) % 31 == 0:
        return  # bare deflate that looks like zlib
    assert whole(packed, {"zlib": "deflate"}.get(packing, packing), sizes) == body


@given(st.binary(max_size=200), st.sampled_from(["gzip", "deflate", ""]), st.lists(st.integers(1, 20), max_size=10))
def test_junk_gives_bytes_or_a_reason(junk: bytes, encoding: str, sizes: list[int]) -> None:
    for data in (junk, b"\x1f\x8b" + junk, gzip.compress(b"x") + junk):
        try:
            assert isinstance(whole(data, encoding, sizes), bytes)
        except BodyError as exc:
            assert str(exc).startswith("sends ")


@given(st.integers(0, 3_000), st.booleans(), st.lists(st.integers(1, 500), max_size=10))
def test_never_more_than_the_limit(size: int, packed: bool, sizes: list[int]) -> None:
    body = b" " * size
    data = gzip.compress(body) if packed else body
    if size <= 1_000:
        assert whole(data, "gzip" if packed else "", sizes, limit=1_000) == body
    else:
        with pytest.raises(BodyError, match="more than 1,000 bytes"):
            whole(data, "gzip" if packed else "", sizes, limit=1_000)
