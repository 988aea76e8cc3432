"""Mail campaigns: who gets a mail, who follows its link, and that a forwarded one stays in the group.

Tolerances are 4 standard errors of a share at the number of draws.
"""

from __future__ import annotations

import numpy as np
import pytest

from sim.draws import Stream
from sim.records import DAY, NONE, Action
from sim.world import live
from sim.world.groups import cohorts_of_groups
from tests.world.histories import assert_same, columns_of

CAMPAIGN = {"sent": "3d", "opened": 0.5, "clicked": 0.4, "delay": "12h"}
HOMES = [{"share": 1, "people": {"1": 0.2, "4": 0.8}}]


def mailed(scenario, campaigns, **population):
    population = {"people": 4000, "groups": HOMES, "visits_per_month": 1, **population}
    return scenario({"population": {**population, "mailing": {"on_list": 0.6, "campaigns": campaigns}}})


def follows(trace):
    return np.flatnonzero(trace.events.action == Action.FOLLOW_EMAIL_LINK)


def addressees(trace, rows):
    return trace.mails.person[trace.events.detail[rows]]


def share_of(count, of):
    return pytest.approx(of, abs=4 * np.sqrt(of * (1 - of) / count))


def test_each_addressee_gets_each_mail_and_links_are_followed_as_often_as_said(scenario):
    trace, truth = live(mailed(scenario, [CAMPAIGN, CAMPAIGN | {"sent": "5d", "clicked": 0.8}]), 0)
    first, second = (trace.mails.addressee[trace.mails.campaign == one] for one in (0, 1))
    np.testing.assert_array_equal(first, second)
    assert len(first) / 4000 == share_of(4000, 0.6)
    rows = follows(trace)
    campaign = trace.mails.campaign[trace.events.detail[rows]]
    # Delays have a mean of 12 hours and a heavy tail; 3 in 10,000 are longer than the 25 days that are left.
    assert (campaign == 0).sum() / len(first) == share_of(len(first), 0.5 * 0.4)
    assert (campaign == 1).sum() / len(first) == share_of(len(first), 0.5 * 0.8)
    np.testing.assert_array_equal(addressees(trace, rows), truth.person[rows])
    emails = trace.forms.email[trace.mails.addressee]
    assert all(f".{who}@" in email for who, email in zip(trace.mails.person, emails, strict=True))


def test_mails_are_opened_and_forwarded_as_often_as_said_and_followed_when_opened(scenario):
    trace, _ = live(mailed(scenario, [CAMPAIGN | {"forwarded": 0.3}], groups=[{"share": 1, "people": {"4": 1}}]), 0)
    mails, rows = trace.mails, follows(trace)
    opened = mails.opened != NONE
    assert opened.mean() == share_of(len(mails), 0.5)
    assert mails.forwarded[opened].mean() == share_of(opened.sum(), 0.3)
    assert not mails.forwarded[~opened].any()
    since = trace.events.time[rows] - mails.opened[trace.events.detail[rows]]
    assert (mails.opened[trace.events.detail[rows]] != NONE).all()
    assert (since >= 0).all()
    assert (since == 0).mean() > 0.5  # the others opened it as forwarded, or had to wait for a device


def test_a_link_leads_to_the_next_page_load_in_the_same_browser(scenario):
    trace, truth = live(mailed(scenario, [CAMPAIGN]), 0)
    events, rows = trace.events, follows(trace)
    by_browser = np.lexsort((np.arange(len(events)), events.browser))
    place = np.empty(len(events), np.int64)
    place[by_browser] = np.arange(len(events))
    landing = by_browser[place[rows] + 1]
    assert (events.action[landing] == Action.LOAD).all()
    assert (truth.visit[landing] == truth.visit[rows]).all()
    assert (events.page[landing] == events.page[rows]).all()


def test_mails_are_opened_after_they_are_sent_most_of_them_soon(scenario):
    said = mailed(scenario, [CAMPAIGN])
    trace, _ = live(said, 0)
    after = trace.events.time[follows(trace)] - said.start_ms - 3 * DAY
    assert (after > 0).all()
    # The median of a Lomax with shape 2 and mean 12 h is 5 h; people on a visit come somewhat later.
    assert np.mean(after <= 5 * DAY / 24) == pytest.approx(0.5, abs=0.06)


def test_forwarded_mails_are_followed_by_somebody_else_of_the_group(scenario):
    said = mailed(scenario, [CAMPAIGN | {"forwarded": 0.9, "clicked": 0.9}])
    trace, truth = live(said, 0)
    rows = follows(trace)
    addressee, person = addressees(trace, rows), truth.person[rows]
    passed = addressee != person
    assert passed.any()
    group = np.empty(4000, np.int64)
    for groups in cohorts_of_groups(said.population, Stream(said.seed, 0), 1000):
        stretch = slice(groups.first_person, groups.first_person + groups.size.sum())
        group[stretch] = np.repeat(groups.number, groups.size)
    np.testing.assert_array_equal(group[addressee], group[person])


def test_a_campaign_changes_nothing_of_the_visits_that_people_make_anyway(scenario):
    quiet, busy = live(mailed(scenario, []), 0), live(mailed(scenario, [CAMPAIGN]), 0)
    anyway = [(truth.visit & (1 << 18)) == 0 for _, truth in (quiet, busy)]
    first, second = (columns_of(*world, which) for world, which in zip((quiet, busy), anyway, strict=True))
    common = np.isin(second[0], first[0])
    assert common.sum() > 0.99 * len(first[0])
    kept = np.isin(first[0], second[0][common])
    untimed = [0, 3, 4, 5, 6, 7, 8]  # a visit that a mail caused may delay the next one
    by_event = [np.lexsort((one[3], one[0])) for one in ([c[kept] for c in first], [c[common] for c in second])]
    assert_same(
        [first[at][kept][by_event[0]] for at in untimed],
        [second[at][common][by_event[1]] for at in untimed],
    )
