"""Measures what the votes of a workspace change on a file of labelled items: relevance before and after, and what moved."""

from pathlib import Path
from typing import Any

from bot.errors import UserError
from bot.evaluate import relevance as report
from bot.knowledge import weights
from bot.model import Channel
from bot.pipeline import feedback, relevance
from bot.pipeline.taste import scorer_of
from bot.store import Store


async def evaluate(path: Path, database_url: str, workspace: str) -> dict[str, Any]:
    """The reports before and after the votes of ``workspace`` (slack:TEAM or discord:GUILD), and the items kept or left out anew.

    Raises:
        UserError: the file cannot be read, or nobody in the workspace voted.
        StoreError: the database cannot be used.
    """
    items = report.read(path)
    platform, _, team = workspace.partition(":")
    store = await Store.open(database_url)
    try:
        moved = await scorer_of(store, Channel(platform, "", team))
    finally:
        await store.close()
    if moved is None:
        raise UserError(f"{workspace}: nobody voted there, expected slack:TEAM or discord:GUILD with votes in this database")
    before = [report.Judged(item, relevance.judge(item.article)) for item in items]
    after = [report.Judged(one.item, feedback.rejudged(one.item.article, one.verdict, moved)) for one in before]
    threshold = weights.load().threshold
    pairs = zip(before, after, strict=True)
    return {
        "workspace": workspace,
        "before": report.report(before, threshold),
        "after": report.report(after, threshold),
        "changed": [_change(old, new) for old, new in pairs if old.verdict.relevant != new.verdict.relevant],
    }


def _change(old: report.Judged, new: report.Judged) -> dict[str, Any]:
    return {
        "id": new.item.article.id,
        "title": new.item.article.title,
        "labelled": "relevant" if new.item.relevant else "not relevant",
        "before": old.verdict.score,
        "after": new.verdict.score,
        "now": "kept" if new.verdict.relevant else "left out",
    }


def render(found: dict[str, Any]) -> str:
    """Both reports for people, as plain text, and below them what changed."""
    lines = ["before the votes", report.render(found["before"]), "", f"after the votes of {found['workspace']}"]
    lines += [report.render(found["after"]), "", f"{len(found['changed'])} items changed sides"]
    for one in found["changed"]:
        lines.append(
            f"  {one['before']:.2f} → {one['after']:.2f} {one['now']} (labelled {one['labelled']}): {one['title'][:100]}"
        )
    return "\n".join(lines)
