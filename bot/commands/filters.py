"""Reads what narrows a digest: "japan policy", "한국 반도체", "日本 投資"."""

from functools import cache

from bot.errors import UserError
from bot.locales import t, wording
from bot.model import LANGUAGES, Filters, Topic

COUNTRY_NAMES = {
    word: country
    for country, words in {
        "KR": ("kr", "korea", "korean", "한국", "韓国"),
        "JP": ("jp", "japan", "japanese", "일본", "日本"),
    }.items()
    for word in words
}


@cache
def topic_names() -> dict[str, Topic]:
    """What the topics are called in the three languages, in lower case."""
    named = {wording.topic_name(topic, code).lower(): topic for topic in Topic for code in LANGUAGES}
    return {topic.value: topic for topic in Topic} | named


def read_filters(text: str, language: str) -> Filters:
    """Filters from words in any of the three languages. Raises UserError naming the word that is neither topic nor country."""
    topics, countries = set(), set()
    for word in text.lower().replace(",", " ").split():
        if topic := topic_names().get(word):
            topics.add(topic)
        elif country := COUNTRY_NAMES.get(word):
            countries.add(country)
        else:
            listed = ", ".join([*Topic, "korea", "japan"])
            raise UserError(t(language, "“{word}” is neither a topic nor a country. Known: {known}", word=word, known=listed))
    return Filters(topics=frozenset(topics), countries=frozenset(countries))
