"""The tables that carry a run: what people did, what was true, what a system saw. Read this file first.

A replication is one *trace* of behaviour and one *truth*, written by `sim.world`. The drive sees the trace alone and
turns it into *observations*; the measure holds the observations against the truth. Rows are aligned: row ``i`` of
`Truth` speaks of row ``i`` of `Trace`, and an observation names the row of the trace that it was made of.

Every column is a one-dimensional NumPy array. Times and spans are whole milliseconds, times since the Unix epoch in
UTC, so that a gap of exactly thirty minutes is exactly 1,800,000.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from enum import IntEnum
from pathlib import Path
from typing import Any, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

MILLISECOND = 1
SECOND = 1000 * MILLISECOND
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

NONE = -1
"""What an id column holds where there is no id."""

Int64 = NDArray[np.int64]
Int32 = NDArray[np.int32]
Int16 = NDArray[np.int16]
Int8 = NDArray[np.int8]
Bool = NDArray[np.bool_]
Float64 = NDArray[np.float64]
Text = NDArray[np.object_]

_DTYPES: dict[str, type[np.generic]] = {
    "Int64": np.int64,
    "Int32": np.int32,
    "Int16": np.int16,
    "Int8": np.int8,
    "Bool": np.bool_,
    "Float64": np.float64,
    "Text": np.object_,
}


class Action(IntEnum):
    """One thing that a person does, or that happens to their browser."""

    LOAD = 0
    """A page of the customer's site is opened; `detail` is unused."""
    CLICK = 1
    """A click that the script records, on the page loaded last in this tab."""
    SUBMIT = 2
    """The form of the page is submitted; `detail` is the row in `Forms` of what was typed."""
    FOLLOW_EMAIL_LINK = 3
    """A link in a mail is followed, by the addressee or by whom the mail was forwarded to; `detail` is the row in
    `Mails`. The landing page, whose number is in `page`, is the LOAD that comes next in the browser."""
    FOLLOW_REDIRECT = 4
    """A redirect link is followed; it identifies by cookie alone. The landing page, whose number is in `page`, is the
    LOAD that comes next in the browser."""
    SIGN_IN = 5
    """The person signs in to the event website; `detail` is the row in `Forms` of whom they sign in as."""
    REGISTER = 6
    """The person registers for an event; `detail` is the row in `Forms` of whom they are signed in as."""
    CHANGE_CONSENT = 7
    """The person opens the consent settings and answers anew; `detail` is 1 for consent, 0 for refusal."""
    CLEAR = 8
    """All cookies and storage of the browser are cleared."""
    CLOSE = 9
    """The browser is closed: session cookies end, unless the browser restores its session."""
    RESET = 10
    """The device is deleted and installed anew; one row for each browser on it."""


class DeviceKind(IntEnum):
    """What a browser runs on. The mix of browser makes differs by it."""

    DESKTOP = 0
    PHONE = 1
    TABLET = 2


def event_ids(person: NDArray[Any], visit: NDArray[Any] | int, place: NDArray[Any] | int) -> Int64:
    """Number events by where they stand in a life, so that no other person and no other setting moves them.

    Args:
        person: Number of the person in the replication, below 2**31.
        visit: Number of the visit in the person's life, from 1 and below 2**20; 0 for what belongs to no visit.
        place: Place within the visit (or within the person's life, outside of visits), below 2**12.
    """
    return (np.asarray(person, np.int64) << 32) | (np.asarray(visit, np.int64) << 12) | np.asarray(place, np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Columns of one length that travel together. A subclass's annotations are its schema; Parquet is its file form."""

    @classmethod
    def schema(cls) -> dict[str, type[np.generic]]:
        """Name and NumPy type of each column, in order."""
        return {column.name: _DTYPES[str(column.type)] for column in fields(cls)}

    @classmethod
    def empty(cls) -> Self:
        """A table without rows."""
        return cls(**{name: np.empty(0, dtype) for name, dtype in cls.schema().items()})

    @classmethod
    def join(cls, parts: Sequence[Self]) -> Self:
        """The rows of all parts, one part after the other."""
        return cls(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in cls.schema()})

    @classmethod
    def of_frame(cls, frame: pl.DataFrame) -> Self:
        """The columns of this table that `frame` holds; its other columns are ignored."""
        return cls(**{name: frame[name].to_numpy().astype(dtype, copy=False) for name, dtype in cls.schema().items()})

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read what `write` wrote."""
        return cls.of_frame(pl.read_parquet(path))

    def __len__(self) -> int:
        return len(getattr(self, fields(self)[0].name))

    def frame(self) -> pl.DataFrame:
        """The columns as a Polars frame."""
        return pl.DataFrame(
            {
                name: pl.Series(name, getattr(self, name), dtype=pl.String if dtype is np.object_ else None)
                for name, dtype in self.schema().items()
            }
        )

    def write(self, path: Path) -> None:
        """Write the columns to a Parquet file."""
        self.frame().write_parquet(path, compression="zstd")

    def take(self, rows: NDArray[Any] | slice) -> Self:
        """The given rows, in the given order."""
        return type(self)(**{name: getattr(self, name)[rows] for name in self.schema()})


@dataclass(frozen=True, slots=True, kw_only=True)
class Events(Columns):
    """What people did, one row an action, sorted by (time, event)."""

    event: Int64
    """Number of the event (`event_ids`): the key of every draw that the drive makes for it. Never shown to a system."""
    time: Int64
    """When it happened, in ms since the epoch."""
    browser: Int32
    """Row in `Browsers`."""
    tab: Int16
    """Number of the tab within the browser."""
    action: Int8
    """An `Action`."""
    page: Int16
    """Index of the page among the scenario's pages; `NONE` where the action is on no page."""
    dwell: Int32
    """How long the page was in the foreground, in ms; 0 for all but page loads."""
    interacted: Bool
    """Whether the person clicked, tapped or typed on the page (scrolling does not count)."""
    network: Int32
    """Number of the network (public address) that the browser was on."""
    detail: Int32
    """What `Action` says of it; `NONE` where it says nothing."""


PRIVATE = 1 << 41
"""What is added to the key of a browser for its private windows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Browsers(Columns):
    """The browsers of a replication: one row for one browser of one account on one device."""

    key: Int64
    """Number of the browser that no other person moves: the key of the drive's draws for it."""
    device: Int32
    """Number of the machine it is on."""
    account: Int32
    """Number of the operating-system account it belongs to."""
    kind: Int8
    """A `DeviceKind`."""
    private: Bool
    """Whether its windows are private ones. They are a row of their own beside the browser that they belong to, whose
    key is less by `PRIVATE`."""
    ad_blocker: Bool
    """Whether it reaches neither the system's script nor its service."""
    clear_on_close: Bool
    """Whether it is set to clear everything whenever it is closed."""
    consent_habit: Float64
    """Where its user stands on consent, uniform in [0, 1): below the banner's share of accepters they accept, in the
    next stretch they refuse, above it they ignore the banner. More consent in a scenario thus changes only the minds
    that it must."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forms(Columns):
    """The texts that people type into forms; an empty text is a field left blank."""

    email: Text
    first_name: Text
    last_name: Text
    phone: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Mails(Columns):
    """The mails of all campaigns, one row a mail sent, whether or not anybody opened it.

    All addressees are contacts of the system before the first event: the scenario fixes the mailing list, whatever a
    system knows.
    """

    addressee: Int32
    """Row in `Forms` of the details under which the addressee is on the mailing list."""
    person: Int32
    """Number of the addressee, for comparisons of worlds; no system is told."""
    campaign: Int32
    """Number of the campaign in the scenario, from 0."""
    opened: Int64
    """When the addressee opened it, in ms since the epoch, which may be after the scenario's end; `NONE` if never."""
    forwarded: Bool
    """Whether the addressee forwarded it to somebody in their group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """All actions of one replication in time order, with the browsers they were done in and the texts typed."""

    events: Events
    browsers: Browsers
    forms: Forms
    mails: Mails = field(default_factory=Mails.empty)
    days_used: Bool
    """Whether a browser was used at all, for any site, on a day: browsers by days since the scenario's start. Safari
    counts such days. Those of a browser that is never on the site are left false."""

    def write(self, folder: Path) -> None:
        """Write the trace as Parquet files into a folder that exists."""
        self.events.write(folder / "events.parquet")
        self.browsers.write(folder / "browsers.parquet")
        self.forms.write(folder / "forms.parquet")
        self.mails.write(folder / "mails.parquet")
        days = pl.DataFrame(
            {"days_used": pl.Series(self.days_used.astype(np.uint8), dtype=pl.Array(pl.UInt8, self.days_used.shape[1]))}
        )
        days.write_parquet(folder / "days_used.parquet", compression="zstd")

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read what `write` wrote."""
        return cls(
            events=Events.read(folder / "events.parquet"),
            browsers=Browsers.read(folder / "browsers.parquet"),
            forms=Forms.read(folder / "forms.parquet"),
            mails=Mails.read(folder / "mails.parquet"),
            days_used=pl.read_parquet(folder / "days_used.parquet")["days_used"].to_numpy().astype(np.bool_),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth(Columns):
    """Who did it and in which true visit; row by row with `Events`."""

    person: Int32
    """Number of the person."""
    visit: Int64
    """Number of the true visit, unique in the replication; `NONE` for what belongs to no visit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observations(Columns):
    """What a system recorded, one row an interaction in time order, beside what its cookies were at that moment.

    Equal ids are the same id; ids of different columns do not compare, but for `identity`, which is one space for
    contacts and visitor ids. `NONE` is no id.
    """

    row: Int64
    """Row in `Events` of the action that it was made of."""
    kind: Int8
    """An `InteractionKind` of `sim.system`."""
    visitor: Int64
    """Visitor id in force."""
    visit: Int64
    """Visit id."""
    contact: Int64
    """The contact that it is credited to when all is resolved."""
    identity: Int64
    """Whom the system takes it to be by, when all is resolved. `NONE`: an identity of its own."""
    third_party: Int64
    """Third-party visitor id that the browser had for the system; numbered together with `first_party`."""
    first_party: Int64
    """First-party visitor id that the page's script could read."""
    consent: Bool
    """Whether consent was in force, where the site asks; true where it does not ask."""
    prefilled: Bool
    """Whether a form on the page was filled in before the person touched it."""
    absent_third_party: Int8
    """Why the third-party visitor cookie was not there: an `Absence` of `sim.browser`."""
    absent_first_party: Int8
    """Why the first-party visitor cookie was not there."""
    absent_third_party_visit: Int8
    """Why the third-party visit cookie was not there."""
    absent_first_party_visit: Int8
    """Why the first-party visit cookie was not there."""
