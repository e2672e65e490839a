"""The runner of the benchmarks: numbers are found and judged, a benchmark that fails or hangs is ended and said."""

from pathlib import Path

import pytest

from bench import __main__ as runner
from bench.figures import BENCHES, Bench, Figure

LINE = {"ours": {"seconds": 9.5}, "mornings": [{"lost": 0}], "words": "many"}
WHERE = {"cores": 2, "python": "3.11", "system": "Linux", "load_before": 0.1, "at": "now"}


@pytest.mark.parametrize(
    ("path", "value"),
    [("ours.seconds", 9.5), ("mornings.0.lost", 0), ("mornings.1.lost", None), ("words", None), ("no.where", None)],
)
def test_a_figure_is_found_by_its_path(path: str, value: float | None) -> None:
    assert Figure("it", path).of(LINE) == value


def test_a_goal_is_a_bound_and_what_is_missing_misses_it() -> None:
    assert Figure("it", "", most=10).holds(10) and not Figure("it", "", most=10).holds(10.1)
    assert Figure("it", "", least=4).holds(4) and not Figure("it", "", least=4).holds(3.9)
    assert Figure("it", "", most=10).holds(None) is False
    assert Figure("it", "").holds(None) is None
    assert Figure("it", "", "ms", most=300).goal == "≤ 300 ms" and Figure("it", "", "×", least=1.5).goal == "≥ 1.5×"
    assert Figure("it", "", "s").shown(12_345.6) == "12,346 s" and Figure("it", "").shown(None) == "–"


def test_the_last_line_of_json_counts() -> None:
    assert runner.read_line('{"a": 1}\nnoise\n{"b": 2}\n{broken\n') == {"b": 2}
    assert runner.read_line("nothing") == {}


def test_missed_goals_and_failures_are_in_the_table() -> None:
    bench = Bench("polling", ("--feeds", "9"), 1, (Figure("first poll", "ours.seconds", "s", most=5),))
    done = {"command": bench.command, "seconds": 3.0, "line": LINE, "wrong": ""}
    assert runner.missed([(bench, done)]) == ["python -m bench.polling --feeds 9: first poll: 9.5 s, goal ≤ 5 s"]
    shown = runner.table([(bench, done), (bench, done | {"line": {}, "wrong": "it broke"})], WHERE)
    assert "| first poll | 9.5 s | ≤ 5 s | **missed** |" in shown and "Failed: it broke" in shown


def test_a_benchmark_that_hangs_is_ended_and_one_that_fails_is_told() -> None:
    hung = runner.run(Bench("stories", (), 1, ()))  # takes a minute
    assert hung["wrong"] == "ended after 1 s" and hung["seconds"] < 10
    failed = runner.run(Bench("parsing", ("--nonsense",), 60, ()))
    assert "unrecognized arguments" in failed["wrong"]


def test_the_figures_go_into_the_document(tmp_path: Path) -> None:
    (tmp_path / "figures.md").write_text("new\n", encoding="utf-8")
    document = tmp_path / "performance.md"
    document.write_text(f"before\n{runner.BEGIN}\nold\n{runner.END}\nafter\n", encoding="utf-8")
    runner.write_down(tmp_path, document)
    assert document.read_text(encoding="utf-8") == f"before\n{runner.BEGIN}\nnew\n{runner.END}\nafter\n"


def test_all_of_them_together_are_bounded() -> None:
    assert sum(bench.seconds for bench in BENCHES) <= 30 * 60
    assert len({bench.command for bench in BENCHES}) == len(BENCHES)


def test_a_ratio_is_two_numbers_of_one_line() -> None:
    line = {"ours": 4.0, "peer": 10, "nothing": 0}
    assert Figure("it", "peer", "×", least=2, beside="ours").of(line) == 2.5
    assert Figure("it", "peer", beside="nothing").of(line) is None and Figure("it", "none", beside="ours").of(line) is None


def test_each_figure_is_kept_with_its_goal_and_whether_it_holds() -> None:
    bench = Bench("polling", (), 1, (Figure("first", "ours.seconds", "s", most=5), Figure("second", "no.where")))
    assert runner.judged(bench, LINE) == [
        {"figure": "first", "value": 9.5, "unit": "s", "goal": "≤ 5 s", "holds": False},
        {"figure": "second", "value": None, "unit": "", "goal": "", "holds": None},
    ]
