"""A small morning on PostgreSQL: several processes, all briefings due at once; ``bench/scale.py`` has any number of them."""

import pytest

from bench.scale import morning

WORKSPACES = 12


@pytest.mark.timeout(180)
async def test_a_morning_loses_doubles_and_disorders_nothing_and_keeps_the_limits(postgres_url: str) -> None:
    found = await morning(postgres_url, WORKSPACES, workers=2, stories=12)
    wrong = ("lost", "doubled", "out_of_order", "misplaced", "unsettled")
    assert [found[name] for name in wrong] == [0] * len(wrong), found["odd"]
    assert found["editions"] == 3 * WORKSPACES and found["messages"] >= found["editions"]
    # A process that was held up may be late with its turns; what is refused then is posted after all, as counted above.
    assert sum(found["too_fast"].values()) <= found["messages"] // 20
