"""Counts for operators, made from the structured log: what is worth a line is worth a number. Shown as Prometheus text."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

Labels = tuple[tuple[str, str], ...]
Sample = tuple[str, Labels, float]

_HELP = {
    "brief_deliveries_total": ("counter", "Messages by what became of an attempt."),
    "brief_delivery_delay_seconds": ("summary", "From the slot's time to the posted message."),
    "brief_delivery_ambiguous_total": ("counter", "Attempts whose outcome was unknown."),
    "brief_reconcile_total": ("counter", "Looks into the platform's history by result."),
    "brief_slots_missed_total": ("counter", "Slots that passed unserved; their news is in the next edition."),
    "brief_editions_total": ("counter", "Editions planned."),
    "brief_alerts_total": ("counter", "Alerts planned."),
    "brief_answers_total": ("counter", "Requests of people by verb and outcome: given, refused."),
    "brief_subscriptions_suspended_total": ("counter", "Subscriptions suspended because their channel refuses us."),
    "brief_feed_fetch_total": ("counter", "Polls of feeds by outcome."),
    "brief_llm_tokens_total": ("counter", "Tokens sent to the model and received from it."),
    "brief_llm_fallback_total": ("counter", "What was quoted or left out because the model gave nothing usable, by reason."),
    "brief_ground_rejected_sentences_total": ("counter", "Sentences of the model that were dropped, by the check they failed."),
    "brief_ssrf_blocked_total": ("counter", "Connections refused because the address is not public."),
    "brief_amendments_total": ("counter", "What was put right in posted briefings, by kind."),
    "brief_notices_total": ("counter", "Owners and operators told in person, by outcome."),
    "brief_bugs_total": ("counter", "Errors that nobody foresaw, by event."),
    "brief_jobs": ("gauge", "Jobs in the queue by state."),
    "brief_outbox_messages": ("gauge", "Messages that are not sent, by state."),
    "brief_subscriptions": ("gauge", "Subscriptions by state."),
    "brief_feeds_failing": ("gauge", "Feeds whose last poll failed."),
    "brief_feed_staleness_seconds": ("gauge", "Age of the oldest last success among feeds that were ever polled."),
}
_OUTCOMES = {"delivery.sent": "sent", "delivery.held": "held", "delivery.dead": "dead", "delivery.retry": "retried"}


class Metrics:
    """Counters since the start of this process. ``note`` takes the events of ``bot.log``."""

    def __init__(self) -> None:
        self._values: dict[tuple[str, Labels], float] = defaultdict(float)

    def note(self, level: str, event: str, fields: Mapping[str, Any]) -> None:
        """Count an event, if it is one that is counted."""
        if level == "error":
            self._add("brief_bugs_total", event=event)
        if event in _OUTCOMES:
            self._add("brief_deliveries_total", platform=str(fields.get("platform", "")), outcome=_OUTCOMES[event])
        if event in _READERS:
            for name, amount, labels in _READERS[event](fields):
                self._add(name, amount, **labels)

    def _add(self, name: str, amount: float = 1.0, **labels: str) -> None:
        self._values[(name, tuple(sorted(labels.items())))] += amount

    def text(self, gauges: Iterable[Sample] = ()) -> str:
        """Everything counted, with the ``gauges`` of this moment, in Prometheus' text format 0.0.4."""
        samples = sorted([*((name, labels, value) for (name, labels), value in self._values.items()), *gauges])
        lines = []
        for name, (kind, words) in _HELP.items():
            ours = [sample for sample in samples if sample[0] in (name, f"{name}_sum", f"{name}_count")]
            lines += [f"# HELP {name} {words}", f"# TYPE {name} {kind}", *map(_line, ours)]
        return "\n".join(lines) + "\n"


def _line(sample: Sample) -> str:
    name, labels, value = sample
    inside = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels)
    return f"{name}{{{inside}}} {value:g}" if inside else f"{name} {value:g}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


_Counted = list[tuple[str, float, dict[str, str]]]


def _sent(fields: Mapping[str, Any]) -> _Counted:
    name = "brief_delivery_delay_seconds"
    if fields.get("kind", "post") != "post":  # what puts a posted briefing right has no time of its own
        return []
    return [(f"{name}_sum", float(fields.get("delay", 0.0)), {}), (f"{name}_count", 1.0, {})]


def _polled(fields: Mapping[str, Any]) -> _Counted:
    failed, all_of_them = float(fields.get("feeds_failed", 0)), float(fields.get("feeds", 0))
    return [
        ("brief_feed_fetch_total", failed, {"outcome": "failed"}),
        ("brief_feed_fetch_total", all_of_them - failed, {"outcome": "ok"}),
    ]


def _called(fields: Mapping[str, Any]) -> _Counted:
    name = "brief_llm_tokens_total"
    return [(name, float(fields.get(kind, 0)), {"kind": kind}) for kind in ("sent", "received")]


def _fell_back(fields: Mapping[str, Any]) -> _Counted:
    return [("brief_llm_fallback_total", 1.0, {"reason": str(fields.get("label", "other"))})]


_READERS: Mapping[str, Callable[[Mapping[str, Any]], _Counted]] = {
    "delivery.sent": _sent,
    "delivery.unknown": lambda fields: [("brief_delivery_ambiguous_total", 1.0, {})],
    "delivery.reconciled": lambda fields: [("brief_reconcile_total", 1.0, {"result": str(fields.get("result", ""))})],
    "slots.missed": lambda fields: [("brief_slots_missed_total", float(fields.get("missed", 0)), {})],
    "edition.planned": lambda fields: [("brief_editions_total", 1.0, {})],
    "alert.planned": lambda fields: [("brief_alerts_total", 1.0, {})],
    "answer.given": lambda fields: [("brief_answers_total", 1.0, {"verb": str(fields.get("verb", "")), "outcome": "given"})],
    "answer.refused": lambda fields: [("brief_answers_total", 1.0, {"verb": str(fields.get("verb", "")), "outcome": "refused"})],
    "subscription.suspended": lambda fields: [("brief_subscriptions_suspended_total", 1.0, {})],
    "run.finished": _polled,
    "model.called": _called,
    "model.sentence_rejected": lambda fields: [
        ("brief_ground_rejected_sentences_total", 1.0, {"check": str(fields.get("check", ""))})
    ],
    "address.refused": lambda fields: [("brief_ssrf_blocked_total", 1.0, {})],
    "edition.amended": lambda fields: [("brief_amendments_total", 1.0, {"kind": str(fields.get("kind", ""))})],
    "notice.told": lambda fields: [("brief_notices_total", 1.0, {"outcome": "told"})],
    "notice.untold": lambda fields: [("brief_notices_total", 1.0, {"outcome": "untold"})],
    "summary.extracted": _fell_back,
    "answer.extracted": _fell_back,
    "page.extracted": _fell_back,
    "edition.plain": _fell_back,
}
