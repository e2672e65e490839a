"""True sentences of three question-answering sets, and altered ones, for measuring the verifier."""

import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from bot.knowledge import language
from bot.llm.verify import Draft, Problem, problems
from bot.model import Article

SETS = {"ko": ("KorQuAD_v1.0_dev.json",), "ja": ("jaquad_dev_000[0-3].json", "jsquad-valid-v1.3.json")}
_DIGITS = re.compile(r"(?<![\d,.])\d{1,9}(?![\d,.]*\d)")


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence with digits from paragraph ``at`` of its article's ``paragraphs``; ``wrong`` is another of them, or -1."""

    draft: Draft
    language: str
    paragraphs: tuple[Article, ...]
    at: int
    wrong: int

    def problems(self, draft: Draft, cite: int) -> list[Problem]:
        """What the verifier holds against ``draft`` when it cites paragraph ``cite``."""
        return problems(replace(draft, cites=(cite + 1,)), self.paragraphs, self.language)


def cases(folder: Path, code: str) -> list[Case]:
    """Every sentence with a number, of 20 to 390 characters, with a quote of up to 60 characters from its middle."""
    return [case for pattern in SETS[code] for path in sorted(folder.glob(pattern)) for case in _of_file(path, code)]


def _of_file(path: Path, code: str) -> Iterator[Case]:
    for subject in _subjects(json.loads(path.read_text(encoding="utf-8"))):
        paragraphs = tuple(Article(str(number), "", body=text, language=code) for number, text in enumerate(subject))
        for at, text in enumerate(subject):
            for sentence in language.sentences(text):
                if 20 <= len(sentence) <= 390 and _DIGITS.search(sentence) and language.detect(sentence, code) == code:
                    draft = Draft(sentence, (at + 1,), _middle(sentence))
                    yield Case(draft, code, paragraphs, at, (at + 1) % len(subject) if len(subject) > 1 else -1)


def _subjects(data: dict[str, list[dict[str, list[dict[str, str]]]]]) -> Iterator[list[str]]:
    for subject in data["data"]:
        # JSQuAD puts the title before the text.
        yield [row["context"].split(" [SEP] ")[-1] for row in subject["paragraphs"]]


def _middle(sentence: str) -> str:
    start = max(0, len(sentence) // 2 - 30)
    return sentence[start : start + 60]


def with_other_number(draft: Draft, chance: random.Random) -> Draft:
    """One group of digits replaced by another of the same length; the quote stays."""
    found = chance.choice(list(_DIGITS.finditer(draft.text)))
    digits = found.group()
    low = 10 ** (len(digits) - 1) if len(digits) > 1 else 1
    other = digits
    while other == digits:
        other = str(chance.randrange(low, 10 ** len(digits)))
    return replace(draft, text=draft.text[: found.start()] + other + draft.text[found.end() :])


def with_other_quote(draft: Draft, chance: random.Random) -> Draft:
    """One letter or digit of the quote replaced by another."""
    places = [place for place, char in enumerate(draft.quote) if char.isalnum()]
    place = chance.choice(places)
    letters = (
        "가나다라마사" if "가" <= draft.quote[place] <= "힣" else "あきしてのを" if not draft.quote[place].isascii() else "1357xz"
    )
    other = next(letter for letter in chance.sample(letters, len(letters)) if letter != draft.quote[place].lower())
    return replace(draft, quote=draft.quote[:place] + other + draft.quote[place + 1 :])
