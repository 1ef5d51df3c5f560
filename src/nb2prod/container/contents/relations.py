"""What depends on what in a bill of materials."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nb2prod.container.contents import graph
from nb2prod.container.contents.model import Inventory
from nb2prod.container.project import Project

if TYPE_CHECKING:
    from cyclonedx.model.bom import Bom
    from cyclonedx.model.component import Component

_OWN = "/opt/venv"


@dataclass(frozen=True, slots=True)
class Parts:
    """What is inside the image; distributions and packages as the inventory has them."""

    program: Component
    release: Component
    python: Component
    distributions: Sequence[Component]
    packages: Sequence[Component]
    repositories: Sequence[Component]

    @property
    def all(self) -> tuple[Component, ...]:
        """Each of them."""
        named = (self.program, self.release, self.python)
        return (*named, *self.distributions, *self.packages, *self.repositories)


def relate(bom: Bom, image: Component, parts: Parts, project: Project, found: Inventory) -> None:
    """Say what depends on what; whatever nothing asks for is there for what it was installed with:
    the program, its Python, the system.
    """
    direct = _requirements(project)
    required = graph.python_edges(found.distributions, found.python.markers, direct)
    own = _of_program(found, required, direct)
    others = graph.entries(required, own)
    of_program = [*own, *(index for index in others if _is_own(found, index))]
    of_python = [index for index in others if not _is_own(found, index)]
    interpreters = {f"python{found.python.markers.get('python_version', '')}", "python3"}
    from_system = [
        index
        for index, one in enumerate(found.packages)
        if one.name in interpreters and found.python.base == "/usr"
    ]
    system = graph.system_edges(found.packages)
    distributions, packages = parts.distributions, parts.packages

    bom.register_dependency(image, [parts.program, parts.release])
    bom.register_dependency(
        parts.program,
        [
            parts.python,
            *(distributions[index] for index in of_program),
            *(packages[index] for index in _declared(project, found)),
            *parts.repositories,
        ],
    )
    bom.register_dependency(
        parts.python,
        [
            *(distributions[index] for index in of_python),
            *(packages[index] for index in from_system),
        ],
    )
    bom.register_dependency(parts.release, [packages[index] for index in graph.entries(system)])
    for edges, nodes in ((required, distributions), (system, packages)):
        for index, targets in edges.items():
            bom.register_dependency(nodes[index], [nodes[one] for one in targets])


def _requirements(project: Project) -> list[str]:
    """What the program itself requires: as its pyproject.toml says, which has extras, else the
    pins of its manifest.
    """
    try:
        document = tomllib.loads((project.root / "pyproject.toml").read_text("utf-8"))
        stated = document["project"]["dependencies"]
        if isinstance(stated, list):
            return [one for one in stated if isinstance(one, str)]
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return [pin["name"] for pin in project.manifest.get("pins", [])]


def _of_program(found: Inventory, edges: graph.Edges, direct: Sequence[str]) -> list[int]:
    """The distributions that the program itself requires."""
    from packaging.requirements import InvalidRequirement, Requirement
    from packaging.utils import canonicalize_name

    names = set()
    for text in direct:
        try:
            names.add(canonicalize_name(Requirement(text).name))
        except InvalidRequirement:
            continue
    return [
        index
        for index in edges
        if _is_own(found, index) and canonicalize_name(found.distributions[index].name) in names
    ]


def _is_own(found: Inventory, index: int) -> bool:
    """Whether it is in the program's environment, and not in the Python beside it."""
    return found.distributions[index].place.startswith(f"{_OWN}/")


def _declared(project: Project, found: Inventory) -> list[int]:
    """The system's packages that the project installs for the program."""
    names = {one["name"].partition(":")[0] for one in project.manifest.get("system_packages", [])}
    return [index for index, one in enumerate(found.packages) if one.name in names]
