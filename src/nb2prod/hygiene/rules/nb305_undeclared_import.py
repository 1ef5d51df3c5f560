"""NB305: an import of a package that nothing installs and nothing declares."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from functools import lru_cache
from pathlib import Path

from nb2prod.analysis.facts import Import
from nb2prod.analysis.imports import find_imports
from nb2prod.analysis.local_modules import local_modules
from nb2prod.analysis.pip_options import REQUIREMENT_FILES
from nb2prod.data.alternatives import alternatives
from nb2prod.data.distributions import is_named, is_namespace, normalise, tabled
from nb2prod.data.standard_library import is_standard
from nb2prod.hygiene.brought import with_brought
from nb2prod.hygiene.catalogue import rule
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.declared import Declared, declared, names_of_list
from nb2prod.hygiene.guards import guarded_lines
from nb2prod.hygiene.installs import installs
from nb2prod.hygiene.model import Finding

RULE = rule("NB305")

_IMPORT = re.compile(r"(?:^|;)[ \t]*(?:from[ \t]+(\w+)|import[ \t]+([^\n#;]+))", re.MULTILINE)
# After one of these nobody can tell from the notebook what there is to import.
_OPAQUE = re.compile(
    r"git\s+clone|sys\.path|\bchdir\b|[%!]\s*cd\s|%run\b|%load|setup\.py|\.sh\b|\bmake\b|condacolab"
    r"|(?:conda|mamba)\s+(?:env|create)|\bpoetry\b|\bpipenv\b|\bpip-sync\b|\buv\s+(?:sync|add)"
    r"|PYTHONPATH|addsitedir|\bexec\(|addPyFile"
)
_WORD = re.compile(r"(?:^|,)\s*\(?\s*(\w+)")
_EXTRA = re.compile(r"[\[,]\s*([\w.-]+)(?=[^\[]*\])")
# Builds of one project under several names, and a distribution's name around its module's.
_VARIANT = re.compile(r"-(?:headless|gpu|cpu|binary|nightly|cu\d+|cuda\d*x?)$")
_AFFIXES = re.compile(r"^(?:python|py)-?|-?(?:python|py|sdk|client|lib)$")


def check(context: Context) -> Iterator[Finding]:
    """The first import of each package that is missing.

    On Colab what its images have is there. Kaggle's have more than any table knows, so that nothing
    is said there; elsewhere only where files of the project declare something.
    """
    if context.platform == "kaggle":
        return
    project = declared(context.directory) if context.directory is not None else None
    if project is not None and project.takes_in:
        context.depends_on_more = True
    on_colab = context.platform == "colab"
    if not on_colab and project is None:
        return
    roots = _roots(context.code)
    if on_colab:
        roots = {root for root in roots if not _is_on_colab(root)}
    wanted = _imports(context, roots) if roots else {}
    if not wanted or _OPAQUE.search(context.code) is not None:
        return
    installed = _installed(context)
    if installed is None:
        return
    names = with_brought(installed | (project.names if project else frozenset()))
    missing = {
        root: found
        for root, found in wanted.items()
        if _is_missing(found, names, on_colab=on_colab)
        and not _is_own(root, project, context.directory)
    }
    own = local_modules(context.parsed) if missing else frozenset()
    for root, found in missing.items():
        if root not in own:
            yield context.found(RULE, found.location, _message(found, project))


def _roots(code: str) -> set[str]:
    """The first names of what code imports, and perhaps of more."""
    roots: set[str] = set()
    for module, listed in _IMPORT.findall(code):
        roots.update([module] if module else _WORD.findall(listed))
    return roots


@lru_cache(maxsize=4096)
def _is_on_colab(root: str) -> bool:
    """Whether a module needs no install on Colab, by its first name alone."""
    if is_standard(root):
        return True
    return not is_namespace(root) and any(
        _is_preinstalled(name) for name in (normalise(root), *alternatives(root))
    )


def _imports(context: Context, roots: Set[str]) -> Mapping[str, Import]:
    """The first import of each of these modules that the notebook cannot do without."""
    found: dict[str, Import] = {}
    optional: set[str] = set()
    for cell in context.code_cells:
        if "import" not in cell.source or not any(root in cell.source for root in roots):
            continue
        guarded = guarded_lines(cell)
        for one in find_imports(cell.tree, cell.number, frozenset()):
            if one.root not in roots:
                continue
            if one.optional or one.location.line in guarded:
                optional.add(one.root)
            else:
                found.setdefault(one.root, one)
    return {root: one for root, one in found.items() if root not in optional}


def _installed(context: Context) -> frozenset[str] | None:
    """What the notebook's own commands install; None where that cannot all be told."""
    names: set[str] = set()
    for cell in context.code_cells:
        for install in installs(cell):
            if install.is_open:
                return None
            for asked in install.asked:
                named = [asked.name] if asked.name else list(names_of_list(asked.address))
                # A repository may hold a distribution of any name.
                if not asked.name and not any(map(is_named, named)):
                    return None
                names.update(named)
                names.update(_EXTRA.findall(asked.text))
            for option, value in install.options:
                if option in REQUIREMENT_FILES:
                    context.depends_on_more = True
                    listed = _read(context.directory, value)
                    if listed is None:
                        return None
                    names.update(names_of_list(listed))
    return frozenset(map(normalise, names))


def _read(directory: Path | None, name: str) -> str | None:
    try:
        return None if directory is None else (directory / name).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return None


def _is_missing(found: Import, names: frozenset[str], *, on_colab: bool) -> bool:
    candidates = _candidates(found)
    if not candidates or candidates & names:
        return False
    if on_colab and any(_is_preinstalled(name) for name in candidates):
        return False
    cores = {_core(name) for name in (*candidates, found.root)}
    return not any(_may_bring(_core(name), core) for name in names for core in cores)


def _candidates(found: Import) -> frozenset[str]:
    """The distributions that may hold the module; none where nobody knows."""
    table = tabled(found.module)
    if table is not None and table.distribution is None:
        return frozenset()
    known = [*alternatives(found.root)]
    if table is not None and table.distribution is not None:
        known.append(table.distribution)
    own = normalise(found.root)
    if not known and not is_named(own):
        return frozenset()
    return frozenset([*known, *([] if is_namespace(found.root) else [own])])


def _is_preinstalled(name: str) -> bool:
    from nb2prod.data.runtimes import in_any_runtime, newest_runtime

    return in_any_runtime(name) or name in newest_runtime(gpu=True).freeze


def _core(name: str) -> str:
    return re.sub(r"[-_.]+", "", _AFFIXES.sub("", _VARIANT.sub("", name))).lower()


def _may_bring(installed: str, core: str) -> bool:
    """Whether names alike say that one brings the other: langchain-pinecone needs pinecone, and
    langchain brings langchain-core.
    """
    return core in installed or (bool(installed) and core.startswith(installed))


def _is_own(module: str, project: Declared | None, directory: Path | None) -> bool:
    places = Declared(frozenset(), (directory,)) if directory is not None else None
    return any(one is not None and one.holds(module) for one in (project, places))


def _message(found: Import, project: Declared | None) -> str:
    table = tabled(found.module)
    name = table.distribution if table and table.distribution else normalise(found.root)
    where = "the project declares" if project else "Colab has"
    return (
        f"nothing installs `{found.root}`: neither this notebook nor what {where};"
        f" add {name} to the requirements"
    )
