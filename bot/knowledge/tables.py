"""The YAML files of data/, read by libyaml where PyYAML has it: ten times as fast, and every process reads them at its start."""

from importlib import resources
from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def table(name: str) -> Any:
    """What data/``name`` holds."""
    text = resources.files("bot.knowledge").joinpath("data", name).read_text(encoding="utf-8")
    return yaml.load(text, Loader=_LOADER)  # noqa: S506 - both are safe loaders
