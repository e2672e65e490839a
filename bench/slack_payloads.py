"""How many of COUNT generated editions make a Slack payload that is invalid, loses a word or has something alive in it.

Usage: python -m bench.slack_payloads [COUNT]; one line of JSON. The checks are those of tests/platforms/slack/test_render.py:
Slack's own types as a JSON schema (where ../shared is), slack_sdk's validation, slackblocks' limits, and the totals.
"""

import json
import sys
import time

from hypothesis import HealthCheck, Phase, given, settings

from bot.model import Edition
from tests.platforms.slack.editions import editions
from tests.platforms.slack.test_render import check_edition


def main(count: int) -> None:
    """Generate, check, count."""
    wrong: list[str] = []
    seen = 0

    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(editions)
    def check(edition: Edition) -> None:
        nonlocal seen
        seen += 1
        try:
            check_edition(edition)
        except AssertionError as problem:
            wrong.append(str(problem)[:200])

    began = time.perf_counter()
    check()
    print(
        json.dumps(
            {"editions": seen, "invalid": len(wrong), "examples": wrong[:3], "seconds": round(time.perf_counter() - began)}
        )
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
