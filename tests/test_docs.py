"""The documents and the code say the same."""

import re
from pathlib import Path

from bot.commands.verbs import VERBS
from bot.config import QUIRKS
from bot.config.digests import ALERTS, DIGEST, NESTED
from bot.config.feeds_file import _FEED
from bot.config.filters import FILTER_KEYS
from bot.locales import t
from bot.model import LANGUAGES
from tests import error_texts

ROOT = Path(__file__).parents[1]


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_every_key_of_feeds_yaml_and_every_quirk_is_explained() -> None:
    explained = set(re.findall(r"^\| `([\w-]+)` \|", text("docs/feeds.md"), re.MULTILINE))
    assert explained == {*_FEED, *DIGEST, *NESTED, *ALERTS, *FILTER_KEYS, *QUIRKS}


def test_every_verb_has_a_heading() -> None:
    assert re.findall(r"^## (\w+)", text("docs/commands.md"), re.MULTILINE) == [verb.name for verb in VERBS]


def test_every_interface_text_exists_in_korean_and_japanese() -> None:
    used: set[str] = set()
    for path in (ROOT / "bot").rglob("*.py"):
        used |= set(re.findall(r"\btn?\(\s*[\w.]+,\s*\"((?:[^\"\\]|\\.)+)\"", path.read_text(encoding="utf-8")))
    used |= {verb.description for verb in VERBS}
    assert len(used) > 40
    for language in set(LANGUAGES) - {"en"}:
        # A plural's text is looked up by its singular, so one lookup serves both.
        missing = [message for message in used if t(language, message) == message and not _has_plural(language, message)]
        assert missing == [], language


def _has_plural(language: str, message: str) -> bool:
    return any(
        f'msgid "{message}"' in path.read_text(encoding="utf-8") for path in (ROOT / "bot/locales" / language).glob("*.po")
    )


def test_every_error_that_an_operator_meets_is_explained() -> None:
    tables = [line.split(" | ")[0] for line in text("docs/errors.md").splitlines() if line.startswith("| `")]
    explained = {one for cell in tables for one in re.findall(r"`([^`]+)`", cell)}
    said = set().union(*error_texts.texts().values())
    assert explained == said
