"""The form of a subscription: its fields in sections, with what they hold, labels and hints."""

from bot.commands import times
from bot.commands.filled import ON_HOLIDAY, Values, values_of
from bot.locales import t, wording
from bot.locales import times as said
from bot.model import COUNTRIES, LANGUAGES, Field, Form, Option, Request, Subscription, Topic


def form(subscription: Subscription, request: Request, text: str = "") -> Form:
    """The form that shows ``subscription``, in the language of the request; ``text`` goes with what is sent."""
    language = request.language
    now = values_of(subscription, language)
    fields = (*_when(now, language), *_what(now, language), *_pauses(now, language), *_alerting(now, language, request))
    title = t(language, "Change briefing") if text else t(language, "New briefing")
    return Form("subscribe", title, fields, text, t(language, "Save"))


def _when(now: Values, language: str) -> tuple[Field, ...]:
    section = t(language, "When")
    days = tuple(Option(day, said.weekday(number, language)) for number, day in enumerate(times.DAYS))
    hint = t(language, "Such as Asia/Seoul, Asia/Tokyo, UTC")
    once = t(language, "To tell it from others in this channel")
    return (
        Field("times", t(language, "Times of day"), "text", now["times"], (), "07:30, 18:00", True, section),
        Field("weekdays", t(language, "Weekdays"), "choices", now["weekdays"], days, "", True, section),
        Field("time_zone", t(language, "Time zone"), "text", now["time_zone"], (), hint, True, section),
        Field("language", t(language, "Language"), "choice", now["language"], languages(language), "", True, section),
        Field("name", t(language, "Name"), "text", now["name"], (), once, False, section),
    )


def languages(language: str) -> tuple[Option, ...]:
    """The languages that the bot speaks, as choices."""
    return tuple(Option(code, said.language_name(code, language)) for code in LANGUAGES)


def countries(language: str) -> tuple[Option, ...]:
    """The countries, as choices."""
    return tuple(Option(code, said.country_name(code, language)) for code in COUNTRIES)


def _what(now: Values, language: str) -> tuple[Field, ...]:
    section = t(language, "What")
    topics = tuple(Option(topic.value, wording.topic_name(topic, language)) for topic in Topic)
    everything = t(language, "None chosen: all of them")
    pictures = (Option("on", t(language, "Yes")), Option("off", t(language, "No")))
    in_any = t(language, "Only stories on these; in any script, with commas between")
    score = t(language, "From 0 to 1; empty: everything relevant")
    return (
        Field("topics", t(language, "Topics"), "choices", now["topics"], topics, everything, False, section),
        Field(
            "countries", t(language, "Countries"), "choices", now["countries"], countries(language), everything, False, section
        ),
        Field("entities", t(language, "Companies, ministries, laws"), "text", now["entities"], (), in_any, False, section),
        Field("min_score", t(language, "Smallest score"), "text", now["min_score"], (), score, False, section),
        Field("charts", t(language, "Charts in weekly briefings"), "choice", now["charts"], pictures, "", False, section),
    )


def _pauses(now: Values, language: str) -> tuple[Field, ...]:
    section = t(language, "Holidays and quiet hours")
    then = tuple(Option(choice, on_holiday(choice, language)) for choice in ON_HOLIDAY)
    hint = t(language, "Nothing is posted then; it comes at their end")
    return (
        Field("holidays", t(language, "Public holidays of"), "choices", now["holidays"], countries(language), "", False, section),
        Field("on_holiday", t(language, "On a holiday"), "choice", now["on_holiday"], then, "", False, section),
        Field("quiet", t(language, "Quiet hours"), "text", now["quiet"], (), f"22:00-07:00. {hint}", False, section),
    )


def on_holiday(choice: str, language: str) -> str:
    """What happens on a holiday, in words."""
    return {
        "post": t(language, "Post as usual"),
        "skip": t(language, "Post nothing"),
        "next_workday": t(language, "Post on the next working day"),
    }[choice]


def _alerting(now: Values, language: str, request: Request) -> tuple[Field, ...]:
    section = t(language, "Alerts")
    score = t(language, "From which score on a story is posted at once, such as 0.95; empty: never")
    rest = t(language, "Minutes of rest after an alert")
    fields = (
        Field("alerts", t(language, "Alerts"), "text", now["alerts"], (), score, False, section),
        Field("cooldown", rest, "text", now["cooldown"], (), "60", False, section),
    )
    if request.channel.platform != "discord":
        return fields
    yes_no = (Option("yes", t(language, "Yes")), Option("no", t(language, "No")))
    followers = t(language, "Publish to followers")
    publish = Field(
        "publish", followers, "choice", now["publish"], yes_no, t(language, "In announcement channels"), False, section
    )
    if not request.admin:
        return (*fields, publish)
    return (*fields, Field("mention", t(language, "Role to mention"), "role", now["mention"], section=section), publish)
