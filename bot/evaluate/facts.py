"""Measures facts on labelled texts: amounts with value, currency and qualifier, conversions, roles, dates and main events.

A labelled fact marked optional is neither a hit nor a miss. Events are labelled for what a text is about, not exhaustively:
they are scored on recall of type and main actor.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.feeds.jsonl import read_rows
from bot.model import Amount, DateFact, EventFact
from bot.pipeline import facts

_SHOWN = 40  # errors of a kind that a report lists
_KINDS = ("money", "conversions", "roles", "dates", "events")


@dataclass(slots=True)
class _Tally:
    """How many were right, how many the labels have and how many were found."""

    right: int = 0
    gold: int = 0
    found: int = 0

    def add(self, right: int, gold: int, found: int) -> None:
        self.right, self.gold, self.found = self.right + right, self.gold + gold, self.found + found

    def figures(self) -> dict[str, float]:
        precision, recall = self.right / (self.found or 1), self.right / (self.gold or 1)
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        rounded = {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}
        return rounded | {"right": self.right, "gold": self.gold, "found": self.found}


@dataclass(slots=True)
class _Scores:
    """The tallies of some texts, and what went wrong in them."""

    tallies: dict[str, _Tally] = field(default_factory=lambda: defaultdict(_Tally))
    errors: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def wrong(self, kind: str, unit: Mapping[str, Any], what: str) -> None:
        self.errors[kind].append(f"[{unit['lang']} {unit['id']}] {what}")


def evaluate(path: Path) -> dict[str, Any]:
    """Extract the facts of every labelled text of ``path`` and report how well they agree. Raises UserError naming the line."""
    languages: dict[str, _Scores] = defaultdict(_Scores)
    units = broken = 0
    for _, unit in read_rows(path, "id", "lang", "text", "facts"):
        found = facts.extract(unit["text"], unit["lang"], _instant(unit.get("published")))
        scores = languages[unit["lang"]]
        _score_money(unit, [one for one in found if isinstance(one, Amount)], scores)
        _score_dates(unit, [one for one in found if isinstance(one, DateFact)], scores)
        _score_events(unit, [one for one in found if isinstance(one, EventFact)], scores)
        units += 1
        broken += sum(unit["text"][one.start : one.end] != one.quote for one in found)
    report: dict[str, Any] = {"texts": units, "quotes_not_in_text": broken}
    report |= _figures(languages.values())
    report["by_language"] = {language: _figures([scores]) for language, scores in sorted(languages.items())}
    report["errors"] = {kind: [line for scores in languages.values() for line in scores.errors[kind]][:_SHOWN] for kind in _KINDS}
    return report


def render(report: Mapping[str, Any]) -> str:
    """The report as text for a terminal."""
    lines = [f"{report['texts']} texts, {report['quotes_not_in_text']} quotes not in their text"]
    for title, part in (("all", report), *report["by_language"].items()):
        lines += ["", title]
        for name in ("money", "conversions", "dates"):
            figures = part[name]
            lines.append(
                f"  {name:12} precision {figures['precision']:.3f}  recall {figures['recall']:.3f}  F1 {figures['f1']:.3f}"
                f"  ({figures['gold']} labelled)"
            )
        for name in ("exact_quotes", "roles", "events", "events_main_actor_first", "event_status", "event_place"):
            share = part[name]
            lines.append(f"  {name.replace('_', ' '):24} {share['share']:.3f}  ({share['right']} of {share['of']})")
    for kind, errors in report["errors"].items():
        lines += ["", f"{kind}: wrong"] if errors else []
        lines += [f"  {line}" for line in errors]
    return "\n".join(lines)


def _figures(scores: Iterable[_Scores]) -> dict[str, Any]:
    total: dict[str, _Tally] = defaultdict(_Tally)
    for one in scores:
        for name, tally in one.tallies.items():
            total[name].add(tally.right, tally.gold, tally.found)
    figures: dict[str, Any] = {name: total[name].figures() for name in ("money", "conversions", "dates")}
    for name in ("exact_quotes", "roles", "events", "events_main_actor_first", "event_status", "event_place"):
        tally = total[name]
        figures[name] = {"share": round(tally.right / (tally.gold or 1), 4), "right": tally.right, "of": tally.gold}
    return figures | {"events_found": total["events"].found}


def _instant(text: str | None) -> datetime | None:
    instant = datetime.fromisoformat(text) if text else None
    return instant.replace(tzinfo=UTC) if instant and not instant.tzinfo else instant


def _labelled(unit: Mapping[str, Any], kind: str) -> list[dict[str, Any]]:
    return [fact for fact in unit["facts"] if fact["kind"] == kind]


# ---- money ----


def _score_money(unit: Mapping[str, Any], found: Sequence[Amount], scores: _Scores) -> None:
    labelled = _labelled(unit, "money")
    partner = _partners(labelled, found)
    optional = {id(partner[index]) for index, gold in enumerate(labelled) if gold.get("optional") and index in partner}
    right = 0
    for index, gold in enumerate(labelled):
        one = partner.get(index)
        if gold.get("optional"):
            continue
        if one is None or not _is_right(gold, one):
            scores.wrong("money", unit, f"{_shown(gold)} read as {one and _shown_amount(one)}")
        else:
            right += 1
        if one is not None:
            _score_role(unit, gold, one, scores)
            scores.tallies["exact_quotes"].add(gold["quote"] == one.quote, 1, 1)
    taken = {id(one) for one in partner.values()}
    for one in found:
        if id(one) not in taken:
            scores.wrong("money", unit, f"no fact: {_shown_amount(one)}")
    counted = [gold for gold in labelled if not gold.get("optional")]
    scores.tallies["money"].add(right, len(counted), sum(id(one) not in optional for one in found))
    _score_conversions(unit, labelled, found, partner, scores)


def _partners(labelled: Sequence[Mapping[str, Any]], found: Sequence[Amount]) -> dict[int, Amount]:
    """For each labelled amount, by index, the first one found at the same place."""
    partner: dict[int, Amount] = {}
    free = list(found)
    for index, gold in enumerate(labelled):
        one = next((one for one in free if one.start < gold["end"] and gold["start"] < one.end), None)
        if one is not None:
            partner[index] = one
            free.remove(one)
    return partner


def _is_right(gold: Mapping[str, Any], one: Amount) -> bool:
    value = None if one.value is None else float(one.value)
    same_value = value == gold["value"] or (value is not None and gold["value"] is not None and _close(value, gold["value"]))
    return (
        same_value and one.currency == gold["currency"] and one.qualifier in (gold["qualifier"], *gold.get("qualifier_alt", ()))
    )


def _close(a: float, b: float) -> bool:
    return abs(a - b) <= 1e-9 * max(abs(a), abs(b))


def _score_role(unit: Mapping[str, Any], gold: Mapping[str, Any], one: Amount, scores: _Scores) -> None:
    alternatives = gold.get("role_alt") or ()
    right = one.role in (gold["role"], *((alternatives,) if isinstance(alternatives, str) else alternatives))
    scores.tallies["roles"].add(right, 1, 1)
    if not right:
        scores.wrong("roles", unit, f"{gold['quote']}: {gold['role']}, read as {one.role}")


def _score_conversions(
    unit: Mapping[str, Any],
    labelled: Sequence[Mapping[str, Any]],
    found: Sequence[Amount],
    partner: Mapping[int, Amount],
    scores: _Scores,
) -> None:
    """A pair is right when both amounts are where the labels have them."""
    gold_pairs = {
        (id(partner.get(index)), id(partner.get(gold["converted_of"]))): gold["quote"]
        for index, gold in enumerate(labelled)
        if gold.get("converted_of") is not None and not gold.get("optional")
    }
    optional = {id(partner.get(index)) for index, gold in enumerate(labelled) if gold.get("optional")}
    pairs = {
        (id(one), id(found[one.converted_of])): one.quote
        for one in found
        if one.converted_of is not None and id(one) not in optional
    }
    scores.tallies["conversions"].add(len(gold_pairs.keys() & pairs.keys()), len(gold_pairs), len(pairs))
    for pair, quote in gold_pairs.items():
        if pair not in pairs:
            scores.wrong("conversions", unit, f"{quote}: not seen as a conversion")
    for pair, quote in pairs.items():
        if pair not in gold_pairs:
            scores.wrong("conversions", unit, f"{quote}: is none")


def _shown(gold: Mapping[str, Any]) -> str:
    return f"{gold['quote']!r} ({gold['value']} {gold['currency']} {gold['qualifier']})"


def _shown_amount(one: Amount) -> str:
    return f"{one.quote!r} ({one.value} {one.currency} {one.qualifier})"


# ---- dates ----


def _score_dates(unit: Mapping[str, Any], found: Sequence[DateFact], scores: _Scores) -> None:
    labelled = _labelled(unit, "date")
    free = list(found)
    right = 0
    for gold in labelled:
        one = next((one for one in free if _is_date(gold, one)), None)
        if one is None:
            scores.wrong("dates", unit, f"{gold['quote']!r} is {gold['value']}, not found")
        else:
            free.remove(one)
            right += 1
    for one in free:
        scores.wrong("dates", unit, f"{one.quote!r} read as {one.value}")
    scores.tallies["dates"].add(right, len(labelled), len(found))


def _is_date(gold: Mapping[str, Any], one: DateFact) -> bool:
    if gold["value"] is None:
        return one.value is None and one.start < gold["end"] and gold["start"] < one.end
    alternatives = gold.get("value_alt") or ()
    return one.value in (gold["value"], *((alternatives,) if isinstance(alternatives, str) else alternatives))


# ---- events ----


def _score_events(unit: Mapping[str, Any], found: Sequence[EventFact], scores: _Scores) -> None:
    labelled = _labelled(unit, "event")
    right = 0
    for gold in labelled:
        main = gold["actors"][:1]
        alike = [one for one in found if one.type == gold["type"]]
        one = next((one for one in alike if not main or main[0] in one.actors), None)
        right += one is not None
        first = any(not main or one.actors[:1] == tuple(main) for one in alike)
        scores.tallies["events_main_actor_first"].add(first, 1, 1)
        if one is None:
            near = "; ".join(f"{one.type} {', '.join(one.actors)}" for one in found) or "nothing"
            scores.wrong("events", unit, f"{gold['type']} {', '.join(gold['actors'])}: {gold['quote']!r}, found {near}")
        else:
            scores.tallies["event_status"].add(one.status == gold["status"], 1, 1)
            scores.tallies["event_place"].add(one.place == gold["place"], 1, 1)
    scores.tallies["events"].add(right, len(labelled), len(found))
