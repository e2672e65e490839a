"""What editors said of a story, put in the place of what the machine found; words of a watchlist."""

from decimal import Decimal

from bot.model import Amount, Relevance, Story, Topic
from bot.pipeline.materiality import watched
from bot.pipeline.overriding import of_amounts, of_story
from bot.store.overrides import Override
from tests.builders import NOON, article

MAIN = Amount(Decimal(45_000_000_000), "JPY", "450億円", 0, 5, role="subsidy")
CONVERSION = Amount(Decimal(442_800_000_000), "KRW", "4428億ウォン", 6, 14, converted_of=0)
FOUND = Relevance(0.9, True, (Topic.EXPANSION, Topic.CHIPS), ("KR", "JP"), "KR→JP")
STORY = Story("s1", (article("a"), article("b")), (FOUND, FOUND))


def said(what: str, *value: str) -> Override:
    return Override("s1", what, value, "U1", NOON)


def test_a_wrong_main_amount_takes_its_conversions_with_it_and_a_wrong_conversion_only_itself() -> None:
    assert of_amounts((MAIN, CONVERSION), [said("amount", "450億円", "wrong")]) == ()
    assert of_amounts((MAIN, CONVERSION), [said("amount", "4428億ウォン", "wrong")]) == (MAIN,)
    assert of_amounts((MAIN, CONVERSION), [said("amount", "1円", "wrong")]) == (MAIN, CONVERSION)


def test_the_latest_word_counts_and_can_take_an_earlier_one_back() -> None:
    made = [said("amount", "450億円", "wrong"), said("amount", "450億円", "investment")]
    assert [one.role for one in of_amounts((MAIN, CONVERSION), made)] == ["investment", None]
    story = of_story(STORY, [said("topic", "policy"), said("topic", "talent")])
    assert {one.topics for one in story.relevances} == {(Topic.TALENT,)}


def test_countries_keep_a_direction_only_between_them() -> None:
    assert {one.direction for one in of_story(STORY, [said("countries", "JP", "KR")]).relevances} == {"KR→JP"}
    (only,) = {(one.countries, one.direction) for one in of_story(STORY, [said("countries", "JP")]).relevances}
    assert only == (("JP",), None)
    assert of_story(STORY, [said("topic", "no longer a topic")]) == STORY == of_story(STORY, [])


def test_a_watched_word_in_latin_letters_must_stand_alone() -> None:
    story = Story("s1", (article("a", "The minister said so", summary="데이터센터를 짓는다"),), (Relevance(0.9, True),))
    assert watched(story, ("ai", "minister", "데이터센터", "minist*")) == ("minist*", "minister", "데이터센터")
