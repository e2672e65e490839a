"""`make bench`: every benchmark in a process of its own, its figures judged, one JSON file and one table.

    python -m bench [--only NAME …] [--out FOLDER] [--docs]

FOLDER (bench/results) gets figures.json and figures.md. With --docs nothing is measured: the figures of the last run go into
docs/performance.md. Exit status 1 where a benchmark failed or a goal is missed.
"""

import argparse
import json
import os
import platform
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.figures import BENCHES, Bench

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "bench" / "results"
DOCUMENT = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
HEAD = "| figure | measured | goal | |\n|---|---|---|---|"


def run(bench: Bench) -> dict[str, Any]:
    """What came of one benchmark: its line, seconds, and what went wrong. It never outlasts its time."""
    began = time.perf_counter()
    command = [sys.executable, "-m", f"bench.{bench.module}", *bench.arguments]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            out, err = process.communicate(timeout=bench.seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # and what it started
            out, err = process.communicate()
            err = f"ended after {bench.seconds} s"
    line = read_line(out)
    wrong = "" if line else (err.strip().splitlines() or ["no line"])[-1][:300]
    return {"command": bench.command, "seconds": round(time.perf_counter() - began, 1), "line": line, "wrong": wrong}


def read_line(out: str) -> dict[str, Any]:
    """The last line of JSON in what a benchmark printed; empty where there is none."""
    for row in reversed(out.splitlines()):
        if row.startswith("{"):
            try:
                found: dict[str, Any] = json.loads(row)
            except ValueError:
                continue
            return found
    return {}


def machine() -> dict[str, Any]:
    """Where the figures come from."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="minutes"),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "load_before": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
    }


def judged(bench: Bench, line: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each figure of a benchmark with its goal and whether that is met (None where there is none), as data."""
    return [
        {"figure": one.words, "value": one.of(line), "unit": one.unit, "goal": one.goal, "holds": one.holds(one.of(line))}
        for one in bench.figures
    ]


def missed(results: Sequence[tuple[Bench, Mapping[str, Any]]]) -> list[str]:
    """The goals that are not met, in words."""
    return [
        f"{bench.command}: {figure.words}: {figure.shown(figure.of(done['line']))}, goal {figure.goal}"
        for bench, done in results
        for figure in bench.figures
        if figure.holds(figure.of(done["line"])) is False
    ]


def table(results: Sequence[tuple[Bench, Mapping[str, Any]]], where: Mapping[str, Any]) -> str:
    """Everything in Markdown, a table for each benchmark under the command that measures it."""
    return "\n".join(_lines(results, where)) + "\n"


def _lines(results: Sequence[tuple[Bench, Mapping[str, Any]]], where: Mapping[str, Any]) -> Iterator[str]:
    yield "{cores} cores, Python {python}, {system}, load {load_before} before, {at}.".format(**where)
    for bench, done in results:
        yield f"\n`{bench.command}` ({done['seconds']:.0f} s)\n"
        if done["wrong"]:
            yield f"Failed: {done['wrong']}\n"
        yield HEAD
        for figure in bench.figures:
            value = figure.of(done["line"])
            mark = {True: "holds", False: "**missed**", None: ""}[figure.holds(value)]
            yield f"| {figure.words} | {figure.shown(value)} | {figure.goal} | {mark} |"


def measure(only: Sequence[str], folder: Path) -> int:
    """Run, print as it goes, keep."""
    where = machine()
    results: list[tuple[Bench, dict[str, Any]]] = []
    for bench in BENCHES:
        if only and bench.module not in only:
            continue
        print(f"{bench.command} …", file=sys.stderr, flush=True)
        results.append((bench, run(bench)))
    folder.mkdir(parents=True, exist_ok=True)
    kept = {
        "machine": where,
        "seconds": sum(done["seconds"] for _, done in results),
        "benches": [done | {"figures": judged(bench, done["line"])} for bench, done in results],
    }
    (folder / "figures.json").write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    shown = table(results, where)
    (folder / "figures.md").write_text(shown, encoding="utf-8")
    print(shown)
    wrong = missed(results)
    print(f"{kept['seconds']:.0f} s in all; {len(wrong)} goals missed", *wrong, sep="\n")
    return int(bool(wrong) or any(done["wrong"] for _, done in results))


def write_down(folder: Path, document: Path = DOCUMENT) -> None:
    """Put the table of the last run into docs/performance.md."""
    shown = (folder / "figures.md").read_text(encoding="utf-8")
    text = document.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    document.write_text(f"{before}{BEGIN}\n{shown}{END}{after}", encoding="utf-8")


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--only", nargs="*", default=(), choices=sorted({bench.module for bench in BENCHES}), metavar="NAME")
    options.add_argument("--out", type=Path, default=RESULTS)
    options.add_argument("--docs", action="store_true", help="write the figures of the last run into docs/performance.md")
    given = options.parse_args()
    if given.docs:
        write_down(given.out)
        return 0
    return measure(given.only, given.out)


if __name__ == "__main__":
    sys.exit(main())
