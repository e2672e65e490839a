"""The language model (door: openai): one task in, checked JSON out, within a deadline and a budget.

Chat Completions is the only surface that OpenAI and the compatible servers all speak. Structured output goes down a ladder,
and what a server lacks is remembered: JSON Schema, then any JSON object, then plain text that holds an object.
A fault that may pass is tried once more, after a pause, where the deadline leaves time for it; a stream that broke, as a whole.
"""

import asyncio
import json
import math
import random
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any

import openai
from openai.types import CreateEmbeddingResponse
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from bot import log
from bot.errors import BadOutput, ModelError, ModelUnavailable
from bot.llm.breaker import Breaker, NotServed
from bot.llm.budget import Budget, Payer, Use
from bot.llm.output import LADDER, Said, asked_form, checked, told
from bot.llm.prompts import Prompt

ANSWER_TOKENS = 2_000
REPAIR_TOKENS = 6_000  # a model that reasons may have thought away the first allowance
TRIES = 2
PATIENCE = 10.0  # seconds: a server that asks for a longer pause gets its peace, and readers get extracts
LONGEST_STREAM = 200_000  # characters

Heard = Callable[[str], Awaitable[None]]


class ModelClient:
    """Runs prompts against one server. ``model`` "" asks a compatible server for its first model."""

    def __init__(
        self,
        *,
        budget: Budget,
        api_key: str = "",
        base_url: str = "",
        model: str = "",
        model_fast: str = "",
        timeout: float = 30.0,
        deadline: float = 60.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """``timeout``: seconds for one request; ``deadline``: for all that an answer takes, repairs and pauses included."""
        # Servers on one's own machine need no key, but the library insists on one.
        self._openai = openai.AsyncOpenAI(api_key=api_key or "none", base_url=base_url or None, timeout=timeout, max_retries=0)
        self._own_server = bool(base_url)
        self._models = {"quality": model, "fast": model_fast or model}
        self._deadline = deadline
        self._budget = budget
        self._breaker = Breaker(clock, probe=timeout)
        self._sleep, self._chance = sleep, chance
        self._rung = 0
        self._streams = True

    async def close(self) -> None:
        """Close the connections."""
        await self._openai.close()

    async def model_name(self, tier: str = "quality") -> str:
        """The model that serves ``tier``. Raises ModelUnavailable where a server has to be asked and does not answer."""
        if not self._models[tier]:
            self._models[tier] = (await self.models())[0] if self._own_server else "gpt-5-mini"
        return self._models[tier]

    async def models(self) -> list[str]:
        """The names of the models that the server offers. Raises ModelUnavailable."""
        self._breaker.check()
        listed = await self._call(self._openai.models.list)
        names = [model.id for model in getattr(listed, "data", None) or () if model.id]
        if not names:
            raise ModelUnavailable("the model's server lists no model: set BOT_MODEL")
        return names

    async def run(
        self, prompt: Prompt, values: Mapping[str, str], *, payer: Payer | None = None, heard: Heard | None = None
    ) -> dict[str, Any]:
        """The model's answer, valid by the prompt's schema, after at most one repair. Raises ModelError.

        ``payer``: the workspace that asked for it. ``heard``: takes the first attempt's text piece by piece as it comes.
        """
        try:
            async with asyncio.timeout(self._deadline):
                messages = prompt.messages(values)
                try:
                    return checked(await self._ask(prompt, messages, ANSWER_TOKENS, payer, heard), prompt)
                except BadOutput as problem:
                    repair = f"That could not be used: {problem}. Answer again with JSON that fits the schema, and nothing else."
                    messages.append({"role": "user", "content": repair})
                    return checked(await self._ask(prompt, messages, REPAIR_TOKENS, payer), prompt)
        except TimeoutError as exc:
            self._breaker.failed()
            raise ModelUnavailable(f"no usable answer within {self._deadline:g} s") from exc

    async def embed(self, texts: Sequence[str], model: str) -> list[tuple[float, ...]]:
        """The vectors that ``model`` gives the texts, in their order. Raises ModelError."""
        self._breaker.check()
        price = self._budget.limits.price("embedding")
        reserved = price.use(sum(len(text.encode()) + 8 for text in texts))
        day = await self._budget.reserve(reserved)
        used = reserved
        try:
            create: Any = self._openai.embeddings.create
            # Left to itself, the library asks for base64, which not every compatible server knows.
            answer = await self._call(create, model=model, input=list(texts), encoding_format="float")
            if isinstance(answer, CreateEmbeddingResponse) and answer.usage:
                used = price.use(answer.usage.prompt_tokens or 0)
            return _vectors(answer, len(texts))
        except NotServed:
            used = Use()
            raise
        finally:
            await asyncio.shield(self._budget.settle(day, reserved, used))

    async def _ask(
        self, prompt: Prompt, messages: list[dict[str, str]], most: int, payer: Payer | None, heard: Heard | None = None
    ) -> str:
        for left in reversed(range(TRIES)):
            try:
                return (await self._paid(prompt, messages, most, payer, heard if self._streams else None)).usable()
            except ModelUnavailable as exc:
                pause = exc.retry_after or 0.5 + self._chance()
                if not left or pause > PATIENCE or isinstance(exc, _Hopeless):
                    raise
                heard = None
                await self._sleep(pause)
        raise AssertionError("the last try returns or raises")

    async def _paid(
        self, prompt: Prompt, messages: list[dict[str, str]], most: int, payer: Payer | None, heard: Heard | None
    ) -> Said:
        """One completion, reserved in the budget before and settled after. What nobody knows counts as used."""
        model = await self.model_name(prompt.tier)
        price = self._budget.limits.price(prompt.tier)
        # No tokenizer makes more tokens than there are bytes.
        schema = len(json.dumps(dict(prompt.output)))
        reserved = price.use(sum(len(message["content"].encode()) + 8 for message in messages) + schema, most)
        self._breaker.check()
        day = await self._budget.reserve(reserved, payer)
        used = reserved
        try:
            said = await self._complete(model, prompt, messages, most, heard)
            received = min(len(said.text.encode()) + 8, most) if said.received is None else said.received
            used = price.use(reserved.sent if said.sent is None else said.sent, received)
            return said
        except NotServed:
            used = Use()
            raise
        finally:
            log.event("model.called", task=prompt.name, model=model, sent=used.sent, received=used.received, cost=used.cost)
            await asyncio.shield(self._budget.settle(day, reserved, used, payer))

    async def _complete(self, model: str, prompt: Prompt, messages: list[dict[str, str]], most: int, heard: Heard | None) -> Said:
        """Walk down the ladder until the server accepts the form of output that is asked for."""
        limit = {"max_tokens" if self._own_server else "max_completion_tokens": most}
        create: Any = self._openai.chat.completions.create
        for rung, form in enumerate(LADDER[self._rung :], self._rung):
            asked = {"model": model, "messages": told(form, messages, prompt), **limit, **asked_form(form, prompt)}
            try:
                said = await (self._stream(create, asked, heard) if heard else self._call(create, **asked))
            except _UnsupportedOutput:
                continue
            self._rung = rung
            # For another content type than JSON the library hands out the text itself.
            if not isinstance(said, Said | ChatCompletion):
                raise BadOutput("the server's answer is no chat completion")
            return said if isinstance(said, Said) else _said(said)
        raise _Hopeless("the model's server refuses the request")

    async def _stream(self, create: Any, asked: Mapping[str, Any], heard: Heard) -> Said:
        """One answer, told to ``heard`` as it comes. Raises ModelUnavailable where it breaks off."""
        said = Said()
        with self._our_errors():
            chunks = await create(**asked, stream=True, stream_options={"include_usage": True})
        async with chunks:
            pieces = aiter(chunks)
            while len(said.text) < LONGEST_STREAM:
                with self._our_errors():
                    chunk = await anext(pieces, None)
                if chunk is None:
                    break
                piece = _add(said, chunk)
                if piece:
                    await heard(piece)
        if said.finish is None:
            raise ModelUnavailable("the model's server broke off its answer")
        self._breaker.succeeded()
        return said

    async def _call(self, request: Callable[..., Awaitable[Any]], **arguments: Any) -> Any:
        with self._our_errors():
            result = await request(**arguments)
        self._breaker.succeeded()
        return result

    @contextmanager
    def _our_errors(self) -> Iterator[None]:
        """Turn the library's errors into ours."""
        try:
            yield
        except openai.APITimeoutError as exc:
            self._breaker.failed()
            raise ModelUnavailable("the model's server did not answer in time") from exc
        except openai.APIConnectionError as exc:
            self._breaker.failed()
            reason = "the model's server cannot be reached"
            # Cut off in the middle of an answer, the call may have been paid for.
            raise (NotServed if _never_arrived(exc) else ModelUnavailable)(reason) from exc
        except openai.APIStatusError as exc:
            raise self._status_error(exc) from exc
        except openai.OpenAIError as exc:
            self._breaker.failed()
            raise ModelUnavailable(f"the model's server failed: {type(exc).__name__}") from exc
        except ValueError as exc:
            raise BadOutput("the server's answer is not JSON") from exc

    def _status_error(self, exc: openai.APIStatusError) -> ModelError:
        body = str(exc.body or exc.message)
        asked = str(exc.request.content[:20_000], "utf-8", "ignore")
        unsupported = exc.status_code in (400, 404, 422) or (exc.status_code == 500 and "response_format" in body)
        if unsupported and "stream" in body and "stream_options" in asked:
            self._streams = False
            return NotServed("the model's server does not stream")
        if unsupported and "response_format" in body + asked:
            return _UnsupportedOutput(body[:200])
        hopeless = exc.status_code in (401, 403) or "insufficient_quota" in body
        self._breaker.failed(hopeless=hopeless)
        after = exc.response.headers.get("retry-after", "")
        retry_after = float(after) if after.isdigit() else None
        kind = _Hopeless if hopeless or exc.status_code < 408 else NotServed
        return kind(f"the model's server answered {exc.status_code}", retry_after=retry_after)


class _Hopeless(NotServed):
    """The server will say the same to the same request."""


class _UnsupportedOutput(ModelError):
    """The server does not know the form of output that was asked for."""


def _never_arrived(exc: openai.APIConnectionError) -> bool:
    return type(exc.__cause__).__name__ in ("ConnectError", "ConnectTimeout")


def _said(completion: ChatCompletion) -> Said:
    """What an answer says that came as a whole."""
    said = Said()
    if completion.usage:
        said.sent, said.received = completion.usage.prompt_tokens or 0, completion.usage.completion_tokens or 0
    choice = completion.choices[0] if completion.choices else None
    if choice and choice.message:
        said.text, said.finish = choice.message.content or "", choice.finish_reason
        said.refusal = getattr(choice.message, "refusal", None)
    return said


def _add(said: Said, chunk: object) -> str:
    """Take up a chunk of a stream; the text that it adds."""
    if not isinstance(chunk, ChatCompletionChunk):
        raise BadOutput("the server's answer is no chat completion")
    if chunk.usage:
        said.sent, said.received = chunk.usage.prompt_tokens or 0, chunk.usage.completion_tokens or 0
    choice = chunk.choices[0] if chunk.choices else None
    if choice is None:
        return ""
    said.finish = choice.finish_reason or said.finish
    if choice.delta is None:
        return ""
    said.refusal = choice.delta.refusal or said.refusal
    said.text += choice.delta.content or ""
    return choice.delta.content or ""


def _vectors(answer: object, count: int) -> list[tuple[float, ...]]:
    """The answer's vectors in the order of the texts. Raises BadOutput for anything but ``count`` usable ones of one length."""
    if not isinstance(answer, CreateEmbeddingResponse) or not answer.data:
        raise BadOutput("the server's answer holds no embeddings")
    try:
        by_place = {int(one.index): tuple(map(float, one.embedding)) for one in answer.data}
        found = [by_place[place] for place in range(count)]
    except (TypeError, ValueError, KeyError) as exc:
        raise BadOutput("the server's embeddings cannot be read") from exc
    numbers = chain.from_iterable(found)
    if len({len(vector) for vector in found}) != 1 or not found[0] or not all(map(math.isfinite, numbers)):
        raise BadOutput("the server's embeddings are no vectors of one length")
    return found
