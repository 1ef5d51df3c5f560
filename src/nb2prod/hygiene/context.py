"""A notebook as the rules see it: everything is worked out once, when a rule first asks for it."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nb2prod.analysis.cell_code import shell_scripts
from nb2prod.errors import NotebookError
from nb2prod.hygiene.model import Finding, Fix, Part, Profile, Rule
from nb2prod.hygiene.shown import excerpt, hidden, stars
from nb2prod.location import Location
from nb2prod.notebook.ipython import parse_notebook, plain_lines
from nb2prod.notebook.language import is_python, language_of
from nb2prod.notebook.lean import JsonPath, LeanCell, LeanNotebook, read_lean
from nb2prod.notebook.model import Cell, CellKind, Notebook, Origin
from nb2prod.notebook.statements import ParsedCell
from nb2prod.notebook.trees import shared_tree, walk

if TYPE_CHECKING:
    from nb2prod.analysis.facts import Facts
    from nb2prod.hygiene.second_opinion import Leak
    from nb2prod.hygiene.suppression import Directive


_WORD = re.compile(r"\w+")


class CheckedCell:
    """A cell with what the file holds of it. `found` is its JSON, which may be malformed."""

    def __init__(self, context: Context, lean: LeanCell) -> None:
        self._context = context
        self.cell: Cell = lean.cell
        self.found: Mapping[str, Any] = lean.found
        self.path: JsonPath = lean.path
        self.text_path: JsonPath | None = lean.text

    @property
    def number(self) -> int:
        return self.cell.number

    @property
    def kind(self) -> CellKind:
        return self.cell.kind

    @property
    def source(self) -> str:
        return self.cell.source

    @property
    def metadata(self) -> Mapping[str, object]:
        return self.cell.metadata

    @cached_property
    def outputs(self) -> tuple[Mapping[str, Any], ...]:
        """The outputs that are objects; the index of one is not its place in the JSON."""
        outputs = self.found.get("outputs")
        found = outputs if isinstance(outputs, list) else []
        return tuple(output for output in found if isinstance(output, dict))

    @property
    def count(self) -> int | None:
        """The execution count that is recorded; `prompt_number` is what old versions call it."""
        count = self.found.get("execution_count", self.found.get("prompt_number"))
        return count if isinstance(count, int) and not isinstance(count, bool) else None

    @cached_property
    def tags(self) -> tuple[str, ...]:
        """The cell's tags."""
        tags = self.metadata.get("tags")
        return tuple(t for t in tags if isinstance(t, str)) if isinstance(tags, list) else ()

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines of the source."""
        return self.cell.lines

    @cached_property
    def parsed(self) -> ParsedCell:
        """The cell cut into statements. A cell that is no code, or no Python, consists of none."""
        return self._context.parsed_by_number.get(self.number) or ParsedCell(self.cell, "", ())

    @property
    def tree(self) -> ast.Module:
        """The cell's Python; empty for a cell that does not parse. Nobody changes it."""
        return shared_tree(self.parsed.python)

    @property
    def nodes(self) -> tuple[ast.AST, ...]:
        """All nodes of the tree, walked once for all rules."""
        return walk(self.tree)

    @cached_property
    def shell(self) -> tuple[tuple[str, Location], ...]:
        """The shell texts of the cell: `!` lines, `%sx` and the like, the lines of `%%bash`."""
        return tuple(shell_scripts(self.parsed))

    def place(self, node: ast.expr | ast.stmt) -> Location:
        """Where a node of `tree` is."""
        return self.shown(Location(self.number, node.lineno, node.col_offset + 1))

    def shown(self, location: Location) -> Location:
        """A place that the parser tells, in the cell as it stands: with the indentation and the
        prompts that the parser takes off a whole cell.
        """
        return replace(location, column=location.column + self._shift(location.line))

    def offset(self, location: Location) -> int:
        """Where in the source a place is. The source ends at the last one."""
        starts = self._starts
        start = starts[min(location.line, len(starts)) - 1]
        return min(start + location.column - 1, len(self.source))

    def place_at(self, offset: int) -> Location:
        """The place of an offset in the source."""
        before = self.source[:offset]
        line_start = before.rfind("\n") + 1
        return Location(self.number, before.count("\n") + 1, offset - line_start + 1)

    def span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """The offsets in the source at which a node of `tree` begins and ends."""
        end = Location(self.number, node.end_lineno or node.lineno, (node.end_col_offset or 0) + 1)
        return self.offset(self.place(node)), self.offset(self.shown(end))

    @cached_property
    def hidden(self) -> str:
        """The source with the values of secrets blanked: all that anybody is shown of it."""
        shown = hidden(self.source, code=self.kind == "code")
        for leak in self._context.leaks:
            if leak.cell == self.number and leak.output is None:
                shown = shown[: leak.start] + stars(leak.value) + shown[leak.end :]
        return shown

    @cached_property
    def _starts(self) -> list[int]:
        starts, position = [0], 0
        while (position := self.source.find("\n", position) + 1) > 0:
            starts.append(position)
        return starts

    @cached_property
    def _plain(self) -> list[str]:
        return plain_lines(self.cell)

    def _shift(self, line: int) -> int:
        """How many characters the parser takes off the beginning of a line."""
        opening = self.source[:1]
        if not (opening.isspace() or opening in (">", "I")) or line > len(self.lines):
            return 0
        return len(self.lines[line - 1]) - len(self._plain[line - 1])


class Context:
    """A notebook, and what there is to know about it.

    `path` is what the file is called in findings; `directory` is where it lies, None for standard
    input; `profile` says how it is checked. `problem` says why the bytes are no notebook; there are
    no cells then.
    """

    def __init__(
        self,
        path: str,
        content: bytes,
        profile: Profile,
        directory: Path | None = None,
    ) -> None:
        self.path = path
        self.content = content
        self.directory = directory
        self.profile = profile
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
        return frozenset(_WORD.findall("\n".join(cell.source for cell in self.code_cells)))

    @cached_property
    def notebook(self) -> Notebook:
        """The notebook as `nb2prod.analysis` takes it, without its origin and what is beside it.

        Its `document` is nbformat 4 with the outputs that are as the format wants them; those of
        older versions are left out.
        """
        return Notebook(
            name=Path(self.path).stem,
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

        notebook = replace(self.notebook, origin=find_origin(self.metadata, self.notebook.cells))
        if self.directory is None:
            return notebook
        sources = [cell.source for cell in notebook.code_cells]
        found = files_beside(self.directory, sources)
        return replace(notebook, beside=found.files, not_copied=found.refused)

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
        return parse_notebook(self.notebook) if self.is_python else ()

    @cached_property
    def parsed_by_number(self) -> Mapping[int, ParsedCell]:
        """The same by the cells' numbers."""
        return {parsed.cell.number: parsed for parsed in self.parsed}

    @cached_property
    def directives(self) -> tuple[Directive, ...]:
        """What keeps findings of this notebook back, and what it was used for so far."""
        from nb2prod.hygiene.suppression import find_directives

        return tuple(find_directives(self))

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
        of the notebook's is in neither its message nor its excerpt.
        """
        shown = ""
        message = hidden(message, code=False)
        if part == "source" and place is not None and place.cell <= len(self.cells):
            shown = excerpt(self.cells[place.cell - 1].hidden, place)
        return Finding(self.path, rule.code, place, message, rule.severity, part, fix, shown)
