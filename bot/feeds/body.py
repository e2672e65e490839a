"""Reads the body of an answer within a limit, inflating as it comes: memory never holds much more than the limit."""

import asyncio
import zlib
from collections.abc import AsyncIterable, Iterator

_STEP = 256 * 1024  # bytes inflated before others get their turn
_MEMBERS = 1_000  # gzip streams one behind the other; honest answers have one, and each costs time even if it is empty
_GZIP = b"\x1f\x8b"
_ENCODINGS = {"", "identity", "gzip", "x-gzip", "deflate"}


class BodyError(Exception):
    """The body cannot be had; the text is the reason in words."""


async def read(chunks: AsyncIterable[bytes], encoding: str, limit: int) -> bytes:
    """The whole body, inflated, of at most ``limit`` bytes, both as sent and inflated.

    ``encoding`` is the Content-Encoding; gzip is recognised with or without it. Raises BodyError.
    """
    if encoding not in _ENCODINGS:
        raise BodyError(f"sends an encoding that was not asked for ({encoding[:40]})")
    body, received, inflater = bytearray(), 0, _Inflater(encoding == "deflate")
    async for chunk in chunks:
        received += len(chunk)
        for piece in inflater.pieces(chunk):
            body += piece
            if max(received, len(body)) > limit:
                raise BodyError(f"sends more than {limit:,} bytes")
            if len(piece) == _STEP:
                await asyncio.sleep(0)
    body += inflater.rest()
    return bytes(body)


class _Inflater:
    """Turns what comes over the wire into pieces of at most _STEP bytes, or of the chunk's size where nothing is packed."""

    def __init__(self, deflate: bool) -> None:
        self._deflate = deflate
        self._stream: zlib._Decompress | None = None
        self._held = b""
        self._members = 0
        self._plain = self._over = False

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        if self._over:
            yield b""
        elif self._plain:
            yield chunk
        else:
            yield from self._unpacked(self._held + chunk)

    def rest(self) -> bytes:
        """What was held back in the hope for more. Raises BodyError if packed data ended too early."""
        if self._stream is not None:
            raise BodyError("sends a compressed answer that is cut off")
        return b"" if self._members else self._held

    def _unpacked(self, data: bytes) -> Iterator[bytes]:
        full, self._held = False, b""
        while data or full:
            if self._stream is None and not self._start(data):
                yield data if self._plain else b""
                return
            assert self._stream is not None  # noqa: S101 - _start has just made it
            try:
                piece = self._stream.decompress(data, _STEP)
            except zlib.error as exc:
                raise BodyError("sends a compressed answer that is damaged") from exc
            full, data = len(piece) == _STEP, self._stream.unconsumed_tail
            if self._stream.eof:
                full, data, self._stream = False, self._stream.unused_data, None
            yield piece

    def _start(self, data: bytes) -> bool:
        """Begin to unpack, where ``data`` is the start of something packed."""
        if len(data) < 2:
            self._held = data
            return False
        if self._deflate and not self._members:
            # Some servers send zlib, as the standard says, others bare deflate.
            zlib_head = data[0] & 0x0F == 8 and int.from_bytes(data[:2]) % 31 == 0
            self._stream = zlib.decompressobj(zlib.MAX_WBITS if zlib_head else -zlib.MAX_WBITS)
        elif data.startswith(_GZIP) and not self._deflate:
            self._stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
        else:
            self._over, self._plain = self._members > 0, self._members == 0  # bytes behind the packed part are padding
            return False
        self._members += 1
        if self._members > _MEMBERS:
            raise BodyError("sends a compressed answer in too many parts")
        return True
