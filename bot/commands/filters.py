"""Reads what narrows a digest: "japan policy", "한국 반도체", "日本 投資"."""

from bot.errors import UserError
from bot.locales import t, wording
from bot.model import LANGUAGES, Filters, Topic

_COUNTRIES = {
    "KR": ("kr", "korea", "korean", "한국", "韓国"),
    "JP": ("jp", "japan", "japanese", "일본", "日本"),
}


def read_filters(text: str, language: str) -> Filters:
    """Filters from words in any of the three languages. Raises UserError naming the word that is neither topic nor country."""
    names = {word: country for country, words in _COUNTRIES.items() for word in words}
    topics = {topic.value: topic for topic in Topic} | {
        wording.topic_name(topic, code).lower(): topic for topic in Topic for code in LANGUAGES
    }
    wanted_topics, wanted_countries = set(), set()
    for word in text.lower().replace(",", " ").split():
        if word in topics:
            wanted_topics.add(topics[word])
        elif word in names:
            wanted_countries.add(names[word])
        else:
            listed = ", ".join([*Topic, "korea", "japan"])
            raise UserError(t(language, "“{word}” is neither a topic nor a country. Known: {known}", word=word, known=listed))
    return Filters(topics=frozenset(wanted_topics), countries=frozenset(wanted_countries))
