"""Generates editions and replies of any kind and judges what Discord would be sent: its own description, its totals, live text.

    python -m bench.discord_payloads --editions 10000 [--replies 2000]

Prints one JSON line, at Ctrl-C with the counts so far; exit status 1 where a payload is invalid, with the smallest one that is.
"""

import argparse
import json
import sys
import time

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.model import LANGUAGES, Edition, Reply, Subscription
from bot.platforms.discord.buttons import of_actions
from bot.platforms.discord.render import edition_messages
from bot.platforms.discord.replies import reply_parts
from tests.platforms.discord import generated


def main() -> int:
    """Judge as many as were asked for."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--editions", type=int, default=1000)
    asked.add_argument("--replies", type=int, default=200)
    options = asked.parse_args()
    counts = {"editions": 0, "replies": 0, "messages": 0}

    @settings(max_examples=options.editions, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(generated.editions, generated.subscriptions)
    def editions(shown: Edition, subscription: Subscription) -> None:
        messages = edition_messages(shown, subscription)
        counts["editions"] += 1
        counts["messages"] += len(messages)
        generated.judge(messages)

    @settings(max_examples=options.replies, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(generated.replies, st.sampled_from(LANGUAGES))
    def replies(reply: Reply, language: str) -> None:
        parts = reply_parts(reply, language, of_actions(reply.actions))
        counts["replies"] += 1
        counts["messages"] += len(parts)
        generated.judge(parts)

    started, invalid = time.monotonic(), 0
    for check in (editions, replies):
        try:
            check()
        except AssertionError as error:
            invalid += 1
            print(error, file=sys.stderr)
        except KeyboardInterrupt:
            break  # what was judged so far counts
    print(json.dumps(counts | {"invalid": invalid, "seconds": round(time.monotonic() - started, 1)}))
    return int(invalid > 0)


if __name__ == "__main__":
    sys.exit(main())
