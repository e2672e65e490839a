"""Measures answers on questions with known answers: support cited, key facts said, and refusals where the archive does not say.

Numbers, dates and names count in any unit, calendar or script. A citation of an unlisted article that states the fact counts as
wrong here: the list of supporting articles is not complete, so read the worst ones before believing a figure.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.knowledge import language, money, register, thesaurus
from bot.knowledge.dates import read_dates
from bot.knowledge.numbers import numbers

FIRST = 5
_ISO = re.compile(r"\d{4}-\d\d-\d\d")
_RATES = ("found", "cited_right", "facts_all", "facts_share", "wrongly_refused")
_REFUSALS = ("refused", "corrected")


def questions(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Questions from rows of questions or of two-turn threads; of a thread the second turn is asked."""
    return [_second_turn(row) if "turn2" in row else {"thread": [], **row} for row in rows]


def _second_turn(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"qid": row["tid"], "lang": row["lang"], "answerable": True, "thread": [row["turn1"]["question"]], **row["turn2"]}


def evaluate(asked: Sequence[Mapping[str, Any]], answers: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The report on ``answers``: by qid, ``answer`` (None when refused), ``cited`` article ids best first, and ``quotes``."""
    measured = [_measured(question, answers.get(question["qid"]) or {}) for question in asked]
    answerable = [one for one in measured if one["answerable"]]
    unanswerable = [one for one in measured if not one["answerable"]]
    report: dict[str, Any] = {
        "answerable": _summed(answerable, _RATES),
        "cross_lingual": _summed([one for one in answerable if one["cross_lingual"]], _RATES),
        "unanswerable": _summed(unanswerable, _REFUSALS),
        "false_premise": _summed([one for one in unanswerable if one["false_premise"]], _REFUSALS),
    }
    for grouping in ("lang", "type"):
        names = sorted({str(one[grouping]) for one in answerable if one[grouping]})
        report[f"by_{grouping}"] = {name: _summed([one for one in answerable if one[grouping] == name], _RATES) for name in names}
    report["refused_by_lang"] = {
        name: _summed([one for one in unanswerable if one["lang"] == name], _REFUSALS) for name in report["by_lang"]
    }
    wrong = [one for one in measured if (not one["found"] if one["answerable"] else not one["refused"])]
    report["worst"] = [{key: one[key] for key in ("qid", "question", "answerable", "refused")} for one in wrong]
    return report


def _measured(question: Mapping[str, Any], answer: Mapping[str, Any]) -> dict[str, Any]:
    refused = not answer.get("answer")
    cited = () if refused else answer.get("cited", ())
    support = set(question.get("support") or ())
    said = "\n".join([answer.get("answer") or "", *answer.get("quotes", ())])
    facts = [holds_fact(said, fact) for fact in question.get("key_facts") or ()] if not refused else []
    wanted = len(question.get("key_facts") or ())
    return {
        **{key: question.get(key, "") for key in ("qid", "question", "lang", "type", "cross_lingual", "false_premise")},
        "answerable": bool(question.get("answerable", True)),
        "found": not support.isdisjoint(cited[:FIRST]),
        "cited_right": cited[0] in support if cited else None,
        "facts_all": wanted > 0 and sum(facts) == wanted,
        "facts_share": sum(facts) / wanted if wanted else 0.0,
        "wrongly_refused": refused,
        "refused": refused,
        "corrected": not set(question.get("related") or ()).isdisjoint(cited),
    }


def holds_fact(text: str, fact: str) -> bool:
    """Whether ``text`` says ``fact``, in whatever unit, calendar or script; "a|b" is either."""
    return any(_holds(text, one.strip()) for one in fact.split("|"))


def _holds(text: str, fact: str) -> bool:
    if _bare(fact) in _bare(text):
        return True
    if _ISO.fullmatch(fact):
        return any(found.value and fact.endswith(found.value.lstrip("-")) for found in read_dates(text))
    amounts = [(amount.value, amount.currency) for amount in money.read_amounts(fact) if amount.value is not None]
    if amounts:
        there = {(amount.value, amount.currency) for amount in money.read_amounts(text)}
        return all(amount in there for amount in amounts)
    figures = set(numbers(language.normalise(fact)))
    if figures:
        return figures <= set(numbers(language.normalise(text)))
    return _says(text, fact)


def _bare(text: str) -> str:
    return re.sub(r"[\s,・·.()（）]", "", language.normalise(text))


def _says(text: str, fact: str) -> bool:
    """Whether the names of ``fact``, or without names its meanings, are all in ``text``."""
    for read in (_names, _meanings):
        wanted = read(fact)
        if wanted:
            return wanted <= read(text)
    return False


def _names(text: str) -> set[str]:
    return {mention.entity for mention in register.load().mentions(text) if mention.kind != "currency"}


def _meanings(text: str) -> set[str]:
    return set(thesaurus.load().meanings(language.normalise(text)))


def _summed(measured: Sequence[Mapping[str, Any]], keys: Sequence[str]) -> dict[str, Any]:
    return {"questions": len(measured), **{key: _mean(measured, key) for key in keys}}


def _mean(measured: Sequence[Mapping[str, Any]], key: str) -> float | None:
    values = [float(one[key]) for one in measured if one[key] is not None]
    return round(sum(values) / len(values), 4) if values else None


def render(report: Mapping[str, Any]) -> str:
    """The report as tables for people."""
    lines = [f"{'':16}{'questions':>10}{'found@5':>9}{'first':>7}{'facts':>7}{'share':>7}{'refused':>9}"]
    rows = {
        "answerable": report["answerable"],
        "cross-lingual": report["cross_lingual"],
        **report["by_lang"],
        **report["by_type"],
    }
    lines += [_row(name, row, (9, 7, 7, 7, 9), _RATES) for name, row in rows.items()]
    lines += ["", f"{'':16}{'questions':>10}{'refused':>9}{'corrected':>11}"]
    rows = {"unanswerable": report["unanswerable"], "false premise": report["false_premise"], **report["refused_by_lang"]}
    lines += [_row(name, row, (9, 11), _REFUSALS) for name, row in rows.items()]
    lines += ["", "wrong:"]
    lines += [f"  {one['qid']}  {'refused' if one['refused'] else 'answered'}  {one['question']}" for one in report["worst"]]
    return "\n".join(lines)


def _row(name: str, row: Mapping[str, Any], widths: Sequence[int], keys: Sequence[str]) -> str:
    show: Callable[[float | None], str] = lambda value: "–" if value is None else f"{value:.3f}"  # noqa: E731
    cells = "".join(f"{show(row[key]):>{width}}" for key, width in zip(keys, widths, strict=True))
    return f"{name:16}{row['questions']:>10}{cells}"
