"""The lines of a briefing that every renderer shows alike: heading, marks, amounts, outlets, footer.

Plain text without markup; escaping and links are the renderer's.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from urllib.parse import quote
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_timedelta

from bot.locales import amounts, t, tn
from bot.model import AheadDate, Answer, Article, Edition, EditionItem, Story, Summary, Topic

_TOPICS = {
    Topic.EXPANSION: "Expansion",
    Topic.INVESTMENT: "Investment",
    Topic.POLICY: "Policy",
    Topic.INFRASTRUCTURE: "Infrastructure",
    Topic.CHIPS: "Chips",
    Topic.TALENT: "Talent",
    Topic.OTHER: "Other",
}
_QUALIFIERS = {"about": "about", "up_to": "up to", "at_least": "at least", "more_than": "more than"}
_ROLES = {
    "investment": "investment",
    "funding_raised": "funding",
    "subsidy": "subsidy",
    "budget": "budget",
    "revenue": "revenue",
    "valuation": "valuation",
    "acquisition_price": "acquisition",
    "tax": "tax",
    "market_size": "market size",
    "loan": "loan",
}
_STAGES = {"announced": "announced", "planned": "planned", "decided": "decided", "completed": "done", "in_force": "in force"}
_STAGES |= {"rejected": "given up"}
_FALLBACKS = {
    "budget": "the model's budget is used up",
    "unavailable": "the model cannot be reached",
    "failed": "the model cannot be reached",
    "late": "the model was too slow",
    "unusable": "what the model wrote did not hold",
}
_LAGS = 8  # outlets
_ZONE_NAMES = {"Asia/Seoul": "KST", "Asia/Tokyo": "JST"}


def _local(instant: datetime, zone: str) -> datetime:
    return instant.astimezone(ZoneInfo(zone))


def _zone_name(instant: datetime, zone: str) -> str:
    return _ZONE_NAMES.get(zone) or _local(instant, zone).strftime("%Z")


def zoned(instant: datetime, zone: str) -> str:
    """A time of day with its zone, such as "09:00 KST"."""
    return f"{_local(instant, zone):%H:%M} {_zone_name(instant, zone)}"


def day(instant: datetime, zone: str, language: str) -> str:
    """A date with its weekday, as readers of ``language`` write it."""
    pattern = {"ko": "y년 M월 d일 (E)", "ja": "y年M月d日(E)"}.get(language, "EEE d MMM y")
    return _written(_local(instant, zone).date(), pattern, language)


@lru_cache(maxsize=4096)  # a page has the same few days over and over
def _written(day: date, pattern: str, language: str) -> str:
    return format_date(day, pattern, locale=language)


def heading(edition: Edition) -> str:
    """The title, such as "AI market briefing · Korea and Japan · Mon 23 Nov 2026"."""
    name = t(edition.language, "Alert") if edition.alert else t(edition.language, "AI market briefing")
    parts = (name, t(edition.language, "Korea and Japan"))
    return " · ".join((*parts, day(edition.until, edition.time_zone, edition.language)))


def notice(edition: Edition) -> str | None:
    """What a reader must know before anything else, or None."""
    if edition.sample:
        return t(edition.language, "SAMPLE: invented items from the sample feeds, not real news")
    said = [edition.alert] if edition.alert else []
    if edition.delayed:
        said.append(t(edition.language, "Delayed: the bot was not running at the planned time"))
    if edition.missed:
        said.append(
            tn(
                edition.language,
                "This briefing also covers {n} that was missed",
                "This briefing also covers {n} that were missed",
                edition.missed,
            )
        )
    return " · ".join(said) or None


def alert_reason(names: Sequence[str], score: float, threshold: float, language: str) -> str:
    """Why a story is told at once: ``names`` of the channel's watchlist that it hits, or else its score."""
    if names:
        return t(language, "On the watchlist: {names}", names=", ".join(names))
    figures = {"score": f"{score:.2f}", "threshold": f"{threshold:.2f}"}
    return t(language, "Score {score}: this channel is alerted from {threshold}", **figures)


def quiet_line(edition: Edition) -> str:
    """What a briefing without stories says instead of filling up."""
    return t(edition.language, "A quiet day: nothing new on AI expansion or policy in Korea and Japan.")


def lead_title(language: str) -> str:
    """The heading of the first lines."""
    return t(language, "What changed")


def topic_name(topic: Topic, language: str) -> str:
    """A section's heading."""
    return t(language, _TOPICS[topic])


def mark_name(mark: str, language: str) -> str:
    """NEW or UPDATE."""
    return t(language, {"new": "NEW", "update": "UPDATE"}.get(mark, "")) if mark else ""


def headline(summary: Summary) -> str:
    """The headline in the reader's language, with the original beside it where that is in another one."""
    if not summary.headline_language:
        return summary.headline
    original = f"{summary.headline} ({summary.headline_language.upper()})"
    return f"{summary.translated} · {original}" if summary.translated else original


def amounts_line(item: EditionItem, language: str) -> str:
    """Such as "¥45bn · ₩442.8bn · $290m (up to, subsidy; rate of 20 Nov 2026)"; empty where the story states no amount."""
    shown = [
        amounts.show(amount.value, amount.currency, language)
        for amount in item.amounts
        if amount.value is not None and amount.currency is not None
    ]
    if not shown:
        return ""
    main = item.amounts[0]
    restated = sum(amount.converted_of == 0 for amount in item.amounts)
    shown[1 + restated : 1 + restated] = [amounts.show_converted(one, language) for one in item.converted]
    notes = [t(language, words[key]) for words, key in ((_QUALIFIERS, main.qualifier), (_ROLES, main.role or "")) if key in words]
    said = ", ".join(notes)
    if item.converted:
        said = "; ".join(part for part in (said, rate_note(item.converted[0].day, language)) if part)
    return "  ·  ".join(shown) + (f" ({said})" if said else "")


def rate_note(day: date, language: str) -> str:
    """Such as "rate of 20 Nov 2026"."""
    return t(language, "rate of {day}", day=short_day(day, language))


def short_day(day: date, language: str) -> str:
    """A date without its weekday, as readers of ``language`` write it."""
    pattern = {"ko": "y년 M월 d일", "ja": "y年M月d日"}.get(language, "d MMM y")
    return _written(day, pattern, language)


def role_name(role: str, language: str) -> str:
    """What money is for: investment, subsidy …; empty for other."""
    return t(language, _ROLES[role]) if role in _ROLES else ""


def event_name(type: str, language: str) -> str:
    """What happened, in a word."""
    return {
        "acquisition": t(language, "acquisition"),
        "budget": t(language, "budget"),
        "datacenter_investment": t(language, "data centre"),
        "fab_investment": t(language, "plant"),
        "funding": t(language, "funding"),
        "government_program": t(language, "programme"),
        "guideline": t(language, "guideline"),
        "hiring": t(language, "hiring"),
        "ipo": t(language, "listing"),
        "law_in_force": t(language, "law"),
        "office_opened": t(language, "office"),
        "partnership": t(language, "partnership"),
        "subsidiary_established": t(language, "subsidiary"),
        "subsidy": t(language, "subsidy"),
    }.get(type, t(language, "other"))


def stage_name(status: str, language: str) -> str:
    """How far something is, in words."""
    return t(language, _STAGES.get(status, status))


def ahead_title(language: str) -> str:
    """The heading of the dates ahead."""
    return t(language, "Dates ahead")


def ahead_line(one: AheadDate, language: str) -> str:
    """Such as "22 Jan 2027 · AI Basic Act: in force (KR)"; a date that names no day is shown as it was told."""
    when, what = ahead_parts(one, language)
    return f"{when} · {one.title}: {what}" + (f" ({one.country})" if one.country else "")


def ahead_parts(one: AheadDate, language: str) -> tuple[str, str]:
    """When it is and what happens then, in words."""
    exact = len(one.value) == len("2027-01-22")
    what = t(language, "comes into force") if one.what == "in_force" else t(language, "ends")
    return short_day(one.day, language) if exact else one.value, what


def in_days(days: int, language: str) -> str:
    """Such as "today", "in 12 days" or "in 3 months"."""
    if not days:
        return t(language, "today")
    return format_timedelta(timedelta(days=days), granularity="day", threshold=1.5, add_direction=True, locale=language)


def outlets_line(item: EditionItem, edition: Edition) -> str:
    """Such as "3 outlets · KO JA · first: ETNews 07:10 KST"."""
    language = edition.language
    parts = [tn(language, "{n} outlet", "{n} outlets", len(item.outlets)), " ".join(code.upper() for code in item.languages)]
    if item.first_outlet and item.first_at:
        at = zoned(item.first_at, edition.time_zone)
        parts.append(t(language, "first: {outlet} {at}", outlet=item.first_outlet, at=at))
    return " · ".join(part for part in parts if part)


def page_word(language: str) -> str:
    """The label of a link to one of our pages."""
    return t(language, "In the browser")


def story_page(item: EditionItem, edition: Edition) -> str:
    """The address of a story's page; empty where people reach none."""
    return f"{edition.site}/stories/{quote(item.story_id, safe='')}" if edition.site else ""


def edition_page(edition: Edition) -> str:
    """The address at which an edition stays; empty where people reach none, or it was made for one look only."""
    kept = edition.site and not edition.key.startswith(("now/", "preview/"))
    return f"{edition.site}/editions/{quote(edition.key, safe='/:')}" if kept else ""


def lags_line(story: Story, zone: str, language: str) -> str:
    """Such as "First: ETNews (ko) 07:10 KST; Nikkei (ja) +45 min"; empty where no report has a date."""
    lags = story.lags[:_LAGS]
    if not lags:
        return ""
    (first, _), *others = lags
    at = zoned(first.at, zone) if first.at else ""
    told = t(language, "First: {outlet} {at}", outlet=_outlet(first), at=at)
    return "; ".join((told, *(f"{_outlet(article)} +{lag(wait, language)}" for article, wait in others)))


def _outlet(article: Article) -> str:
    return f"{article.outlet} ({article.language})"


def lag(wait: timedelta, language: str) -> str:
    """A time in one unit, such as "45 min"."""
    return format_timedelta(wait, threshold=2, format="short", locale=language)


def footer(edition: Edition) -> str:
    """Such as "1,204 articles read · 18 relevant · 11 stories · 2 feeds failing · no model used"."""
    language, counts = edition.language, edition.counts
    if edition.alert:
        return model_note(edition.method, language, edition.fallback)
    parts = [
        tn(language, "{n} article read", "{n} articles read", counts.articles),
        tn(language, "{n} relevant", "{n} relevant", counts.relevant),
        tn(language, "{n} story", "{n} stories", counts.stories),
    ]
    if counts.feeds_failing:
        parts.append(tn(language, "{n} feed failing", "{n} feeds failing", counts.feeds_failing))
    parts.append(model_note(edition.method, language, edition.fallback))
    return " · ".join(parts)


def model_note(method: str, language: str, fallback: str = "") -> str:
    """Who wrote the sentences; ``fallback``: why some, or all, are quoted although there is a model (see Edition)."""
    reason = t(language, _FALLBACKS[fallback]) if fallback in _FALLBACKS else ""
    if method == "extract" and reason:
        return t(language, "quoted extracts: {reason}", reason=reason)
    if method == "extract":
        return t(language, "quoted extracts, no model used")
    note = t(language, "written by {model}, every sentence checked against its source", model=method)
    return f"{note} · {t(language, 'some are quoted: {reason}', reason=reason)}" if reason else note


def answer_note(answer: Answer) -> str:
    """How far an answer can be trusted."""
    if not answer.found:
        return t(answer.language, "The archive does not say.")
    return model_note(answer.method, answer.language, answer.fallback)


def sources_word(language: str) -> str:
    """The label before a list of sources."""
    return t(language, "Sources")
