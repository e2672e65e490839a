"""Every number that operators were promised is counted, from events that the code really tells of."""

import re
from pathlib import Path

from bot import log
from bot.feeds.fetch import Client
from bot.metrics import Metrics

ROOT = Path(__file__).parents[1]
PROMISED = {
    "brief_deliveries_total": ("delivery.sent", {"platform": "slack", "delay": 2.0}, '{outcome="sent",platform="slack"} 1'),
    "brief_delivery_delay_seconds": ("delivery.sent", {"platform": "slack", "delay": 2.0}, "_sum 2"),
    "brief_slots_missed_total": ("slots.missed", {"missed": 3}, " 3"),
    "brief_delivery_ambiguous_total": ("delivery.unknown", {}, " 1"),
    "brief_reconcile_total": ("delivery.reconciled", {"result": "found"}, '{result="found"} 1'),
    "brief_feed_fetch_total": ("run.finished", {"feeds": 5, "feeds_failed": 2}, '{outcome="failed"} 2'),
    "brief_llm_tokens_total": ("model.called", {"sent": 900, "received": 100}, '{kind="received"} 100'),
    "brief_llm_fallback_total": ("summary.extracted", {"label": "budget"}, '{reason="budget"} 1'),
    "brief_ground_rejected_sentences_total": ("model.sentence_rejected", {"check": "number"}, '{check="number"} 1'),
    "brief_ssrf_blocked_total": ("address.refused", {"host": "10.0.0.1"}, " 1"),
    "brief_amendments_total": ("edition.amended", {"kind": "amount"}, '{kind="amount"} 1'),
    "brief_notices_total": ("notice.untold", {}, '{outcome="untold"} 1'),
    "brief_subscriptions_suspended_total": ("subscription.suspended", {}, " 1"),
    "brief_editions_total": ("edition.planned", {}, " 1"),
}


def test_each_event_counts() -> None:
    for name, (event, fields, line) in PROMISED.items():
        metrics = Metrics()
        metrics.note("info", event, fields)
        assert f"{name}{line}\n" in metrics.text(), name


def test_every_event_that_is_counted_is_told_of_somewhere_and_every_number_is_explained() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "bot").rglob("*.py") if path.name != "metrics.py")
    for event in {event for event, _, _ in PROMISED.values()}:
        assert f'"{event}"' in code, event
    shown = set(re.findall(r"^# TYPE (\w+) ", Metrics().text(), re.MULTILINE))
    explained = set(re.findall(r"`(brief_\w+)", (ROOT / "docs/operations.md").read_text(encoding="utf-8")))
    assert shown == explained
    assert set(PROMISED) | {"brief_feeds_failing", "brief_feed_staleness_seconds"} <= shown


def test_what_puts_a_briefing_right_counts_as_sent_but_not_as_late() -> None:
    metrics = Metrics()
    metrics.note("info", "delivery.sent", {"platform": "slack", "kind": "edit", "delay": 9000.0})
    assert 'brief_deliveries_total{outcome="sent",platform="slack"} 1' in metrics.text()
    assert "brief_delivery_delay_seconds_sum" not in metrics.text()


async def test_a_private_address_is_counted() -> None:
    metrics = Metrics()
    stop = log.listen(metrics.note)
    async with Client(user_agent="test", total=3.0) as client:
        for url in ("http://10.0.0.1/feed.xml", "http://169.254.169.254/latest/meta-data"):
            try:
                await client.get(url)
            except Exception as error:  # noqa: BLE001 which error it is, other tests say
                assert "not public" in str(error)
    stop()
    assert "brief_ssrf_blocked_total 2\n" in metrics.text()
