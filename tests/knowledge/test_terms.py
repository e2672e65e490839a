"""Terms are whole stemmed words of Latin text, and pairs and triples of the rest, each once, in order."""

from hypothesis import given
from hypothesis import strategies as some

from bot.knowledge import terms


def test_latin_words_lose_endings_and_stop_words() -> None:
    assert list(terms.terms("the companies opened offices in tokyo")) == ["compani", "open", "offic", "tokyo"]


def test_names_with_marks_and_digits_stay_whole() -> None:
    assert list(terms.terms("gpt-4o and r&d at 300")) == ["gpt-4o", "r&d", "300"]


def test_other_scripts_give_pairs_and_triples_and_no_hiragana() -> None:
    assert list(terms.terms("법인설립")) == ["법인", "법인설", "인설", "인설립", "설립"]
    assert list(terms.terms("これはから")) == []


@given(some.text(alphabet="가나다東京アイab12 ・.-", max_size=60))
def test_terms_are_of_the_text_and_distinct(text: str) -> None:
    found = list(terms.terms(text))
    assert len(found) == len(set(found))
    assert all(term in text for term in found)
