"""What editors put right about a story: its topic, its countries, the role of an amount, or that an amount is wrong."""

from bot.commands.desk import Desk
from bot.commands.filters import COUNTRY_NAMES, topic_names
from bot.commands.finding import find_story
from bot.commands.subscription_form import countries
from bot.errors import FormError, UserError
from bot.locales import amounts as amounts_said
from bot.locales import t, wording
from bot.model import ROLES, Action, Amount, Field, Form, Option, Reply, Request, Story, Topic
from bot.pipeline import story_amounts
from bot.pipeline.overriding import WRONG, of_amounts, overridden
from bot.store.audit import Change
from bot.store.overrides import Override

_SAME = "same"


async def correct(desk: Desk, request: Request) -> Reply:
    """``correct STORY topic policy``, ``… countries KR JP``, ``… amount QUOTE wrong``; with a story alone a form opens."""
    named, _, rest = request.text.strip().partition(" ")
    story = await find_story(desk.store, named, request.language)
    (seen,), said = await overridden(desk.store, request.channel, [story])
    amounts = of_amounts(story_amounts.of_story(story), said.get(story.id, ()))
    if request.values is not None:
        found = _filled(request, seen, amounts)
    elif rest:
        found = [_worded(request, rest, amounts)]
    else:
        return Reply(title=story.articles[0].title, form=_form(request, seen, amounts), paragraphs=_hints(request, story))
    return await _keep(desk, request, story, found)


def _hints(request: Request, story: Story) -> tuple[str, ...]:
    example = f"/brief correct {story.id} topic policy"
    return (t(request.language, "Everything can also be said in words, for example: {example}", example=example),)


async def _keep(desk: Desk, request: Request, story: Story, found: list[tuple[str, tuple[str, ...]]]) -> Reply:
    language, title = request.language, story.articles[0].title
    if not found:
        raise UserError(t(language, "Nothing was changed."))
    made = [Override(story.id, what, value, request.person, request.at) for what, value in found]
    changes = [Change(request.at, request.person, f"story.{story.id}.{one.what}", None, ", ".join(one.value)) for one in made]
    async with desk.store.transaction():
        for one in made:
            await desk.store.overrides.add(request.channel, one)
        await desk.store.audit.add(request.channel, changes)
    kept = t(language, "Kept with your name. It holds for this workspace from the next briefing on.")
    lines = tuple(f"• {what(one, language)}" for one in made)
    return Reply(title=title, paragraphs=(*lines, kept), actions=(Action(t(language, "Why"), "why", story.id),))


def what(one: Override, language: str) -> str:
    """An override in words."""
    if one.what == "topic":
        return t(language, "topic: {topic}", topic=wording.topic_name(Topic(one.value[0]), language))
    if one.what == "countries":
        return t(language, "countries: {countries}", countries=", ".join(one.value) or t(language, "none"))
    quote, role = one.value
    if role == WRONG:
        return t(language, "“{quote}” is wrong", quote=quote)
    return t(language, "“{quote}” is: {role}", quote=quote, role=_role(role, language))


# ---- in words ----


def _worded(request: Request, text: str, amounts: tuple[Amount, ...]) -> tuple[str, tuple[str, ...]]:
    language = request.language
    key, _, rest = text.partition(" ")
    words = rest.replace(",", " ").split()
    if key.lower() == "topic" and len(words) == 1 and (topic := topic_names().get(words[0].lower())):
        return "topic", (topic.value,)
    if key.lower() == "countries" and words and all(word.lower() in COUNTRY_NAMES for word in words):
        return "countries", tuple(sorted({COUNTRY_NAMES[word.lower()] for word in words}))
    if key.lower() == "amount" and len(words) > 1 and words[-1] in (*ROLES, WRONG):
        quote = rest.strip().removesuffix(words[-1]).strip().strip("\"'“”")
        if any(one.quote == quote for one in amounts):
            return "amount", (quote, words[-1])
        known = ", ".join(f"“{one.quote}”" for one in amounts) or t(language, "none")
        raise UserError(t(language, "The story states no such amount. It states: {known}", known=known))
    message = t(
        language,
        "Say topic and one of {topics}; countries and KR, JP or both; or amount, its quote and one of {roles}.",
        topics=", ".join(Topic),
        roles=", ".join((WRONG, *ROLES)),
    )
    raise UserError(message)


# ---- as a form ----


def _form(request: Request, story: Story, amounts: tuple[Amount, ...]) -> Form:
    language = request.language
    topics = tuple(Option(topic.value, wording.topic_name(topic, language)) for topic in Topic)
    fields = [
        Field("topic", t(language, "Topic"), "choice", (_topic(story),), topics),
        Field("countries", t(language, "Countries"), "choices", _countries(story), countries(language)),
    ]
    if amounts:
        roles = (
            Option(_SAME, t(language, "As it is")),
            Option(WRONG, t(language, "Wrong: do not show it")),
            *(Option(role, _role(role, language)) for role in ROLES),
        )
        quotes = tuple(Option(str(at), _amount(one, language)) for at, one in enumerate(amounts))
        fields.append(Field("amount", t(language, "Amount"), "choice", ("0",), quotes))
        fields.append(Field("role", t(language, "What the amount is"), "choice", (_SAME,), roles))
    return Form("correct", t(language, "Correct a story"), tuple(fields), story.id, t(language, "Save"))


def _role(role: str, language: str) -> str:
    return wording.role_name(role, language) or t(language, "something else")


def _amount(one: Amount, language: str) -> str:
    shown = amounts_said.show(one.value, one.currency, language) if one.value is not None and one.currency else ""
    return f"{one.quote} ({shown})" if shown else one.quote


def _topic(story: Story) -> str:
    return next((found.topics[0].value for found in story.relevances if found.topics), Topic.OTHER.value)


def _countries(story: Story) -> tuple[str, ...]:
    named = {code for found in story.relevances for code in found.countries}
    return tuple(sorted(named & set(COUNTRY_NAMES.values())))


def _filled(request: Request, story: Story, amounts: tuple[Amount, ...]) -> list[tuple[str, tuple[str, ...]]]:
    """What the form says otherwise than the story had it."""
    values, language = request.values or {}, request.language
    found: list[tuple[str, tuple[str, ...]]] = []
    topic = next(iter(values.get("topic", ())), _topic(story))
    if topic not in set(Topic):
        raise FormError({"topic": t(language, "Choose from: {known}.", known=", ".join(Topic))})
    if topic != _topic(story):
        found.append(("topic", (topic,)))
    chosen = tuple(sorted(values.get("countries", _countries(story))))
    if not set(chosen) <= set(COUNTRY_NAMES.values()):
        raise FormError({"countries": t(language, "Choose from: {known}.", known="KR, JP")})
    if chosen != _countries(story):
        found.append(("countries", chosen))
    role, at = next(iter(values.get("role", ())), _SAME), next(iter(values.get("amount", ())), "")
    if role != _SAME and at.isdecimal() and int(at) < len(amounts) and role in (*ROLES, WRONG):
        found.append(("amount", (amounts[int(at)].quote, role)))
    return found
