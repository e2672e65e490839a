"""The words of docs/glossary.md as frozen data: no I/O, no ORM, no clock. Instants are aware and in UTC."""

from bot.model.amendments import Amendment, Posted
from bot.model.channels import (
    Alerts,
    Boost,
    Channel,
    Delivery,
    DeliveryState,
    Filters,
    Message,
    Run,
    Slot,
    Subscription,
    Told,
)
from bot.model.charts import Bar, Chart, ChartMoment, ChartRow, Series
from bot.model.editions import AheadDate, Answer, CitedSentence, Edition, EditionCounts, EditionItem, Passage, Source, Summary
from bot.model.facts import EVENT_TYPES, ROLES, STATUSES, Amount, Converted, DateFact, EventFact, Fact, Former, PolicyFact
from bot.model.feeds import Article, Entry, Feed, FeedKind, FeedMemory, FeedReading, Known, Page
from bot.model.spending import Spent
from bot.model.stories import Correction, Entity, Relevance, Story, StoryDecision, Topic, Vote
from bot.model.talk import Action, Field, File, Form, Option, Reply, Request, Table

LANGUAGES = ("ko", "ja", "en")
COUNTRIES = ("KR", "JP")

__all__ = [
    "COUNTRIES",
    "EVENT_TYPES",
    "LANGUAGES",
    "ROLES",
    "STATUSES",
    "Action",
    "AheadDate",
    "Alerts",
    "Amendment",
    "Amount",
    "Answer",
    "Article",
    "Bar",
    "Boost",
    "Channel",
    "Chart",
    "ChartMoment",
    "ChartRow",
    "CitedSentence",
    "Converted",
    "Correction",
    "DateFact",
    "Delivery",
    "DeliveryState",
    "Edition",
    "EditionCounts",
    "EditionItem",
    "Entity",
    "Entry",
    "EventFact",
    "Fact",
    "Feed",
    "FeedKind",
    "FeedMemory",
    "FeedReading",
    "Field",
    "File",
    "Filters",
    "Form",
    "Former",
    "Known",
    "Message",
    "Option",
    "Page",
    "Passage",
    "PolicyFact",
    "Posted",
    "Relevance",
    "Reply",
    "Request",
    "Run",
    "Series",
    "Slot",
    "Source",
    "Spent",
    "Story",
    "StoryDecision",
    "Subscription",
    "Summary",
    "Table",
    "Told",
    "Topic",
    "Vote",
]
