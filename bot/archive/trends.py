"""Charts of what is kept: stories by topic, announced amounts, a company's timeline, who reports first, dates ahead.

All are pure functions of rows; each gives None where there is too little for a chart to help anybody.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import permutations
from statistics import median
from zoneinfo import ZoneInfo

from bot.archive import dossier
from bot.archive.comparison import concerned, main_topic
from bot.archive.ledger_rows import Row
from bot.archive.totals import ADDED, Total, total, why_left_out
from bot.locales import amounts, t, times, tn, wording
from bot.model import COUNTRIES, LANGUAGES, AheadDate, Bar, Chart, ChartMoment, ChartRow, Series, Story, Topic

CURRENCIES = {"ko": "KRW", "ja": "JPY", "en": "USD"}  # what readers of a language count in
ENOUGH = 2  # bars or moments: fewer are said in words
_ENOUGH_STORIES = 3  # in several languages, before their median says anything
MOST = 8  # moments of a timeline
_BOTH = "both"
_EN_DASH = "–"


# ---- stories by topic ----


def topics(
    stories: Sequence[Story], earlier: Sequence[Story], since: datetime, until: datetime, language: str, zone: str = "UTC"
) -> Chart | None:
    """Stories by their main topic, Korea and Japan side by side; ``earlier``: those of the time of the same length before.

    A story that concerns both countries counts on either side, and a note says how many do.
    """
    now, before = _counted(stories), _counted(earlier) if earlier else None
    shown = [topic for topic in Topic if any(now[country, topic] for country in COUNTRIES)]
    if sum(now[country, topic] > 0 for country in COUNTRIES for topic in shown) < ENOUGH:
        return None
    rows = [
        ChartRow(wording.topic_name(topic, language), tuple(_count(now, before, country, topic) for country in COUNTRIES))
        for topic in shown
    ]
    both = sum(set(COUNTRIES) <= concerned(story) for story in stories)
    one, many = "{n} story concerns both and counts on either side.", "{n} stories concern both and count on either side."
    days = max(1, round((until - since) / timedelta(days=1)))
    return Chart(
        "bars",
        t(language, "Stories by topic: Korea and Japan"),
        language,
        _period(since, until, language, zone),
        series=tuple(_side(country, stories, earlier, language) for country in COUNTRIES),
        rows=tuple(rows),
        notes=(tn(language, one, many, both),) if both else (),
        mark=tn(language, "± against the day before", "± against the {n} days before", days) if before else "",
        name="stories",
    )


def _counted(stories: Iterable[Story]) -> Counter[tuple[str, Topic]]:
    return Counter((country, main_topic(story.relevances)) for story in stories for country in concerned(story))


def _count(now: Counter[tuple[str, Topic]], before: Counter[tuple[str, Topic]] | None, country: str, topic: Topic) -> Bar:
    count = now[country, topic]
    if before is None:
        return Bar(float(count), f"{count:,}")
    return Bar(float(count), f"{count:,}", before=float(before[country, topic]), note=_change(count - before[country, topic]))


def _change(by: int) -> str:
    return f"{by:+,}".replace("-", "−") if by else "±0"


def _side(country: str, stories: Sequence[Story], earlier: Sequence[Story], language: str) -> Series:
    count = sum(country in concerned(story) for story in stories)
    before = sum(country in concerned(story) for story in earlier)
    change = f" ({_change(count - before)})" if earlier else ""
    return Series(times.country_name(country, language), country, f"{count:,}{change}")


def _period(since: datetime, until: datetime, language: str, zone: str) -> str:
    first, last = (moment.astimezone(ZoneInfo(zone)).date() for moment in (since, until))
    days = [wording.short_day(day, language) for day in (first, last)]
    return f" {_EN_DASH} ".join(dict.fromkeys(days))


# ---- announced amounts ----


def money(
    rows: Sequence[Row], since: datetime, until: datetime, language: str, *, currency: str = "", zone: str = "UTC"
) -> Chart | None:
    """What was announced, by use and country, in ``currency`` or that of the language; nothing is summed twice.

    Money that concerns both countries has a bar of its own. A note says how many rows no sum may add.
    """
    currency = currency or CURRENCIES.get(language, "USD")
    reasons = why_left_out(rows)
    added = [row for row, reason in zip(rows, reasons, strict=True) if reason is None and row.role in ADDED]
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in added:
        groups.setdefault((row.role, _whose(row)), []).append(row)
    sums = {key: total(group, [None] * len(group), currency) for key, group in groups.items()}
    unrated = sum(sum(one.left_out.values()) for one in sums.values())
    sums = {key: one for key, one in sums.items() if one.done + one.planned}
    if len(sums) < ENOUGH:
        return None
    sides = [side for side in (*COUNTRIES, _BOTH, "") if any(key[1] == side for key in sums)]
    roles = sorted({role for role, _ in sums}, key=lambda role: -sum(_sum(sums.get((role, side))) for side in sides))
    return Chart(
        "bars",
        t(language, "Announced amounts by use"),
        language,
        _period(since, until, language, zone),
        amounts.currency_name(currency, language),
        series=tuple(Series(_side_name(side, language), side) for side in sides),
        rows=tuple(_uses(role, sides, sums, language) for role in roles),
        notes=_money_notes(added, len(rows) - len(added) + unrated, currency, language),
        solid=t(language, "Decided or done"),
        light=t(language, "Planned or announced"),
        name="amounts",
    )


def _whose(row: Row) -> str:
    own = [country for country in COUNTRIES if country in row.countries]
    return _BOTH if len(own) > 1 else own[0] if own else ""


def _side_name(side: str, language: str) -> str:
    if side in COUNTRIES:
        return times.country_name(side, language)
    return t(language, "Korea and Japan") if side else t(language, "elsewhere")


def _sum(one: Total | None) -> Decimal:
    return one.done + one.planned if one else Decimal(0)


def _uses(role: str, sides: Sequence[str], sums: dict[tuple[str, str], Total], language: str) -> ChartRow:
    bars = tuple(_amount(sums.get((role, side)), language) for side in sides)
    return ChartRow(wording.role_name(role, language) or t(language, "other"), bars)


def _amount(one: Total | None, language: str) -> Bar | None:
    if one is None:
        return None
    said = amounts.glance(_sum(one), one.currency, language)
    sure_said = amounts.glance(one.done, one.currency, language) if one.done else ""
    return Bar(float(_sum(one)), said, sure=float(one.done), sure_said=sure_said)


def _money_notes(added: Sequence[Row], left: int, currency: str, language: str) -> tuple[str, ...]:
    ours = {
        one.day for row in added if row.amount.currency != currency for one in row.converted
        if one.currency == currency and not one.reported
    }  # fmt: skip
    days = [wording.short_day(day, language) for day in (min(ours), max(ours))] if ours else []
    notes = [wording.rate_note(min(ours), language)] if len(ours) == 1 else []
    notes += [t(language, "rates of {first} to {last}", first=days[0], last=days[1])] if len(ours) > 1 else []
    one, many = "{n} amount is not added (/brief ledger says why)", "{n} amounts are not added (/brief ledger says why)"
    return (*notes, tn(language, one, many, left)) if left else tuple(notes)


# ---- who reports first ----


def lags(stories: Iterable[Story], since: datetime, until: datetime, language: str, zone: str = "UTC") -> Chart | None:
    """How long after the first report, in one language, the first in another came: the median over stories."""
    waits: dict[tuple[str, str], list[timedelta]] = {}
    firsts: Counter[str] = Counter()
    for story in stories:
        told = _first_in(story)
        if len(told) > 1:
            (first, began), *others = sorted(told.items(), key=lambda one: one[1])
            firsts[first] += 1
            for other, at in others:
                waits.setdefault((first, other), []).append(at - began)
    pairs = [pair for pair in permutations(LANGUAGES, 2) if pair in waits]
    if len(pairs) < ENOUGH or firsts.total() < _ENOUGH_STORIES:
        return None
    pairs.sort(key=lambda pair: -len(waits[pair]))
    names = {code: times.language_name(code, language) for code in LANGUAGES}
    led = times.listed([f"{names[code]} {count:,}" for code, count in firsts.most_common()], language)
    return Chart(
        "bars",
        t(language, "Who reports first"),
        language,
        _period(since, until, language, zone),
        t(language, "time until the first report in the other language, median"),
        series=(Series(""),),
        rows=tuple(_wait(pair, waits[pair], names, language) for pair in pairs),
        notes=(t(language, "First with the story: {languages}", languages=led),),
        name="first-reported",
    )


def _first_in(story: Story) -> dict[str, datetime]:
    """When each language first told of it."""
    told: dict[str, datetime] = {}
    for article in story.articles:
        if article.at and article.language in LANGUAGES:
            told[article.language] = min(article.at, told.get(article.language, article.at))
    return told


def _wait(pair: tuple[str, str], waits: Sequence[timedelta], names: dict[str, str], language: str) -> ChartRow:
    hours = median(wait / timedelta(hours=1) for wait in waits)
    count = tn(language, "{n} story", "{n} stories", len(waits))
    return ChartRow(
        " → ".join(names[code] for code in pair),
        (Bar(hours, wording.lag(timedelta(hours=hours), language), note=count),),
        pair[0],
    )


def reported(story: Story, language: str, zone: str = "UTC") -> Chart | None:
    """When each outlet first told of one story, after the very first."""
    found = story.lags
    if len(found) < ENOUGH:
        return None
    rows = []
    for article, lag in found[:MOST]:
        said = wording.lag(lag, language) if lag else wording.zoned(article.at, zone) if article.at else ""
        label = f"{article.outlet} ({article.language})" if article.language else article.outlet
        rows.append(ChartRow(label, (Bar(lag / timedelta(hours=1), f"+{said}" if lag else said),), article.language))
    first = found[0][0].at
    return Chart(
        "bars",
        t(language, "First reported where"),
        language,
        wording.day(first, zone, language) if first else "",
        t(language, "time after the first report"),
        series=(Series(""),),
        rows=tuple(rows),
        more=len(found) - len(rows),
        name="reports",
    )


# ---- timelines ----


def company(name: str, moments: Sequence[dossier.Moment], language: str) -> Chart | None:
    """What a company did, the latest moments of it; ``moments`` as a dossier has them."""
    shown = sorted(moments[:MOST], key=lambda one: one.day)
    if len({one.day for one in shown}) < ENOUGH:
        return None
    return Chart(
        "timeline",
        name,
        language,
        t(language, "Timeline"),
        moments=tuple(_moment(one, language) for one in shown),
        more=len(moments) - len(shown),
        name="timeline",
    )


def _moment(one: dossier.Moment, language: str) -> ChartMoment:
    event, day = one.event, date.fromisoformat(one.day)
    what = f"{wording.event_name(event.type, language)} ({wording.stage_name(event.status, language)})"
    return ChartMoment(day, wording.short_day(day, language), f"{what}: {event.quote[:300]}", event.place or "")


def ahead(dates: Sequence[AheadDate], today: date, language: str) -> Chart | None:
    """The next days on which policies begin or end."""
    if len(dates) < ENOUGH:
        return None
    return Chart(
        "timeline",
        t(language, "Policy dates ahead"),
        language,
        wording.short_day(today, language),
        moments=tuple(_ahead(one, today, language) for one in dates[:MOST]),
        today=today,
        more=max(0, len(dates) - MOST),
        name="dates",
    )


def _ahead(one: AheadDate, today: date, language: str) -> ChartMoment:
    when, what = wording.ahead_parts(one, language)
    return ChartMoment(
        one.day, when, f"{one.title[:300]}: {what}", one.country or "", wording.in_days((one.day - today).days, language)
    )
