"""An OpenAI-compatible server on loopback whose answers a test scripts; it keeps what it was asked."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

Answer = Callable[[dict[str, Any]], web.StreamResponse | Awaitable[web.StreamResponse]]


def says(content: Any, *, finish: str = "stop", tokens: int = 100, **message: Any) -> Answer:
    """A chat completion with ``content`` (JSON data or text)."""
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)

    def answer(request: dict[str, Any]) -> web.Response:
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
