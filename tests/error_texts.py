"""The words of the errors that operators meet, read from the code: what docs/errors.md has to explain."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

BOT = Path(__file__).parents[1] / "bot"
# What is said to people in a chat (UserError) says itself what to do, and is translated in bot/locales.
KINDS = (
    "ConfigError", "StoreError", "ArchiveError", "FeedError", "FetchError", "ParseError", "ModelError", "ModelUnavailable", "BadOutput",
    "BudgetSpent", "DeliveryError",
)  # fmt: skip


def texts() -> dict[str, set[str]]:
    """By kind of error: what it says, "…" for what differs from time to time."""
    found: dict[str, set[str]] = {kind: set() for kind in KINDS}
    for path in sorted(BOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in found:
                found[node.func.id].update(said for argument in node.args for said in _said(argument))
    return found


def _said(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.List):
        for one in node.elts:
            yield from _said(one)
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        words = node.value
    elif isinstance(node, ast.JoinedStr):
        words = "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
    else:
        return
    words = words.replace("`", "")  # the documents quote them
    if re.search(r"[^\W\d…]{2,}\W+[^\W\d…]{2,}", words):  # two words at least: less is another's text passed on
        yield words
