"""One concept in three languages has one key; Latin forms match whole words only."""

import pytest

from bot.knowledge import concepts
from bot.knowledge.language import normalise


def _keys(text: str) -> set[str]:
    return {concept.key for concept in concepts.load().find(normalise(text))}


@pytest.mark.parametrize(
    ("key", "texts"),
    [
        ("object data centre", ["울산에 데이터센터", "データセンターを建設", "an AI data center in Osaka"]),
        ("act open", ["사무소를 개소했다", "拠点を開設した", "opens its office"]),
        ("place japan", ["일본 진출", "日本に進出", "enters Japan"]),
        ("act subsidise", ["보조금 지급", "補助金を交付", "subsidies for fabs"]),
    ],
)
def test_one_concept_in_three_languages(key: str, texts: list[str]) -> None:
    assert all(key in _keys(text) for text in texts)


def test_latin_forms_are_whole_words() -> None:
    assert "object law" in _keys("an AI law") and "object law" not in _keys("a flawed lawn")
    assert "object chip" not in _keys("chipped paint")


def test_the_position_is_that_of_the_first_mention() -> None:
    found = concepts.load().find("반도체 공장, 반도체 인재")
    assert {concept.key: start for concept, start in found.items()}["object chip"] == 0


def test_every_concept_has_a_kind_and_a_name() -> None:
    kinds = {concept.kind for concept in concepts.load().find("korea opens data center")}
    assert kinds == {"act", "object", "place"}
