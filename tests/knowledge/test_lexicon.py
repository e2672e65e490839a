"""Groups of terms, their borders, combinations, and the data behind them."""

import pytest

from bot.errors import ConfigError
from bot.knowledge import language, lexicon
from bot.model import Topic

LEXICON = lexicon.load()


def groups(text: str) -> set[str]:
    return {hit.group for hit in LEXICON.hits(language.fold(text)[0])}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("정부, AI 데이터센터 예산 확대", {"ai", "data_centre", "government", "budget"}),
        ("ＡＩ半導体の量産へ新工場", {"ai", "ai_chip", "chip", "capacity"}),
        ("Chipmakers ramp up HBM output", {"chip", "ai_chip", "capacity"}),
        ("코스피 급등 출발", {"stocks"}),
        ("鳥インフルエンザで殺処分", {"bird_flu"}),
        ("Claude Codeを試してみた", {"tutorial", "dev_tools"}),
    ],
)
def test_groups_of_a_headline(text: str, expected: set[str]) -> None:
    assert expected <= groups(text)


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("he said the rain in Spain", "ai"),
        ("the lawn is green", "law"),
        ("chipmunks in the garden", "chip"),
        ("칩거 생활을 끝낸 작가", "chip"),
        ("ポテトチップスの新味", "chip"),
        ("町田駅前の再開発", "municipal"),
        ("A fabulous show", "chip"),
    ],
)
def test_terms_inside_other_words_do_not_count(text: str, group: str) -> None:
    assert group not in groups(text)


def test_a_plural_s_counts() -> None:
    assert "data_centre" in groups("data centers")
    assert "chip" in groups("chips")


def test_combinations_need_every_part_and_no_barred_name() -> None:
    names = {"ai", "law", "angle"}
    assert "ai_law" in LEXICON.combined(names)
    assert "ai_law" not in LEXICON.combined({"ai", "law"})
    assert "no_subject" not in LEXICON.combined({"subject"})
    assert "no_subject" in LEXICON.combined(set())


def test_outlets_tell_something_beforehand() -> None:
    assert "developer" in LEXICON.outlet_kinds("zenn.dev", "https://zenn.dev/someone/articles/zdnet.com-notes")
    assert LEXICON.outlet_kinds("zenn.dev", "https://zenn.dev/a/engadget") == ("developer",)
    assert LEXICON.outlet_kinds("", "") == ()


def test_all_topics_but_other_have_words() -> None:
    assert {group.topic for group in LEXICON.groups.values() if group.topic} >= set(Topic) - {Topic.OTHER}


def test_every_combination_uses_known_names() -> None:
    derived = {"subject", "ai_subject", "angle", "third", "kr", "jp", "home", "gov", "money", "big_money", "local_unit"}
    for combination in LEXICON.combinations.values():
        for name in frozenset().union(*combination.all, combination.none):
            assert name in LEXICON.groups or name in derived or name.startswith(("co.", "third.", "angle.")), name


@pytest.mark.parametrize(
    ("sections", "reason"),
    [
        ({"subjects": {"a": {"ko": [True]}}}, "subjects.yaml: a: ko: True"),
        ({"events": {"a": {"topic": "weather", "en": ["x"]}}}, "unknown topic 'weather'"),
        ({"subjects": {"a": {"en": ["x"]}}, "events": {"a": {"en": ["y"]}}}, "a: is in two files"),
        ({"combinations": {"c": {"topic": "weather", "all": ["x"]}}}, "combinations.yaml: c"),
    ],
)
def test_broken_data_is_reported(sections: dict[str, dict[str, dict[str, object]]], reason: str) -> None:
    with pytest.raises(ConfigError, match=reason):
        lexicon.build(sections)
