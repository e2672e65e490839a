"""Runs many `bot` commands one after the other in this process: reads a JSON list of argument lists, tells how each ended."""

import io
import json
import sys
from contextlib import redirect_stderr, redirect_stdout
from typing import Any

from bot.__main__ import main


def run(arguments: list[str]) -> dict[str, Any]:
    """Exit status, output and errors of `bot` with these arguments."""
    out, err, status = io.StringIO(), io.StringIO(), 0
    sys.argv = ["bot", *arguments]
    with redirect_stdout(out), redirect_stderr(err):
        try:
            main()
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else int(end.code is not None)
    return {"arguments": arguments, "status": status, "out": out.getvalue(), "err": err.getvalue()}


if __name__ == "__main__":
    answers = [run(arguments) for arguments in json.load(sys.stdin)]
    json.dump(answers, sys.stdout)
