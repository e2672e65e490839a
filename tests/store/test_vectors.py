"""Vectors come back as they were kept, those of one model only."""

from bot.store import Store
from tests.builders import article


async def test_vectors_come_back_as_they_were_kept(store: Store) -> None:
    await store.articles.add([article("a", url="https://example.com/a"), article("b", url="https://example.com/b")])
    await store.vectors.save({"a": (0.5, -0.25), "b": (1.0, 0.0)}, "small")
    await store.vectors.save({"b": (0.0, 1.0)}, "large")
    await store.vectors.save({}, "large")
    found = await store.vectors.of(["a", "b", "c"], "small")
    assert {id: list(vector) for id, vector in found.items()} == {"a": [0.5, -0.25]}
    assert list((await store.vectors.of(["b"], "large"))["b"]) == [0.0, 1.0]
