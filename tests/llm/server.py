"""An OpenAI-compatible server on loopback whose answers a test scripts; it keeps what it was asked."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

Answer = Callable[[dict[str, Any]], web.StreamResponse | Awaitable[web.StreamResponse]]


def says(content: Any, *, finish: str = "stop", tokens: int = 100, **message: Any) -> Answer:
    """A chat completion with ``content`` (JSON data or text), as a stream where one is asked for."""
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)

    def answer(request: dict[str, Any]) -> web.StreamResponse:
        if request.get("stream"):
            return _Stream(request["model"], text, finish, tokens, message)
        choice = {"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": text, **message}}
        usage = {"prompt_tokens": tokens - 10, "completion_tokens": 10, "total_tokens": tokens}
        return web.json_response(
            {
                "id": "c1",
                "object": "chat.completion",
                "created": 1,
                "model": request["model"],
                "choices": [choice],
                "usage": usage,
            }
        )

    return answer


class _Stream(web.StreamResponse):
    """Server-sent events of a few characters each; ``breaks_at``: after so many it hangs up, ``waits_at``: it says no more."""

    def __init__(
        self, model: str, text: str, finish: str, tokens: int, message: dict[str, Any], *, breaks_at: int = -1, waits_at: int = -1
    ) -> None:
        super().__init__()
        self._model, self._text, self._finish, self._tokens, self._message = model, text, finish, tokens, message
        self._breaks_at, self._waits_at = breaks_at, waits_at

    async def prepare(self, request: web.BaseRequest) -> Any:
        self.content_type = "text/event-stream"
        writer = await super().prepare(request)
        for number, piece in enumerate([self._text[at : at + 9] for at in range(0, len(self._text), 9)]):
            if number == self._breaks_at and request.transport:
                request.transport.close()
                return writer
            while number == self._waits_at and request.transport and not request.transport.is_closing():  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            await self._event({"choices": [{"index": 0, "delta": {"content": piece}, "finish_reason": None}]})
        await self._event({"choices": [{"index": 0, "delta": self._message, "finish_reason": self._finish}]})
        usage = {"prompt_tokens": self._tokens - 10, "completion_tokens": 10, "total_tokens": self._tokens}
        await self._event({"choices": [], "usage": usage})
        await self.write(b"data: [DONE]\n\n")
        return writer

    async def _event(self, data: dict[str, Any]) -> None:
        whole = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": self._model, **data}
        await self.write(f"data: {json.dumps(whole, ensure_ascii=False)}\n\n".encode())
        await asyncio.sleep(0)


def streams(content: Any, *, breaks_at: int = -1, waits_at: int = -1, finish: str = "stop") -> Answer:
    """A stream that hangs up or falls silent after so many pieces."""
    text = json.dumps(content, ensure_ascii=False)
    return lambda request: _Stream(request["model"], text, finish, 100, {}, breaks_at=breaks_at, waits_at=waits_at)


def embeds(vector_of: Callable[[str], list[float]]) -> Answer:
    """Embeddings in reverse order, as the API allows."""

    def answer(request: dict[str, Any]) -> web.Response:
        data = [{"object": "embedding", "index": n, "embedding": vector_of(text)} for n, text in enumerate(request["input"])]
        usage = {"prompt_tokens": 7, "total_tokens": 7}
        return web.json_response({"object": "list", "model": request["model"], "data": data[::-1], "usage": usage})

    return answer


def fails(status: int, message: str = "no", **headers: str) -> Answer:
    """An error as OpenAI states it."""

    def answer(request: dict[str, Any]) -> web.Response:
        return web.json_response({"error": {"message": message, "code": message}}, status=status, headers=headers)

    return answer


def junk() -> Answer:
    """Something else than the API, as a proxy's error page is."""
    return lambda request: web.Response(text="<html>busy</html>", content_type="text/html")


def silent(request: dict[str, Any]) -> web.StreamResponse:
    """Takes the request and does not answer for as long as the server runs, which sees to that."""
    return web.Response(status=503)


def cut_off() -> Answer:
    """Promises more than it sends, then hangs up."""

    class _CutOff(web.StreamResponse):
        async def write_eof(self, data: bytes = b"") -> None:
            raise ConnectionResetError("on purpose")

        async def prepare(self, request: web.BaseRequest) -> Any:
            self.content_type, self.content_length = "application/json", 1_000
            writer = await super().prepare(request)
            await self.write(b'{"id": "c1", "choices": [')
            if request.transport:
                request.transport.close()
            return writer

    return lambda request: _CutOff()


def lacks_formats(*unknown: str, then: Answer) -> Answer:
    """A server that refuses some forms of ``response_format``."""

    def answer(request: dict[str, Any]) -> web.StreamResponse | Awaitable[web.StreamResponse]:
        kind = request.get("response_format", {}).get("type", "text")
        return fails(400, f"response_format {kind} is not supported")(request) if kind in unknown else then(request)

    return answer


class ModelServer:
    """Gives the scripted answers in turn, the last one for ever."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.requests: list[dict[str, Any]] = []
        self.url = ""
        self.closing = asyncio.Event()

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        self.requests.append(asked)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer is silent:
            await self.closing.wait()
        given = answer(asked)
        return given if isinstance(given, web.StreamResponse) else await given

    async def _models(self, _: web.Request) -> web.Response:
        return web.json_response(
            {"object": "list", "data": [{"id": "local-model", "object": "model", "created": 1, "owned_by": "us"}]}
        )


@asynccontextmanager
async def serving(*answers: Answer) -> AsyncIterator[ModelServer]:
    """A model server on loopback for as long as the block lasts."""
    server = ModelServer(*answers)
    application = web.Application()
    application.router.add_post("/v1/chat/completions", server._chat)
    application.router.add_post("/v1/embeddings", server._chat)
    application.router.add_get("/v1/models", server._models)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        server.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
        yield server
    finally:
        server.closing.set()
        await runner.cleanup()
