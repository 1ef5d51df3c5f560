"""What in a notebook compiles CUDA, and so needs nvcc in the image."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from nb2prod.analysis.all_facts import Facts
from nb2prod.data.cuda_packages import compiles_cuda, is_compiled_repository
from nb2prod.environment.model import Pin
from nb2prod.location import Evidence, Location
from nb2prod.notebook.model import Notebook

# numba compiles with the toolkit's libnvvm, which only the images for development have.
_IN_CODE = (
    (re.compile(r"^\s*%?load_ext\s+nvcc", re.M), "loads an extension that runs nvcc"),
    (re.compile(r"^\s*%%(cu|cuda|cuda_group_run|nvcc)\b", re.M), "has a cell of CUDA"),
    (re.compile(r"^\s*(from\s+numba\s+import\s[^#\n]*\bcuda\b|import\s+numba\.cuda\b"
                r"|from\s+numba\.cuda\b)", re.M), "compiles for the GPU with numba"),
)  # fmt: skip
_MODULES = {"torch.utils.cpp_extension": "builds an extension of torch"}
_TOOLKIT = re.compile(r"(nvidia-cuda-toolkit|cuda-(toolkit|nvcc|compiler|minimal-build)\b|cuda-\d)")


def compiled_in(notebook: Notebook, facts: Facts) -> tuple[Evidence, ...]:
    """Everything in the notebook that runs nvcc or needs what comes with it, by its first place."""
    found: dict[str, Evidence] = {}
    for detail, place in _found(notebook, facts):
        found.setdefault(detail, Evidence("pinned", f"the notebook {detail}", place))
    return tuple(found.values())


def compiled_by(pins: Iterable[Pin], closure: Mapping[str, str]) -> Iterator[Evidence]:
    """What is installed and known to run nvcc."""
    versions = {**closure, **{pin.name: pin.version for pin in pins}}
    for name, version in versions.items():
        if compiles_cuda(name):
            yield Evidence("table", f"{name} {version} compiles CUDA")


def _found(notebook: Notebook, facts: Facts) -> Iterator[tuple[str, Location]]:
    yield from (("runs nvcc", one.location) for one in facts.commands if one.name == "nvcc")
    for cell in notebook.code_cells:
        for pattern, detail in _IN_CODE:
            match = pattern.search(cell.source)
            if match:
                # The blanks before it may begin on an empty line above.
                start = match.start() + len(match[0]) - len(match[0].lstrip())
                yield detail, Location(cell.number, cell.source.count("\n", 0, start) + 1)
    yield from _imported_or_installed(facts)


def _imported_or_installed(facts: Facts) -> Iterator[tuple[str, Location]]:
    for found in facts.imports:
        for module, detail in _MODULES.items():
            if found.module == module or found.module.startswith(f"{module}."):
                yield detail, found.location
    for install in facts.installs:
        for text in install.requirements:
            if install.tool == "apt" and _TOOLKIT.match(text):
                yield f"installs {text.partition('=')[0]}", install.location
            elif install.tool == "pip" and "git+" in text and is_compiled_repository(text):
                yield "installs a repository that compiles CUDA", install.location
    for clone in facts.clones:
        if is_compiled_repository(clone.url):
            yield "clones a repository that compiles CUDA", clone.location
