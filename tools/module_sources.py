"""What pipreqs and pigar know of modules, and which of it becomes a row of `imports.tsv`.

`module_sources.tsv` is written by `survey_modules.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

SOURCES_FILE = Path(__file__).resolve().with_name("module_sources.tsv")

# Modules that more distributions of the whole index hold are words that anybody would choose:
# `tests` is in 23,601, `server` in 611. A file of the notebook's own is likelier.
_MOST_PROVIDERS = 20
# A distribution's name around the name of its module: python-magic, pyusb, kafka-python, foo-sdk.
_AFFIXES = re.compile(r"^(python|py|dm)-?|-?(python|py|sdk|client|lib|\d+)$")
# A word this long, or of two parts, is nobody's own file by accident.
_TELLING = 8

# Rows of the sources that would invent an answer.
# fmt: off
INVENTED = frozenset({
    # words that are a local file in most notebooks, and namespaces of many distributions
    "analytics", "cms", "colors", "compose", "compressor", "curator", "curl", "daemon", "em",
    "examples", "five", "flaskext", "functional", "fuse", "FSM", "haystack", "migrate",
    "path", "plone", "quadtree", "requirements", "robots", "s2repoze", "screen", "setuputils",
    "singleton", "tests", "validate", "z3c", "App", "S3", "Testing",
    "blacklist", "computer", "configurator", "connector", "daily", "dialog", "inactivity",
    "interpreter", "method", "office", "parallel", "proxy", "ranges", "schematic", "stopwatch",
    "stream", "structures", "timeout", "url", "workflows",
})
# fmt: on
# Distributions of the Python 2 era that no current Python can use, or needs.
RETIRED = frozenset({"beautifulsoup", "zope2", "future", "futures", "enum34", "mysql-python"})


@dataclass(frozen=True, slots=True)
class ModuleSources:
    """The distributions in use that hold a top-level module, as each source says.

    `pigar` has the most downloaded one first; `providers` counts all distributions of the index
    that hold the module, in use or not (0: pigar does not know the module).
    """

    module: str
    pipreqs: tuple[str, ...]
    pigar: tuple[str, ...]
    providers: int

    @property
    def best(self) -> str | None:
        """pigar's answer: of the distributions that hold the module the most downloaded one."""
        return self.pigar[0] if self.pigar else None


def write_sources(survey: Iterable[ModuleSources]) -> str:
    """The survey as the text of `module_sources.tsv`."""
    head = (
        "# source: the mapping of pipreqs 0.5.0 (Apache-2.0) and the module database of pigar 2.2.0"
        " (BSD-3-Clause), reduced to distributions in use; columns: module, pipreqs, pigar (most"
        " downloaded first, three at most), distributions of the whole index that hold the module\n"
    )
    lines = [
        "\t".join((one.module, ",".join(one.pipreqs), ",".join(one.pigar), str(one.providers)))
        for one in survey
    ]
    return head + "\n".join(lines) + "\n"


def read_sources() -> Iterator[ModuleSources]:
    """The rows of `module_sources.tsv`."""
    for line in SOURCES_FILE.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            module, pipreqs, pigar, providers = line.split("\t")
            yield ModuleSources(module, _names(pipreqs), _names(pigar), int(providers))


def import_rows(
    survey: Iterable[ModuleSources],
    known: set[str],
    standard: Iterable[str],
) -> list[list[str]]:
    """Module, distribution and who says so, for every module that the sources settle.

    `known` are the distributions in use. Left out are the standard
    library, the words of `INVENTED`, and each module that is itself the name of another
    distribution in use: one of the two answers is wrong, and which one is for the reviewed list to
    say. Where pipreqs and pigar differ, neither is taken.
    """
    kept_out = INVENTED | set(standard)
    rows = []
    for one in survey:
        clash = re.sub(r"[-_.]+", "-", one.module).lower() in known
        if clash or one.module in kept_out:
            continue
        named = sorted(set(one.pipreqs) & known - RETIRED)
        held = _held(one)
        if len(named) == 1 and (named[0] in one.pigar or not one.pigar):
            by = "pipreqs,pigar" if named[0] in one.pigar else "pipreqs"
            rows.append([one.module, named[0], by])
        elif not named and held is not None and held not in RETIRED:
            rows.append([one.module, held, "pigar"])
    return sorted(rows)


def _held(one: ModuleSources) -> str | None:
    """pigar's answer where it is no accident: a word that few distributions chose, and a
    distribution whose own name is made of it.
    """
    if one.best is None or one.providers > _MOST_PROVIDERS or len(one.module) < 3:
        return None
    module, whole = _squeezed(one.module), _squeezed(one.best)
    core = _squeezed(_AFFIXES.sub("", one.best))
    if module == core:
        return one.best
    telling = "_" in one.module or len(one.module) >= _TELLING
    return one.best if telling and (module in whole or (len(core) > 3 and core in module)) else None


def _squeezed(name: str) -> str:
    return re.sub(r"[-_.]+", "", name).lower()


def _names(field: str) -> tuple[str, ...]:
    return tuple(field.split(",")) if field else ()
