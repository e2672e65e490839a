"""What is asked every few seconds finds its rows by an index, however many there are."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy import event

from bot.store import Store
from tests.builders import NOON
from tests.store.test_editions import CHANNEL, SLOT

SMALL = ("SCAN pauses", "SCAN feeds")
ASKED: dict[str, Callable[[Store], Awaitable[object]]] = {
    "due": lambda store: store.deliveries.due(NOON),
    "late": lambda store: store.deliveries.late(NOON),
    "in doubt": lambda store: store.deliveries.in_doubt(NOON),
    "expire": lambda store: store.deliveries.expire(NOON),
    "begin": lambda store: store.deliveries.mark_sending("d1", NOON, NOON),
    "unsent": lambda store: store.deliveries.unsent(),
    "held": lambda store: store.deliveries.held(),
    "last slots": lambda store: store.editions.last_slots(["daily", "weekly"]),
    "taken": lambda store: store.editions.taken(SLOT),
    "told of": lambda store: store.editions.told_of({CHANNEL}, ["s1"]),
    "amendments": lambda store: store.amendments.keys(NOON, ["s1"]),
    "amendments of late": lambda store: store.amendments.keys(NOON, ["s1"], NOON),
    "being posted": lambda store: store.amendments.being_posted(),
    "touched": lambda store: store.stories.touched_between(NOON, NOON),
    "after": lambda store: store.articles.after(5),
    "known": lambda store: store.articles.known([1, 2]),
    "notices": lambda store: store.notices.due(NOON),
    "first": lambda store: store.heard.first("slack", "T1", "E1", NOON),
}


@pytest.mark.parametrize("name", ASKED)
async def test_nothing_big_is_read_from_end_to_end(name: str, tmp_path: Path) -> None:
    store = await Store.open(f"sqlite:///{tmp_path}/bot.db")
    asked: list[tuple[str, object]] = []
    engine = store._database.engine
    event.listen(engine.sync_engine, "before_cursor_execute", lambda _c, _u, sql, values, _x, _m: asked.append((sql, values)))

    await ASKED[name](store)

    statements = [(sql, values) for sql, values in asked if sql.split()[0] in ("SELECT", "UPDATE", "DELETE", "WITH")]
    async with engine.connect() as connection:
        plans = [
            line
            for sql, values in statements
            for *_, line in (await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)).all()
        ]
    await store.close()
    scans = [line for line in plans if line.startswith("SCAN") and "VIRTUAL" not in line and not line.startswith(SMALL)]
    assert plans and scans == []
