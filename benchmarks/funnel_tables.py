"""The funnel's tables, as Markdown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

from benchmarks.outcomes import NOT_CONVERTED, STAGES, Outcome

NAMES = 3


def stage_table(outcomes: Sequence[Outcome], absent: Mapping[str, str]) -> Iterator[str]:
    """A row for each stage: how many reached it, and how many pass its measure alone."""
    tools = list(dict.fromkeys(outcome.tool for outcome in outcomes))
    heads = [*tools, *absent]
    yield f"| stage | {' | '.join(heads)} |"
    yield f"|---{'|---' * len(heads)}|"
    for stage in STAGES:
        cells = [_cell([one for one in outcomes if one.tool == tool], stage) for tool in tools]
        yield f"| {stage} | {' | '.join([*cells, *('not installed' for _ in absent)])} |"
    crashes = [sum(bool(one.crash) for one in outcomes if one.tool == tool) for tool in tools]
    yield f"| crashes | {' | '.join([*map(str, crashes), *('-' for _ in absent)])} |"


def _cell(outcomes: Sequence[Outcome], stage: str) -> str:
    judged = [one for one in outcomes if stage in one.measures]
    if not judged:
        return "-"
    reached = sum(stage in one.reached for one in judged)
    alone = sum(not one.measures[stage] for one in judged)
    return f"{reached} / {alone}"


def reason_table(outcomes: Sequence[Outcome], names: bool) -> Iterator[str]:
    """Why notebooks do not pass each measure: reasons grouped, each notebook once in a group."""
    yield f"| tool | measure | reason | notebooks |{' among them |' if names else ''}"
    yield f"|---|---|---|---|{'---|' if names else ''}"
    for (tool, stage, words), notebooks in _grouped(outcomes):
        named = f" {', '.join(notebooks[:NAMES])} |" if names else ""
        yield f"| {tool} | {stage} | {_inline(words)} | {len(notebooks)} |{named}"


def _grouped(outcomes: Sequence[Outcome]) -> list[tuple[tuple[str, str, str], list[str]]]:
    groups: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for one in outcomes:
        for stage, reasons in one.measures.items():
            for words in dict.fromkeys(reason.words for reason in reasons):
                if words != NOT_CONVERTED:
                    groups[one.tool, stage, words].append(one.notebook)
    order: Callable[[str], int] = list(dict.fromkeys(one.tool for one in outcomes)).index
    return sorted(
        groups.items(),
        key=lambda group: (
            order(group[0][0]), STAGES.index(group[0][1]), -len(group[1]), group[0][2]
        ),
    )  # fmt: skip


def _inline(words: str) -> str:
    return words.replace("|", "\\|").replace("\n", " ")


def report(
    outcomes: Sequence[Outcome], absent: Mapping[str, str], names: bool = False
) -> Iterator[str]:
    """All tables: of all files, of those that are valid Python, and the reasons."""
    files = {one.notebook for one in outcomes}
    valid = [one for one in outcomes if one.valid]
    yield "Each cell: notebooks that reached the stage / that pass its measure alone.\n"
    yield f"### All {len(files)} files\n"
    yield from stage_table(outcomes, absent)
    yield f"\n### The {len({one.notebook for one in valid})} notebooks whose Python is valid\n"
    yield from stage_table(valid, absent)
    yield "\n### Why notebooks fall out\n"
    yield from reason_table(outcomes, names)
    for label, reason in absent.items():
        yield f"\n{label} could not be installed: {reason}"
    for one in outcomes:
        if one.crash:
            yield f"\nCrash of {one.tool} on {one.notebook}: {one.crash.strip().splitlines()[-1]}"
