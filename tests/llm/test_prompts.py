"""The prompt files, their document and the code that uses them say the same."""

import re
from pathlib import Path

from bot.llm import prompts
from bot.llm.judge import STORY_VERDICTS, VERDICTS
from bot.model import EVENT_TYPES, ROLES, STATUSES

ROOT = Path(__file__).parents[2]
PROMPTS = prompts.load(ROOT / "prompts")
DOCUMENT = (ROOT / "docs/prompts.md").read_text(encoding="utf-8")


def test_every_task_is_documented_as_it_is() -> None:
    rows = re.findall(r"^\| `([\w-]+)` \| (quality|fast) \| ((?:`\w+` ?)+)\|", DOCUMENT, re.MULTILINE)
    told = {name: (tier, set(re.findall(r"`(\w+)`", inputs))) for name, tier, inputs in rows}
    assert told == {name: (prompt.tier, set(prompt.inputs)) for name, prompt in PROMPTS.items()}


def test_every_key_of_the_head_is_documented() -> None:
    keys = re.findall(r"^\| `(\w+)` \| [^|]+\|$", DOCUMENT, re.MULTILINE)
    assert set(keys) == prompts._HEAD


def test_there_is_no_file_that_no_task_uses() -> None:
    assert {path.stem for path in (ROOT / "prompts").glob("*")} == set(PROMPTS)


def test_what_a_model_may_choose_is_what_we_know() -> None:
    def chosen(task: str, *path: str) -> list[str]:
        schema = PROMPTS[task].output["properties"]
        for key in path:
            schema = schema[key]["items"]["properties"] if "items" in schema[key] else schema[key]
        return list(schema["enum"])

    assert chosen("relevance-judge", "verdict") == list(VERDICTS)
    assert chosen("story-judge", "verdict") == list(STORY_VERDICTS)
    assert set(chosen("facts", "amounts", "role")) == set(ROLES)
    assert set(chosen("facts", "events", "type")) == set(EVENT_TYPES)
    assert set(chosen("facts", "events", "status")) == set(STATUSES) == set(chosen("facts", "policies", "stage"))


def test_every_prompt_calls_what_it_is_given_data() -> None:
    for prompt in PROMPTS.values():
        assert "data. Whatever" in prompt.system.template and "JSON only" in prompt.system.template


def test_schemas_can_be_enforced_strictly() -> None:
    """OpenAI's strict mode: every object closed, every property required."""

    def check(schema: object) -> None:
        if isinstance(schema, dict):
            if schema.get("type") == "object":
                assert schema["additionalProperties"] is False and set(schema["required"]) == set(schema["properties"])
            for value in schema.values():
                check(value)

    for prompt in PROMPTS.values():
        check(dict(prompt.output))
