"""What a model is asked for and what it answers: forms of output that servers know, and the way from text to checked JSON."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import jsonschema

from bot.errors import BadOutput
from bot.llm.prompts import Prompt

LADDER = ("json_schema", "json_object", "text")
_OBJECT = re.compile(r"\{.*\}", re.DOTALL)
_SENTENCES = re.compile(r"\"sentences\"\s*:\s*\[")
_BETWEEN = re.compile(r"[\s,]*")


@dataclass(slots=True)
class Said:
    """An answer as it came. ``finish``: why it ended; ``sent`` and ``received``: tokens, None where the server does not count."""

    text: str = ""
    finish: str | None = None
    refusal: str | None = None
    sent: int | None = None
    received: int | None = None

    def usable(self) -> str:
        """The text. Raises BadOutput for what must not be parsed: nothing, a refusal, a cut-off answer."""
        if self.finish == "length":
            raise BadOutput("the answer was cut off at the token limit")
        if self.finish == "content_filter" or self.refusal:
            raise BadOutput("the model refused")
        if not self.text:
            raise BadOutput("the answer is empty")
        return self.text


def asked_form(rung: str, prompt: Prompt) -> dict[str, Any]:
    """The argument of a request that asks for this form of output."""
    if rung == "text":
        return {}
    if rung == "json_object":
        return {"response_format": {"type": "json_object"}}
    schema = {"name": prompt.name.replace("-", "_"), "strict": True, "schema": dict(prompt.output)}
    return {"response_format": {"type": "json_schema", "json_schema": schema}}


def told(rung: str, messages: list[dict[str, str]], prompt: Prompt) -> list[dict[str, str]]:
    """The messages; a server that cannot enforce a schema is told it instead."""
    if rung == "json_schema":
        return messages
    schema = f"{messages[0]['content']}\n\nAnswer with one JSON object that fits this schema: {json.dumps(prompt.output)}"
    return [{"role": "system", "content": schema}, *messages[1:]]


def checked(text: str, prompt: Prompt) -> dict[str, Any]:
    """The JSON object of ``text``, valid by the prompt's schema. Raises BadOutput."""
    found = _OBJECT.search(text)
    if not found:
        raise BadOutput("no JSON object in the answer")
    try:
        answer: dict[str, Any] = json.loads(found.group())
        jsonschema.validate(answer, prompt.output)
    except (ValueError, RecursionError) as exc:
        raise BadOutput("the answer is not valid JSON") from exc
    except jsonschema.ValidationError as exc:
        raise BadOutput(f"the answer does not fit the schema: {exc.message[:200]}") from exc
    return answer


class Rows:
    """Finds the rows of ``sentences`` in an answer that is still growing, each as soon as it is whole."""

    def __init__(self) -> None:
        self._text = ""
        self._at = -1

    def take(self, piece: str) -> Iterator[Any]:
        """The rows that ``piece`` completes, as JSON data that nobody has checked."""
        self._text += piece
        if self._at < 0:
            begun = _SENTENCES.search(self._text)
            self._at = begun.end() if begun else -1
        while self._at >= 0 and "}" in piece:
            between = _BETWEEN.match(self._text, self._at)
            start = between.end() if between else self._at
            try:
                row, self._at = json.JSONDecoder().raw_decode(self._text, start)
            except (ValueError, RecursionError):
                return
            yield row
