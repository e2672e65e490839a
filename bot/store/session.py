"""The store: one database, reached through one noun each. SQLAlchemy stays behind it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.store.added_feeds import AddedFeeds
from bot.store.alerts import Alerting
from bot.store.amendments import Amendments
from bot.store.articles import Articles
from bot.store.audit import Audit
from bot.store.changes import Changes
from bot.store.corrections import Corrections
from bot.store.database import Database
from bot.store.deliveries import Deliveries
from bot.store.editions import Editions
from bot.store.facts import Facts
from bot.store.feedback import Feedback
from bot.store.feeds import Feeds
from bot.store.heard import Heard
from bot.store.installations import Installations
from bot.store.issued import Issued
from bot.store.jobs import Jobs
from bot.store.leases import Leases
from bot.store.migrations import migrate
from bot.store.notes import Notes
from bot.store.notices import Notices
from bot.store.overrides import Overrides
from bot.store.rates import ExchangeRates
from bot.store.reminders import Reminders
from bot.store.runs import Runs
from bot.store.stories import Stories
from bot.store.subscriptions import Subscriptions
from bot.store.turns import Turns
from bot.store.upkeep import Upkeep
from bot.store.usage import Usage
from bot.store.vectors import Vectors
from bot.store.visits import Visits
from bot.store.watchlist import Watchlist
from bot.store.workspaces import Workspaces
from bot.store.writings import Writings


class Store:
    """Everything the bot remembers. All calls take and give the objects of ``bot.model``; each is a transaction of its own.

    Open it once: ``store = await Store.open("sqlite:///data/bot.db")``; end with ``await store.close()``.
    Several calls that belong together: ``async with store.transaction(): ...`` (in one task; do not start tasks inside).

    feeds          memories(feed_ids)  save(memories)  health()
    articles       known(keys)  add(new, keys)  change(changed)  get(ids)  by_url(url)  between(since, until)  count(since, until)
                   after(seq, limit)  extent()  unjudged(limit)  save_bodies(bodies)  save_relevance(judged)  relevance(ids)
    stories        save(decisions, articles, now)  open_window(since)  touched_between(since, until)  get(ids)  of_article(id)
                   recent(limit)  outlines(limit, since)  of_articles(ids)  matters(ids)  updates(story_ids)  reasons(article_ids)
                   joined_since(since)
    facts          save(extracted, now)  of_articles(ids)  former(ids)  articles_with(kind, since, until)
    rates          save(days)  known()
    reminders      of(channel)  mark(channel, dates, at)
    vectors        save(found, model)  of(article_ids, model)
    changes        mark()
    corrections    add(correction)  of_story(id)  stories()  merged()  articles()  latest()
    feedback       vote(place, person, subject, wanted, at)  withdraw(place, person, subject)  of_person(place, person, subject)
                   votes(place)
    writings       get(keys)  save(written, task, at)
    subscriptions  sync(wanted)  add(subscription)  active()  active_in(platform, workspaces)  active_of(ids)  all()
                   counts()  of_channel(channel)  of_workspace(platform, workspace)
                   leave(platform, workspace)  come_back(platform, workspace)  suspend(id, reason)  pause(id, reason)  resume(id)
    editions       plan(slot, subscription, edition, messages, now)  plan_all(wanted, now)  taken(slot)  taken_of(slots)
                   told_of(channels, story_ids)  last(subscription_id)
                   last_slot(subscription_id)  last_slots(subscription_ids)  carry_told(story_id, other_id)
    deliveries     waiting(now)  due(now, workspaces)  late(now)  in_doubt(now, workspaces)  begun(workspaces)  expire(now)
                   mark_sending(id, now, settled_at)  claim(id, now, until)
                   mark_unknown(id, look_at, settled_at, reason)  look_at(id, when)  mark_sent(id, external_id)
                   mark_held(id, reason)  mark_dead(id, reason)  retry_at(id, when, reason)  of_edition(key)  held()  counts()
                   unsent()
    amendments     cursor()  touched(since)  keys(since, story_ids, begun)  being_posted()  load(keys)
                   plan(posted, edition, done, steps, now)
    runs           save(run)  last()
    upkeep         backup(file)  damage()  server()  queued()  counts()  hold_outbox(reason)  forget(platform, workspace)
                   trim(before)
    usage          add(day, sent, received, cost, payer)  used(first, last)  used_by(platform, workspace, day)
    installations  save(installation)  of(platform, workspace)  all(platform)  remove(platform, workspace)
                   begin(state, now, expires)  finish(state, now)
    heard          first(platform, workspace, event, now)
    notes          keep(place, data, until, now)  get(place, key, now)  change(place, key, data)
    notices        add(found, now)  due(now)  claim(one, others, now, again_at)  told(id)  later(id, when, reason, surely_not)
                   failed(id, reason)  hand_on(id, now, reason)  counts()
    alerting       since(channels, now)  last(channel)  on_stories(channel, story_ids)
    jobs           claim(name, now, interval)  began(name)  begun_at(name, when)  keep_findings(found, now)
                   findings_for(platform, workspace)  findings()
    leases         take(name, holder, seconds)  renew(lease, seconds)  release(lease)  holds(lease)  held(prefix)
                   kept(lease, seconds)  tidy(days)
    turns          take(place, count, spacing)
    audit          add(place, changes)  of_workspace(place, limit)  latest(limit, workspace)
    workspaces     preferences(place)  set(place, preferences)  left(platform, workspace, at)  joined(platform, workspace)
                   left_before(before)
    watchlist      add(channel, watched, person, at)  remove(channel, name)  of_channel(channel)  names(channel)
                   of_workspace(platform, workspace)  of_channels(channels)
    added_feeds    add(place, feed, person, at)  remove(place, feed_id)  of_workspace(place)  all()
    overrides      add(place, override)  of_stories(ids, place)  editors()  carry(story_id, other_id)
    issued         editions(place, limit, offset, channel)  edition(place, key)  channels(place)  telling(place, story_id)
                   told(place, story_id)  log(place, limit, offset, state, edition)
    visits         key(name, fresh)  first_use(place, token, expires, now)  begin(visit, cookie)  of(cookie, now)  end(cookie)
                   end_all(platform, workspace)
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.feeds = Feeds(database)
        self.articles = Articles(database)
        self.stories = Stories(database)
        self.facts = Facts(database)
        self.rates = ExchangeRates(database)
        self.reminders = Reminders(database)
        self.vectors = Vectors(database)
        self.changes = Changes(database)
        self.corrections = Corrections(database)
        self.feedback = Feedback(database)
        self.writings = Writings(database)
        self.subscriptions = Subscriptions(database)
        self.editions = Editions(database)
        self.deliveries = Deliveries(database)
        self.amendments = Amendments(database)
        self.runs = Runs(database)
        self.upkeep = Upkeep(database)
        self.usage = Usage(database)
        self.installations = Installations(database)
        self.heard = Heard(database)
        self.notes = Notes(database)
        self.notices = Notices(database)
        self.alerting = Alerting(database)
        self.jobs = Jobs(database)
        self.turns = Turns(database)
        self.leases = Leases(database)
        self.audit = Audit(database)
        self.workspaces = Workspaces(database)
        self.watchlist = Watchlist(database)
        self.added_feeds = AddedFeeds(database)
        self.overrides = Overrides(database)
        self.visits = Visits(database)
        self.issued = Issued(database)

    @classmethod
    async def open(cls, url: str) -> "Store":
        """Open the database at ``url`` (sqlite:///path or postgresql://…), make it where it is missing and bring it up to date.

        Raises:
            StoreError: it cannot be opened, or a newer version of this program wrote it.
        """
        database = Database(url)
        try:
            async with database.write() as connection:
                await connection.run_sync(migrate)
        except BaseException:
            await database.close()
            raise
        return cls(database)

    async def close(self) -> None:
        """Close every connection; what was committed is on the disk."""
        await self._database.close()

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[None]:
        """All reading calls of this task until the end see one state, by one connection.

        What is written meanwhile is written by a connection of its own, and not seen until the end.
        """
        async with self._database.snapshot():
            yield

    @asynccontextmanager
    async def transaction(self, *locked: str) -> AsyncIterator[None]:
        """All calls of this task until the end are kept together or, after an exception, not at all.

        ``locked``: names of what is decided here on what is read here; until the end no other transaction, of any process, has
        locked one of them. "stories": which articles make which story.
        """
        async with self._database.write():
            if locked:
                await self._database.lock(*locked)
            yield
