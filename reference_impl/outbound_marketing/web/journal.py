"""The accepted messages in SQLite, in order: all that the service knows follows from them.

A message is kept as it came in, with the random characters that ids were made of then. So the state after a restart is
what the same rules make of the same messages, and no rule is written a second time as tables and updates.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    event,
    insert,
    select,
)
from sqlalchemy.exc import DatabaseError

from sim.browser import Request

_TABLES = MetaData()
_MESSAGES = Table(
    "messages",
    _TABLES,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("time_ms", BigInteger, nullable=False),
    Column("event", BigInteger, nullable=False),
    Column("method", String, nullable=False),
    Column("url", String, nullable=False),
    Column("body", String, nullable=False),
    Column("cookies", String, nullable=False),
    Column("drawn", String, nullable=False),
)
_ABOUT = Table("about", _TABLES, Column("name", String, primary_key=True), Column("value", String, nullable=False))
_FORMAT = "1"


class JournalError(Exception):
    """A database that cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A message with what was drawn when it was answered."""

    number: int
    request: Request
    drawn: tuple[str, ...]


class Journal:
    """The journal of one service.

    Args:
        path: File of the database; it is made if it is not there.
        settings: The system's settings as JSON: the same messages mean something else under others.

    Raises:
        JournalError: If the file is no journal, or that of a service with other settings.
    """

    def __init__(self, path: Path, settings: str) -> None:
        self._engine = create_engine(f"sqlite:///{path}")
        event.listen(self._engine, "connect", _be_durable)
        try:
            _TABLES.create_all(self._engine)
            with self._engine.begin() as connection:
                about = {row.name: row.value for row in connection.execute(select(_ABOUT))}
                if not about:
                    said = {"format": _FORMAT, "settings": settings}
                    connection.execute(insert(_ABOUT), [{"name": n, "value": v} for n, v in said.items()])
        except DatabaseError as problem:
            self._engine.dispose()
            raise JournalError(f"{path}: cannot be used as a database: {problem.orig}") from None
        for name, mine in (("format", _FORMAT), ("settings", settings)):
            if about.get(name, mine) != mine:
                self._engine.dispose()
                raise JournalError(f"{path}: is of a service with another {name}: {about[name]}; give another file")

    def write(self, entries: Sequence[Entry]) -> None:
        """Append entries; once this returns they survive a crash of the machine.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: If they cannot be written; then none of them is.
        """
        with self._engine.begin() as connection:
            connection.execute(insert(_MESSAGES), [_row(entry) for entry in entries])

    def read(self) -> Iterator[Entry]:
        """All entries, in order."""
        with self._engine.connect() as connection:
            for row in connection.execution_options(yield_per=1000).execute(
                select(_MESSAGES).order_by(_MESSAGES.c.number)
            ):
                request = Request(
                    row.url, row.time_ms, row.event, row.method, json.loads(row.body), json.loads(row.cookies)
                )
                yield Entry(row.number, request, tuple(json.loads(row.drawn)))

    def close(self) -> None:
        """Close the database."""
        self._engine.dispose()

    @property
    def engine(self) -> Engine:
        """The database, for those who wish to ask it something."""
        return self._engine


def _row(entry: Entry) -> dict[str, Any]:
    request = entry.request
    return {
        "number": entry.number,
        "time_ms": request.now,
        "event": request.event,
        "method": request.method,
        "url": request.url,
        "body": json.dumps(request.body),
        "cookies": json.dumps(dict(request.cookies)),
        "drawn": json.dumps(entry.drawn),
    }


def _be_durable(connection: Any, _record: object) -> None:
    """Write ahead, and wait for the disk at each commit (sqlite.org/pragma.html, synchronous)."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()
