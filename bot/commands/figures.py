"""What the ledger has on a question about money: the rows of the reports that the answer rests on, with their gaps."""

from dataclasses import replace

from bot.archive import ledger as archive
from bot.archive.ledger_rows import Row
from bot.archive.question import Question, Wanted, read_question
from bot.archive.totals import totals
from bot.commands import ledger
from bot.commands.desk import Desk
from bot.knowledge import register
from bot.knowledge.register import PLACE_KINDS
from bot.locales import t
from bot.model import Answer, Request, Table

MOST = 6


async def beside(desk: Desk, request: Request, answer: Answer) -> Table | None:
    """The rows that bear on ``answer``, those first that it quotes; None where no money is asked for or none is known."""
    question = read_question(request.text, request.at, request.thread)
    if not answer.found or question.wanted is not Wanted.MONEY:
        return None
    stated = await archive.rows_of(desk.store, [source.article_id for source in answer.sources])
    rows = await ledger.corrected(desk.store, request.channel, stated)
    said = " ".join(sentence.text for sentence in answer.sentences)
    fitting = sorted(_fitting(rows, question), key=lambda row: (not _is_quoted(row, said), -len(row.quotes), row.day.isoformat()))
    shown = fitting[:MOST]
    if not shown:
        return None
    notes = [line for row in shown for line in ledger.remarks(row, request.language)]
    if len(shown) > 1:
        notes += ledger.sums(totals(shown), request.language)
    if len(fitting) > MOST:
        notes.append(t(request.language, "{n} more in /brief ledger", n=len(fitting) - MOST))
    return replace(ledger.table(shown, request.language), notes=tuple(dict.fromkeys(notes)))


def _fitting(rows: list[Row], question: Question) -> list[Row]:
    """The rows of those who are asked about; of a row that names nobody nothing is known against it."""
    asked = {id for group in question.about for id in group.entities if register.load().get(id).kind not in PLACE_KINDS}
    return [row for row in rows if not asked or not row.actors or asked & set(row.actors)]


def _is_quoted(row: Row, said: str) -> bool:
    return any(quote.text in said for quote in row.quotes)
