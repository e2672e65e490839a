"""Turns texts into embeddings with the model that is configured for it (ports.Embedder)."""

from collections.abc import Sequence

from bot.llm.client import ModelClient


class ModelEmbedder:
    """The Embedder of one model server. ``name`` is the model's: vectors of different models cannot be compared."""

    def __init__(self, client: ModelClient, name: str) -> None:
        self._client = client
        self.name = name

    async def embed(self, texts: Sequence[str]) -> list[tuple[float, ...]]:
        """See ports.Embedder."""
        return await self._client.embed(texts, self.name)
