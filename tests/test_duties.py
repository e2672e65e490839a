"""What one of the duties does that only several processes need."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from bot import clock
from bot.config import Settings
from bot.duties import Duties
from bot.store import Store
from bot.work import Job
from tests.pipeline.test_deliver import Platform, _plan, _states


class Listed:
    """Work that is only written down."""

    lanes = 64

    def __init__(self) -> None:
        self.jobs: list[Job] = []

    async def put(self, *jobs: Job) -> None:
        self.jobs += jobs


async def test_what_a_dead_worker_was_posting_is_looked_for_at_once_in_the_workspaces_of_its_job(postgres_url: str) -> None:
    store, work, platform = await Store.open(postgres_url), Listed(), Platform()
    app: Any = SimpleNamespace(store=store, settings=Settings())
    chores: Any = SimpleNamespace(daily=dict)
    unused: Any = None
    duties = Duties(app, work, {"slack": platform}, list, unused, chores)
    planned, now = await _plan(store), clock.now()
    await store.deliveries.mark_sending(planned[0].id, now, now + timedelta(minutes=2))

    await duties.lost("poll", {"lane": 0, "lanes": 4})
    await duties.lost("deliver", {"platform": "slack", "workspaces": ["T1"]})
    [job] = work.jobs
    platform.answers = ["ts-7"]
    await duties.functions()[job.name](**job.arguments)

    assert job.queue == "slack" and await _states(store) == ["sent", "pending", "pending"]
    await store.close()
