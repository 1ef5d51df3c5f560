"""A notebook as the rules see it: everything is worked out once, when a rule first asks for it."""

from __future__ import annotations

import os
import re
from functools import cached_property

from nb2prod.errors import NotebookError
from nb2prod.hygiene.cells import CheckedCell
from nb2prod.hygiene.model import Finding
from nb2prod.hygiene.signs import Signs
from nb2prod.notebook.ipython import parse_cells
from nb2prod.notebook.language import is_python, language_of
from nb2prod.notebook.lean import LeanNotebook, read_lean
from nb2prod.notebook.model import Notebook, Origin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import Any

    from nb2prod.analysis.all_facts import Facts
    from nb2prod.analysis.tokens import Token
    from nb2prod.hygiene.meanings import Meanings
    from nb2prod.hygiene.model import Fix, Part, Profile, Rule
    from nb2prod.hygiene.second_opinion import Leak
    from nb2prod.hygiene.suppression import Directive
    from nb2prod.location import Location
    from nb2prod.notebook.model import Platform
    from nb2prod.notebook.statements import ParsedCell

_WORD = re.compile(r"\w+")


class Context:
    """A notebook, and what there is to know about it.

    `path` is what the file is called in findings; `directory` is where it lies (`folder` as a
    text), None for standard input; `profile` says how it is checked. `problem` says why the bytes
    are no notebook; there are no cells then.
    """

    def __init__(
        self,
        path: str,
        content: bytes,
        profile: Profile,
        directory: str | os.PathLike[str] | None = None,
    ) -> None:
        self.path = path
        self.content = content
        self.folder = None if directory is None else os.fspath(directory)
        self.profile = profile
        # Whether the findings depend on more than the bytes, the profile and what the project
        # around the notebook declares.
        self.depends_on_more = profile.secrets_scanner != "none"
        self.problem: NotebookError | None = None
        try:
            lean = read_lean(content)
        except NotebookError as error:
            self.problem = error
            lean = LeanNotebook({}, "", (), {})
        self.document: Mapping[str, Any] = lean.document
        self.nbformat: str = lean.nbformat
        self.metadata: Mapping[str, Any] = lean.metadata
        self.cells: tuple[CheckedCell, ...] = tuple(CheckedCell(self, cell) for cell in lean.cells)

    @cached_property
    def signs(self) -> Signs:
        """What is to be seen at once of what rules are about."""
        return Signs(self)

    @cached_property
    def directory(self) -> Path | None:
        """Where the file lies; None for standard input."""
        from pathlib import Path

        return None if self.folder is None else Path(self.folder)

    @cached_property
    def language(self) -> str:
        """The notebook's language, as its metadata tell it."""
        return language_of(self.metadata)

    @cached_property
    def is_python(self) -> bool:
        """Whether the code is Python; of any other language the code cells are left alone."""
        return is_python(self.metadata)

    @cached_property
    def code_cells(self) -> tuple[CheckedCell, ...]:
        """The code cells of a Python notebook, in order; none of any other."""
        return tuple(cell for cell in self.cells if cell.kind == "code") if self.is_python else ()

    @cached_property
    def words(self) -> frozenset[str]:
        """All words of the code cells, whatever they are in: names, texts, shell lines, notes."""
        return frozenset(_WORD.findall(self.code))

    @cached_property
    def code(self) -> str:
        """The sources of all code cells."""
        return "\n".join([cell.source for cell in self.code_cells])

    @cached_property
    def notebook(self) -> Notebook:
        """The notebook as `nb2prod.analysis` takes it, without its origin and what is beside it.

        Its `document` is nbformat 4 with the outputs that are as the format wants them; those of
        older versions are left out.
        """
        return Notebook(
            name=os.path.splitext(os.path.basename(self.path))[0],
            sha256="",
            nbformat=self.nbformat,
            cells=tuple(cell.cell for cell in self.cells),
            origin=Origin("jupyter", ()),
            metadata=self.metadata,
            document=self._document,
        )

    @cached_property
    def notebook_in_place(self) -> Notebook:
        """The same with its origin, and the files that lie beside it and that it needs."""
        from nb2prod.notebook.beside import files_beside
        from nb2prod.notebook.origin import find_origin

        notebook = self.notebook._replace(origin=find_origin(self.metadata, self.notebook.cells))
        if self.directory is None:
            return notebook
        self.depends_on_more = True
        sources = [cell.source for cell in notebook.code_cells]
        found = files_beside(self.directory, sources)
        return notebook._replace(beside=found.files, not_copied=found.refused)

    @cached_property
    def meanings(self) -> Meanings:
        """What the names of the notebook stand for by its imports."""
        from nb2prod.hygiene.meanings import Meanings

        return Meanings(self)

    @cached_property
    def platform(self) -> Platform:
        """What the notebook was written on."""
        from nb2prod.notebook.origin import find_origin

        return find_origin(self.metadata, tuple(cell.cell for cell in self.cells)).platform

    @cached_property
    def facts(self) -> Facts:
        """All that `nb2prod.analysis` gathers of the notebook. It costs as much as all parsing."""
        from nb2prod.analysis.gather import gather

        return gather(self.notebook_in_place, self.parsed)

    @cached_property
    def _document(self) -> Mapping[str, Any]:
        from nb2prod.hygiene.schema import output_problem

        cells = [
            {
                "cell_type": cell.kind,
                "metadata": cell.metadata,
                "source": cell.source,
                "execution_count": cell.count,
                "outputs": [one for one in cell.outputs if output_problem(one, 5) is None],
            }
            for cell in self.cells
        ]
        return {"cells": cells, "metadata": self.metadata, "nbformat": 4, "nbformat_minor": 4}

    @cached_property
    def parsed(self) -> tuple[ParsedCell, ...]:
        """The code cells of a Python notebook cut into statements."""
        return parse_cells(cell.cell for cell in self.code_cells)

    @cached_property
    def parsed_by_number(self) -> Mapping[int, ParsedCell]:
        """The same by the cells' numbers."""
        return {parsed.cell.number: parsed for parsed in self.parsed}

    @cached_property
    def directives(self) -> tuple[Directive, ...]:
        """What keeps findings of this notebook back, and what it was used for so far."""
        if b"nb2prod" not in self.content and "noqa" not in self.code.lower():
            return ()
        from nb2prod.hygiene.suppression import find_directives

        return tuple(find_directives(self))

    @cached_property
    def secrets(self) -> Mapping[str, Token]:
        """The secrets in the cells' texts by their values, each as it is found first."""
        if not self.signs.may_hold_secrets:
            return {}
        tokens = [token for cell in reversed(self.cells) for token in reversed(cell.tokens)]
        return {token.value: token for token in tokens}

    @cached_property
    def leaks(self) -> tuple[Leak, ...]:
        """The secrets that a second scanner alone finds; none unless one is switched on."""
        if self.profile.secrets_scanner == "none":
            return ()
        from nb2prod.hygiene.second_opinion import find_leaks

        return find_leaks(self)

    def option(self, rule: Rule, name: str) -> Any:
        """The value of an option of a rule: the one that is set, or its default."""
        default = next(option.default for option in rule.options if option.name == name)
        return self.profile.options.get(rule.code, {}).get(name, default)

    def found(
        self,
        rule: Rule,
        place: Location | None,
        message: str,
        *,
        part: Part = "source",
        fix: Fix | None = None,
    ) -> Finding:
        """A finding of a rule in this notebook. `place` counts in the cells as they stand. A secret
        of the notebook's is not in its message.
        """
        if self.secrets:
            from nb2prod.hygiene.shown import hidden

            message = hidden(message, code=False, values=self.secrets)
        return Finding(self.path, rule.code, place, message, rule.severity, part, fix)
