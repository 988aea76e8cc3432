"""The verdicts for machines and for merge requests: JUnit XML, and a summary in Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree

from sim.report.verdict import Judgement, Verdict

Judged = Sequence[tuple[str, Judgement]]
"""Each verdict with the point that it is on; an empty text where there is no sweep."""


def junit_xml(name: str, judged: Judged) -> str:
    """One test case a threshold, as continuous integration reads them; what is not sure has failed."""
    failed = sum(judgement.verdict is not Verdict.PASS for _, judgement in judged)
    suite = ElementTree.Element("testsuite", name=name, tests=str(len(judged)), failures=str(failed), errors="0")
    for point, judgement in judged:
        label = f"{judgement.threshold}{f' at {point}' if point else ''}"
        case = ElementTree.SubElement(suite, "testcase", classname=f"crumbline.{name}", name=label)
        if judgement.verdict is not Verdict.PASS:
            message = f"{judgement.verdict}: {_told(judgement)}"
            ElementTree.SubElement(case, "failure", message=message, type=judgement.verdict.name.lower())
    ElementTree.indent(suite)
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def markdown(name: str, question: str, judged: Judged) -> str:
    """A table of the thresholds and verdicts, as a merge request shows it."""
    lines = [f"### {name}", "", question, ""] if question else [f"### {name}", ""]
    if not judged:
        return "\n".join([*lines, "No thresholds.", ""])
    lines += ["| verdict | threshold | mean and 95 % interval |", "|---|---|---|"]
    for point, judgement in judged:
        at = f" at {point}" if point else ""
        lines.append(f"| {judgement.verdict} | `{judgement.threshold}`{at} | {_told(judgement)} |")
    return "\n".join([*lines, ""])


def _told(judgement: Judgement) -> str:
    interval = judgement.interval
    return f"{interval.mean:.4f} ({interval.low:.4f} to {interval.high:.4f})"
