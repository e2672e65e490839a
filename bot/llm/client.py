"""The language model (door: openai): one task in, checked JSON out, within a deadline and a budget.

Chat Completions is the only surface that OpenAI and the compatible servers all speak. Structured output goes down a ladder,
and what a server lacks is remembered: JSON Schema, then any JSON object, then plain text that holds an object.
A fault that may pass is tried once more, after a pause, where the deadline leaves time for it.
"""

import asyncio
import json
import math
import random
import re
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from itertools import chain
from typing import Any

import jsonschema
import openai
from openai.types import CreateEmbeddingResponse
from openai.types.chat import ChatCompletion

from bot.errors import BadOutput, ModelError, ModelUnavailable
from bot.llm.budget import Budget, Use
from bot.llm.prompts import Prompt

ANSWER_TOKENS = 2_000
REPAIR_TOKENS = 6_000  # a model that reasons may have thought away the first allowance
TRIES = 2
PATIENCE = 10.0  # seconds: a server that asks for a longer pause gets its peace, and readers get extracts
_LADDER = ("json_schema", "json_object", "text")
_OBJECT = re.compile(r"\{.*\}", re.DOTALL)


class Breaker:
    """Opens after ``limit`` failures in a row, for ``pause`` seconds; a wrong key or an empty account opens it for an hour."""

    def __init__(self, clock: Callable[[], float], limit: int = 5, pause: float = 60.0) -> None:
        self._clock, self._limit, self._pause = clock, limit, pause
        self._failures = 0
        self._open_until = 0.0

    def check(self) -> None:
        """Raise ModelUnavailable while it is open."""
        left = self._open_until - self._clock()
        if left > 0:
            raise _NotServed("the model's server failed repeatedly and is left alone for now", retry_after=left)

    def succeeded(self) -> None:
        """Forget earlier failures."""
        self._failures = 0

    def failed(self, *, hopeless: bool = False) -> None:
        """Count a failure; ``hopeless``: trying again soon cannot help."""
        self._failures += 1
        if hopeless:
            self._open_until = self._clock() + 3600.0
        elif self._failures >= self._limit:
            self._open_until = self._clock() + self._pause
            self._failures = self._limit - 1


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
        self._breaker = Breaker(clock)
        self._sleep, self._chance = sleep, chance
        self._rung = 0

    async def close(self) -> None:
        """Close the connections."""
        await self._openai.close()

    async def model_name(self, tier: str = "quality") -> str:
        """The model that serves ``tier``. Raises ModelUnavailable where a server has to be asked and does not answer."""
        if not self._models[tier]:
            if not self._own_server:
                self._models[tier] = "gpt-5-mini"
            else:
                self._models[tier] = (await self.models())[0]
        return self._models[tier]

    async def models(self) -> list[str]:
        """The names of the models that the server offers. Raises ModelUnavailable."""
        listed = await self._call(self._openai.models.list)
        names = [model.id for model in getattr(listed, "data", None) or () if model.id]
        if not names:
            raise ModelUnavailable("the model's server lists no model: set BOT_MODEL")
        return names

    async def run(self, prompt: Prompt, values: Mapping[str, str]) -> dict[str, Any]:
        """The model's answer, valid by the prompt's schema, after at most one repair. Raises ModelError."""
        try:
            async with asyncio.timeout(self._deadline):
                messages = prompt.messages(values)
                try:
                    return _checked(await self._ask(prompt, messages, ANSWER_TOKENS), prompt)
                except BadOutput as problem:
                    repair = f"That could not be used: {problem}. Answer again with JSON that fits the schema, and nothing else."
                    messages.append({"role": "user", "content": repair})
                    return _checked(await self._ask(prompt, messages, REPAIR_TOKENS), prompt)
        except TimeoutError as exc:
            self._breaker.failed()
            raise ModelUnavailable(f"no usable answer within {self._deadline:g} s") from exc

    async def embed(self, texts: Sequence[str], model: str) -> list[tuple[float, ...]]:
        """The vectors that ``model`` gives the texts, in their order. Raises ModelError."""
        self._breaker.check()
        reserved = Use(sum(len(text.encode()) + 8 for text in texts))
        day = await self._budget.reserve(reserved)
        used = reserved
        try:
            create: Any = self._openai.embeddings.create
            # Left to itself, the library asks for base64, which not every compatible server knows.
            answer = await self._call(create, model=model, input=list(texts), encoding_format="float")
            if isinstance(answer, CreateEmbeddingResponse) and answer.usage:
                used = Use(answer.usage.prompt_tokens or 0)
            return _vectors(answer, len(texts))
        except _NotServed:
            used = Use()
            raise
        finally:
            await asyncio.shield(self._budget.settle(day, reserved, used))

    async def _ask(self, prompt: Prompt, messages: list[dict[str, str]], most: int) -> str:
        for left in reversed(range(TRIES)):
            try:
                return _text(await self._paid(prompt, messages, most))
            except ModelUnavailable as exc:
                pause = exc.retry_after or 0.5 + self._chance()
                if not left or pause > PATIENCE or isinstance(exc, _Hopeless):
                    raise
                await self._sleep(pause)
        raise AssertionError("the last try returns or raises")

    async def _paid(self, prompt: Prompt, messages: list[dict[str, str]], most: int) -> ChatCompletion:
        """One completion, reserved in the budget before and settled after. What nobody knows counts as used."""
        model = await self.model_name(prompt.tier)
        # No tokenizer makes more tokens than there are bytes.
        schema = len(json.dumps(dict(prompt.output)))
        reserved = Use(sum(len(message["content"].encode()) + 8 for message in messages) + schema, most)
        self._breaker.check()
        day = await self._budget.reserve(reserved)
        used = reserved
        try:
            completion = await self._complete(model, prompt, messages, most)
            if completion.usage:
                used = Use(completion.usage.prompt_tokens or 0, completion.usage.completion_tokens or 0)
            return completion
        except _NotServed:
            used = Use()
            raise
        finally:
            await asyncio.shield(self._budget.settle(day, reserved, used))

    async def _complete(self, model: str, prompt: Prompt, messages: list[dict[str, str]], most: int) -> ChatCompletion:
        """Walk down the ladder until the server accepts the form of output that is asked for."""
        limit = {"max_tokens" if self._own_server else "max_completion_tokens": most}
        while True:
            rung = _LADDER[self._rung]
            extra: dict[str, Any] = {} if rung == "text" else {"response_format": _response_format(rung, prompt)}
            told = messages if rung == "json_schema" else _with_schema(messages, prompt)
            try:
                create: Any = self._openai.chat.completions.create
                completion = await self._call(create, model=model, messages=told, **limit, **extra)
            except _UnsupportedOutput:
                if rung == "text":
                    raise _Hopeless("the model's server refuses the request") from None
                self._rung += 1
                continue
            # For another content type than JSON the library hands out the text itself.
            if not isinstance(completion, ChatCompletion):
                raise BadOutput("the server's answer is no chat completion")
            return completion

    async def _call(self, request: Callable[..., Awaitable[Any]], **arguments: Any) -> Any:
        """Make one request and turn the library's errors into ours."""
        self._breaker.check()
        try:
            result = await request(**arguments)
        except openai.APITimeoutError as exc:
            self._breaker.failed()
            raise ModelUnavailable("the model's server did not answer in time") from exc
        except openai.APIConnectionError as exc:
            self._breaker.failed()
            reason = "the model's server cannot be reached"
            # Cut off in the middle of an answer, the call may have been paid for.
            raise (_NotServed if _never_arrived(exc) else ModelUnavailable)(reason) from exc
        except openai.APIStatusError as exc:
            raise self._status_error(exc) from exc
        except openai.OpenAIError as exc:
            self._breaker.failed()
            raise ModelUnavailable(f"the model's server failed: {type(exc).__name__}") from exc
        except ValueError as exc:
            raise BadOutput("the server's answer is not JSON") from exc
        self._breaker.succeeded()
        return result

    def _status_error(self, exc: openai.APIStatusError) -> ModelError:
        body = str(exc.body or exc.message)
        unsupported = exc.status_code in (400, 404, 422) or (exc.status_code == 500 and "response_format" in body)
        if unsupported and "response_format" in body + str(exc.request.content[:20_000], "utf-8", "ignore"):
            return _UnsupportedOutput(body[:200])
        hopeless = exc.status_code in (401, 403) or "insufficient_quota" in body
        self._breaker.failed(hopeless=hopeless)
        after = exc.response.headers.get("retry-after", "")
        retry_after = float(after) if after.isdigit() else None
        kind = _Hopeless if hopeless or exc.status_code < 408 else _NotServed
        return kind(f"the model's server answered {exc.status_code}", retry_after=retry_after)


class _NotServed(ModelUnavailable):
    """The server did no work for this request."""


class _Hopeless(_NotServed):
    """The server will say the same to the same request."""


class _UnsupportedOutput(ModelError):
    """The server does not know the form of output that was asked for."""


def _never_arrived(exc: openai.APIConnectionError) -> bool:
    return type(exc.__cause__).__name__ in ("ConnectError", "ConnectTimeout")


def _response_format(rung: str, prompt: Prompt) -> dict[str, Any]:
    if rung == "json_object":
        return {"type": "json_object"}
    schema = {"name": prompt.name.replace("-", "_"), "strict": True, "schema": dict(prompt.output)}
    return {"type": "json_schema", "json_schema": schema}


def _with_schema(messages: list[dict[str, str]], prompt: Prompt) -> list[dict[str, str]]:
    """The messages for a server that cannot enforce a schema: it is told instead."""
    schema = f"{messages[0]['content']}\n\nAnswer with one JSON object that fits this schema: {json.dumps(prompt.output)}"
    return [{"role": "system", "content": schema}, *messages[1:]]


def _text(completion: ChatCompletion) -> str:
    """The answer's text. Raises BadOutput for what must not be parsed: nothing, a refusal, a cut-off answer."""
    if not completion.choices:
        raise BadOutput("the answer is empty")
    choice = completion.choices[0]
    if not choice.message:
        raise BadOutput("the answer is empty")
    if choice.finish_reason == "length":
        raise BadOutput("the answer was cut off at the token limit")
    if choice.finish_reason == "content_filter" or getattr(choice.message, "refusal", None):
        raise BadOutput("the model refused")
    if not choice.message.content:
        raise BadOutput("the answer is empty")
    return choice.message.content


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


def _checked(text: str, prompt: Prompt) -> dict[str, Any]:
    found = _OBJECT.search(text)
    if not found:
        raise BadOutput("no JSON object in the answer")
    try:
        answer: dict[str, Any] = json.loads(found.group())
        jsonschema.validate(answer, prompt.output)
    except ValueError as exc:
        raise BadOutput("the answer is not valid JSON") from exc
    except jsonschema.ValidationError as exc:
        raise BadOutput(f"the answer does not fit the schema: {exc.message[:200]}") from exc
    return answer
