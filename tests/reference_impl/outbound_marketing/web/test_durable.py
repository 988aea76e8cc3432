"""What was answered is never lost: killed under load, with a full disk, with a message that goes wrong half-way."""

from __future__ import annotations

import asyncio
import itertools
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import httpx
import pytest
from sqlalchemy import text

from reference_impl.outbound_marketing import Policy
from reference_impl.outbound_marketing.web.durable import DurableService, NotWrittenError
from reference_impl.outbound_marketing.web.journal import Journal, JournalError
from sim.browser import Request
from tests.reference_impl.outbound_marketing.web.running import free_port, opened, random_characters

VISITORS = 16


def load(number: int, **more: object) -> Request:
    said = {"website_id": "main", "page": f"http://shop.localhost/?{number}", "visitor": None, "visit": None}
    return Request("http://svc.localhost/load", 1_000 + number, number, "POST", said | more)


def submission(number: int, **fields: str) -> Request:
    blank = dict.fromkeys(("email", "first_name", "last_name", "phone"), "")
    request = load(number, fields=blank | fields)
    return Request("http://svc.localhost/form-submit", request.now, number, "POST", request.body)


class Served:
    """`crumbline serve` as a process of its own."""

    def __init__(self, database, port: int) -> None:
        command = [sys.executable, "-c", "from sim.cli import main; main()", "serve"]
        command += ["--port", str(port), "--database", str(database)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.shop = self.process.stdout.readline().strip().rstrip("/")
        self.url = f"http://127.0.0.1:{port}"
        self.headers = {"host": f"svc.localhost:{port}", "origin": self.shop}
        end = time.monotonic() + 20
        while True:
            try:
                httpx.get(f"{self.url}/tracker.js", headers=self.headers)
                break
            except httpx.TransportError:
                assert time.monotonic() < end
                time.sleep(0.05)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()


async def visit_until_it_dies(served: Served, numbers: Iterator[int]) -> dict[str, str]:
    """Load pages from several visitors at once, kill the service; the visitor id of each load that was answered."""
    answered: dict[str, str] = {}

    async def visitor(client: httpx.AsyncClient) -> None:
        while True:
            page = f"{served.shop}/?{next(numbers)}"
            said = {"website_id": "main", "page": page, "visitor": None, "visit": None}
            try:
                answer = await client.post("/load", json=said)
            except httpx.TransportError:
                return
            assert answer.status_code == 200
            answered[page] = answer.json()["visitor"]

    async with httpx.AsyncClient(base_url=served.url, headers=served.headers) as client:
        visitors = [asyncio.create_task(visitor(client)) for _ in range(VISITORS)]
        await asyncio.sleep(1.5)
        served.kill()
        await asyncio.gather(*visitors)
    return answered


def test_no_interaction_is_lost_when_the_service_is_killed_under_load(tmp_path):
    database = tmp_path / "journal.sqlite"
    with free_port() as taken:
        port = taken.getsockname()[1]
    answered: dict[str, str] = {}
    numbers = itertools.count()
    for _ in range(2):
        answered |= asyncio.run(visit_until_it_dies(Served(database, port), numbers))

    served = Served(database, port)
    try:
        page, visitor = next(iter(answered.items()))
        said = {"website_id": "main", "page": page, "visitor": visitor, "visit": None}
        again = httpx.post(f"{served.url}/load", headers=served.headers, json=said)
        assert again.json()["visitor"] == visitor
    finally:
        served.kill()

    assert len(answered) > 100
    engine = Journal(database, Policy().model_dump_json()).engine
    with engine.connect() as connection:
        written = connection.execute(text("SELECT body FROM messages ORDER BY number")).scalars().all()
    engine.dispose()
    pages = [re.search(r'"page": "([^"]+)"', body)[1] for body in written]
    assert set(answered) <= set(pages)
    assert len(pages) <= len(answered) + 1 + 2 * VISITORS  # more than was answered: only what was on its way


async def fill_up(service: DurableService) -> None:
    for number in range(1, 200):
        await service.handle(submission(number, email=f"{number}@mail.example", phone="1" * 200))


def test_with_a_full_disk_nothing_is_answered_and_nothing_is_remembered(tmp_path):
    service, journal = opened(tmp_path, Policy())

    async def play() -> None:
        await service.handle(submission(0, email="ada@mail.example"))
        first = service.service.assignment()
        with journal.engine.connect() as connection:
            pages = connection.execute(text("PRAGMA page_count")).scalar()
            connection.execute(text(f"PRAGMA max_page_count={pages}"))
        with pytest.raises(NotWrittenError):
            await fill_up(service)
        kept = service.messages
        after = service.service.assignment()
        assert len(after.event) == kept
        assert len(list(journal.read())) == kept
        assert after.event[0] == first.event[0]
        assert len(service.service.contacts.details) == kept
        with journal.engine.connect() as connection:
            connection.execute(text("PRAGMA max_page_count=100000"))
        await service.handle(load(500))
        assert service.messages == kept + 1

    asyncio.run(play())
    journal.close()


def test_many_at_once_are_all_written_in_few_commits(tmp_path, monkeypatch):
    service, journal = opened(tmp_path, Policy())
    commits = []
    write = journal.write
    monkeypatch.setattr(journal, "write", lambda entries: (commits.append(len(entries)), write(entries)))

    async def play() -> None:
        await asyncio.gather(*(service.handle(load(number)) for number in range(50)))

    asyncio.run(play())
    assert sum(commits) == 50
    assert len(commits) < 10
    journal.close()


def test_a_message_that_goes_wrong_half_way_leaves_the_others_as_they_were(tmp_path):
    service, journal = opened(tmp_path, Policy())

    async def play() -> None:
        waiting = [asyncio.create_task(service.handle(load(number))) for number in range(5)]
        await asyncio.sleep(0)
        with pytest.raises(KeyError):
            await service.handle(Request("http://svc.localhost/form-submit", 2_000, 9, "POST", {"visitor": None}))
        await asyncio.gather(*waiting)

    asyncio.run(play())
    assert service.messages == 5
    assert service.service.assignment().event.tolist() == list(range(5))
    again, journal_again = opened(tmp_path, Policy())
    assert again.service.assignment().visitor.tolist() == service.service.assignment().visitor.tolist()
    journal.close()
    journal_again.close()


def test_a_journal_of_other_settings_or_no_journal_at_all_is_refused(tmp_path):
    opened(tmp_path, Policy())[1].close()
    with pytest.raises(JournalError, match="another settings"):
        opened(tmp_path, Policy(visit_timeout="10min"))
    (tmp_path / "text").write_text("nothing of the kind, and longer than a header of SQLite's would be " * 20)
    with pytest.raises(JournalError, match="cannot be used"):
        Journal(tmp_path / "text", "{}")


def test_the_mailing_list_survives_a_restart(tmp_path):
    service, journal = opened(tmp_path, Policy())
    service.import_contacts({3: {"email": "ada@mail.example", "first_name": "Ada", "last_name": "", "phone": ""}})
    asyncio.run(service.handle(Request("http://svc.localhost/email-link?addressee=3&campaign=0", 1_000, 1, "GET")))
    journal.close()
    journal = Journal(tmp_path / "journal.sqlite", Policy().model_dump_json())
    again = DurableService(Policy(), journal, random_characters)
    assert again.service.assignment().contact.tolist() == service.service.assignment().contact.tolist() != [-1]
    journal.close()
