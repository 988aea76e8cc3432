"""What came of comparisons, as text that people read: the published table, and every single observation."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from io import StringIO

from sim.browser.conformance.cases import CASES, CASES_IN_TIME
from sim.browser.conformance.compare import Comparison

_HIGHLIGHTS = (
    ("Sent on the 2nd cross-site request", "set by a third-party answer, then sent on this shop and on another", 2),
    ("Seen on another shop", "set by a third-party answer, then sent on this shop and on another", 4),
    ("Set by a top-level visit, then sent third-party", "set by a top-level visit, then sent as third party", 2),
    ("Days granted to a server's two years", "two years by Max-Age from a server", 2),
    ("Days granted to a script's two years", "two years from script", 2),
)
_LONGEST = 400


def conformance_table(comparisons: Sequence[Comparison], missing: Mapping[str, str]) -> str:
    """Markdown: what engines did and what their profiles did, rule by rule.

    Args:
        comparisons: What was held against an engine, one or more for a configuration.
        missing: Names of the configurations that were not, and why.
    """
    groups: dict[str, list[Comparison]] = {}
    for comparison in comparisons:
        groups.setdefault(comparison.configuration.name, []).append(comparison)
    lines = ["# Browsers, held against real engines", ""]
    lines += [
        "Written by `crumbline conformance`. Each cell: cases in which the simulated profile did exactly what the"
    ]
    lines += [
        "engine did, of the cases played. Stored, sent and script-readable cookies and granted days are compared.",
        "",
    ]
    lines += _row("Rule", *groups)
    lines += _row(*["---"] * (len(groups) + 1))
    for rule in dict.fromkeys(case.rule for case in (*CASES, *CASES_IN_TIME)):
        lines += _row(rule, *(_cell(rule, group) for group in groups.values()))
    lines += _row("Profile", *(f"`{group[0].configuration.profile}`" for group in groups.values()))
    lines += _row("Engine version", *(group[0].version for group in groups.values()))
    lines += ["", "## What they do with third-party cookies and with two years", ""]
    lines += [
        "Observed on the engine; where the profile does otherwise, its answer follows in brackets. Asked for: `n`"
    ]
    lines += ["SameSite=None, `p` the same with Partitioned, `u` without SameSite, `l` SameSite=Lax.", ""]
    lines += _row("Configuration", *(title for title, _, _ in _HIGHLIGHTS))
    lines += _row(*["---"] * (len(_HIGHLIGHTS) + 1))
    lines += [line for name, group in groups.items() for line in _row(name, *_highlights(group[0]))]
    lines += ["", "## Not held against an engine", ""]
    lines += [
        "- Safari itself (profiles `safari`, `safari_expiry_7d`, `safari_purge_30d`): WebKitGTK shares its tracking"
    ]
    lines += [
        "  prevention, not its network stack; the purge by days of use, link decoration and cloaking are not run."
    ]
    lines += [
        "- Edge (`edge`, `edge_listed`), Brave (`brave`), Firefox with a listed tracker (`firefox_listed_tracker`)."
    ]
    lines += ["- Non-secure origins: on `localhost` engines do not treat them as such. Eviction of a whole jar."]
    lines += [
        "- Dates that no server writes, such as `1 Jan 5`, `1/2/1970` and `00:00:10pm`, which Chromium and Firefox"
    ]
    lines += ["  read in ways of their own."]
    lines += [f"- {name}: {why}" for name, why in missing.items()]
    return "\n".join(lines) + "\n"


def observations(comparisons: Sequence[Comparison]) -> str:
    """CSV, a row for each case and configuration: what was observed and what the profile gave. Long ones are cut."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("configuration", "engine_version", "rule", "case", "outcome", "observed", "simulated"))
    for comparison in comparisons:
        head = comparison.configuration.name, comparison.version
        for result in comparison.results:
            both = _cut(result.observed), _cut(result.simulated)
            outcome = "agrees" if result.agrees else "differs"
            writer.writerow((*head, result.case.rule, result.case.title, outcome, *both))
    return out.getvalue()


def _row(*cells: str) -> list[str]:
    return ["| " + " | ".join(cells) + " |"]


def _cell(rule: str, group: Sequence[Comparison]) -> str:
    agreed = [result.agrees for comparison in group for result in comparison.results if result.case.rule == rule]
    if not agreed:
        return "not played"
    said, differing = f"{agreed.count(True)} of {len(agreed)}", agreed.count(False)
    return f"**{said}, {differing} DIFFER**" if differing else said


def _highlights(comparison: Comparison) -> list[str]:
    by_title = {result.case.title: result for result in comparison.results}
    cells = []
    for _, title, line in _HIGHLIGHTS:
        result = by_title[title]
        observed, simulated = _gist(result.observed, line), _gist(result.simulated, line)
        cells.append(observed if observed == simulated else f"{observed} (simulated: {simulated})")
    return cells


def _gist(lines: Sequence[str], at: int) -> str:
    """What a line says, without what the script did for it."""
    if at >= len(lines):
        return "-"
    _, carries, cookies = lines[at].partition(" carries ")
    said = cookies if carries else lines[at].split(maxsplit=2)[-1]
    return said.strip() or "-"


def _cut(lines: Sequence[str]) -> str:
    text = " / ".join(lines).encode("unicode_escape").decode()
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}... ({len(text)} characters)"
