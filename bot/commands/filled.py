"""A subscription as the values of a form and back: what its fields hold, and what is wrong with what people filled in."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import time
from typing import Any

from bot.commands import names, times
from bot.errors import FormError
from bot.locales import t
from bot.model import COUNTRIES, LANGUAGES, Alerts, Subscription, Topic

Values = Mapping[str, tuple[str, ...]]
Readers = Mapping[str, Callable[[tuple[str, ...], str], Any]]  # a ValueError says, in that language, what is wrong
ON_HOLIDAY = ("post", "skip", "next_workday")
MOST_TIMES = 12
LONGEST_NAME = 40
LONGEST_REST = 1440  # minutes
_QUOTES = re.compile('["“”„‟＂]')
_NONE = frozenset(("", "off", "none", "no", "-", "끔", "없음", "なし", "オフ"))


def values_of(subscription: Subscription, language: str) -> dict[str, tuple[str, ...]]:
    """What the fields of the form hold; names in ``language``."""
    one, wanted, alerts = subscription, subscription.filters, subscription.alerts
    return {
        "name": _text(one.name),
        "times": _text(", ".join(f"{at:%H:%M}" for at in sorted(set(one.times)))),
        "weekdays": tuple(times.DAYS[day] for day in sorted(one.weekdays)),
        "time_zone": _text(one.time_zone),
        "language": _text(one.language),
        "topics": tuple(topic.value for topic in Topic if topic in wanted.topics),
        "countries": tuple(code for code in COUNTRIES if code in wanted.countries),
        "entities": _text(", ".join(names.show_name(id, language) for id in sorted(wanted.entities))),
        "min_score": _text(str(wanted.min_score) if wanted.min_score else ""),
        "charts": _text("on" if one.charts else "off"),
        "holidays": tuple(code for code in COUNTRIES if code in one.holidays),
        "on_holiday": _text(one.on_holiday),
        "quiet": _text(times.show_period(one.quiet)),
        "alerts": _text(str(alerts.min_score) if alerts else ""),
        "cooldown": _text(str((alerts or Alerts()).cooldown_minutes)),
        "mention": _text(one.mention),
        "publish": _text("yes" if one.publish else "no"),
    }


def read(values: Values, base: Subscription, language: str) -> Subscription:
    """``base`` with what was filled in; fields that ``values`` lacks stay.

    Raises:
        FormError: with what is wrong with each field, in ``language``.
    """
    return _put_together(base, each(_READERS, values, language))


def each(readers: Readers, values: Values, language: str) -> dict[str, Any]:
    """What each filled-in field means, by its reader. Raises FormError: with what is wrong with each, in ``language``."""
    found: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name, reader in readers.items():
        if name in values:
            try:
                found[name] = reader(values[name], language)
            except ValueError as problem:
                wrong[name] = str(problem)
    if wrong:
        raise FormError(wrong)
    return found


def _put_together(base: Subscription, found: Mapping[str, Any]) -> Subscription:
    filters = {key: found[key] for key in ("topics", "countries", "entities", "min_score") if key in found}
    plain = {key: value for key, value in found.items() if key not in (*filters, "alerts", "cooldown")}
    alerts = base.alerts
    if "alerts" in found:
        alerts = None if found["alerts"] is None else replace(alerts or Alerts(), min_score=found["alerts"])
    if alerts and "cooldown" in found:
        alerts = replace(alerts, cooldown_minutes=found["cooldown"])
    return replace(base, **plain, alerts=alerts, filters=replace(base.filters, **filters))


# ---- the readers of single fields ----


def _text(text: str) -> tuple[str, ...]:
    return (text,) if text else ()


def _joined(given: tuple[str, ...]) -> str:
    return ", ".join(part.strip() for part in given if part.strip())


def _name(given: tuple[str, ...], language: str) -> str:
    name = " ".join(_QUOTES.sub("", _joined(given)).split())  # in words, quotes hold a value together
    if len(name) > LONGEST_NAME:
        raise ValueError(t(language, "At most {n} characters.", n=LONGEST_NAME))
    return name


def _times(given: tuple[str, ...], language: str) -> tuple[time, ...]:
    try:
        found = times.read_times(_joined(given))
    except ValueError:
        found = ()
    if not found:
        raise ValueError(t(language, "Give times of day, such as 07:30, 18:00."))
    if len(found) > MOST_TIMES:
        raise ValueError(t(language, "At most {n} times a day.", n=MOST_TIMES))
    return found


def _weekdays(given: tuple[str, ...], language: str) -> frozenset[int]:
    try:
        found = times.read_weekdays(_joined(given))
    except ValueError:
        found = frozenset()
    if not found:
        raise ValueError(t(language, "Choose at least one day, such as mon-fri."))
    return found


def time_zone(given: tuple[str, ...], language: str) -> str:
    """A zone's name. Raises ValueError in words."""
    try:
        return times.read_zone(_joined(given))
    except ValueError:
        told = t(language, "“{zone}” is no time zone. Give one such as Asia/Seoul, Asia/Tokyo or UTC.", zone=_joined(given))
        raise ValueError(told) from None


def quiet(given: tuple[str, ...], language: str) -> tuple[time, time] | None:
    """Quiet hours, None for none. Raises ValueError in words."""
    if _is_none(given):
        return None
    try:
        return times.read_period(_joined(given))
    except ValueError:
        raise ValueError(t(language, "Give two times, such as 22:00-07:00, or leave it empty.")) from None


def one_of(*allowed: str) -> Callable[[tuple[str, ...], str], str]:
    """Reads exactly one of ``allowed``."""

    def read_choice(given: tuple[str, ...], language: str) -> str:
        found = _joined(given).lower()
        if found not in allowed:
            raise ValueError(_choose(allowed, language))
        return found

    return read_choice


def _any_of(*allowed: str) -> Callable[[tuple[str, ...], str], frozenset[str]]:
    def read_choices(given: tuple[str, ...], language: str) -> frozenset[str]:
        by_name = {name.lower(): name for name in allowed}
        found = [part.strip().lower() for part in _joined(given).split(",") if part.strip()]
        if not set(found) <= set(by_name):
            raise ValueError(_choose(allowed, language))
        return frozenset(by_name[name] for name in found)

    return read_choices


def _choose(allowed: tuple[str, ...], language: str) -> str:
    return t(language, "Choose from: {known}.", known=", ".join(allowed))


def _topics(given: tuple[str, ...], language: str) -> frozenset[Topic]:
    return frozenset(map(Topic, _any_of(*Topic)(given, language)))


def _entities(given: tuple[str, ...], language: str) -> frozenset[str]:
    try:
        return names.read_names("\n".join(given))
    except names.UnknownName as unknown:
        if unknown.near:
            near = ", ".join(unknown.near)
            told = t(language, "“{name}” is not in the register of names. Perhaps: {near}?", name=unknown.name, near=near)
        else:
            told = t(language, "“{name}” is not in the register of names. /brief watch add takes any word.", name=unknown.name)
        raise ValueError(told) from None


def _share(text: str) -> float:
    percent = text.endswith("%")
    value = float(text.removesuffix("%")) / (100 if percent else 1)
    if not 0 <= value <= 1:
        raise ValueError(text)
    return value


def _min_score(given: tuple[str, ...], language: str) -> float:
    try:
        return 0.0 if _is_none(given) else _share(_joined(given))
    except ValueError:
        raise ValueError(t(language, "Give a number from 0 to 1, such as 0.6.")) from None


def _alerts(given: tuple[str, ...], language: str) -> float | None:
    try:
        return None if _is_none(given) else _share(_joined(given))
    except ValueError:
        raise ValueError(t(language, "Give a number from 0 to 1, such as 0.9, or leave it empty for no alerts.")) from None


def _cooldown(given: tuple[str, ...], language: str) -> int:
    text = _joined(given)
    if not text:
        return Alerts().cooldown_minutes
    if not text.isdecimal() or int(text) > LONGEST_REST:
        raise ValueError(t(language, "Give whole minutes, at most {n}.", n=LONGEST_REST))
    return int(text)


def _mention(given: tuple[str, ...], language: str) -> str:
    role = _joined(given).removeprefix("<@&").removesuffix(">")
    if role and not role.isdecimal():
        raise ValueError(t(language, "Give one role, not a person or everyone."))
    return role


def _is_none(given: tuple[str, ...]) -> bool:
    return _joined(given).lower() in _NONE


_READERS: Readers = {
    "name": _name,
    "times": _times,
    "weekdays": _weekdays,
    "time_zone": time_zone,
    "language": one_of(*LANGUAGES),
    "topics": _topics,
    "countries": _any_of(*COUNTRIES),
    "entities": _entities,
    "min_score": _min_score,
    "charts": lambda given, language: one_of("on", "off")(given, language) == "on",
    "holidays": _any_of(*COUNTRIES),
    "on_holiday": one_of(*ON_HOLIDAY),
    "quiet": quiet,
    "alerts": _alerts,
    "cooldown": _cooldown,
    "mention": _mention,
    "publish": lambda given, language: one_of("yes", "no")(given, language) == "yes",
}
FIELDS = tuple(_READERS)
