"""The modules of a notebook that is split into sections, and `pipeline.py` that runs them."""

from __future__ import annotations

import ast
from collections.abc import Sequence

import libcst as cst

from nb2prod.analysis.name_scopes import scope_of
from nb2prod.program.bodies import set_up_of, spaced
from nb2prod.program.head import module_head, reading
from nb2prod.program.model import Module, Section
from nb2prod.program.pieces import code_of, module_of
from nb2prod.program.section_functions import Functions, bare, returns_object
from nb2prod.program.section_model import Parts, SectionModule
from nb2prod.program.section_plan import Plan
from nb2prod.program.sections import Split


def section_modules(
    parts: Parts, split: Split
) -> tuple[tuple[Module, ...], tuple[Section, ...]] | None:
    """`pipeline` and a module for each section, in order; None where a module would need a late one
    too early.
    """
    plan = Plan(parts, split)
    if plan.is_tangled():
        return None
    writer = _Writer(plan)
    modules = [writer.source(module) for module in plan.modules]
    common = [writer.common_source()] if plan.common else []
    sections = tuple(
        Section(
            module.title,
            module.name,
            tuple(
                sorted(
                    {
                        parts.pieces[index].cell
                        for index in module.stretch.pieces
                        if parts.pieces[index].statement is not None
                    }
                )
            ),
            module.passed.reads,
            module.passed.gives,
        )
        for module in plan.modules
    )
    return (writer.pipeline(), *modules, *common), sections


class _Writer:
    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self.parts, self.context = plan.parts, plan.context
        self._functions = Functions(plan)
        self._read_anywhere = {name for one in plan.parts.flow for name in one.scope.reads}

    def source(self, module: SectionModule) -> Module:
        """A section's module."""
        above = [spaced(self._functions.passing(one), 2) for one in module.above.values()]
        lines: list[cst.BaseStatement] = [*above]
        cells: tuple[int, ...] = ()
        if module.runs:
            if returns_object(module):
                lines.append(spaced(self._functions.result_class(module), 2))
            lines.append(spaced(self._functions.function(module), 2))
            cells = self._functions.cells(module)
        footer = () if module.runs else module.body.footer
        code = module_of(lines, footer).code
        stays = [index for index in module.stretch.pieces if index in self.parts.imports]
        head = self._head(module.name, module.title, code, stays, late=self._plan.is_late(module))
        function = module.function if module.runs else None
        return Module(module.name, f"{head}\n{code}", function, cells)

    def common_source(self) -> Module:
        """The module of what several sections use and no one can own."""
        statements_ = [self.parts.pieces[index].statement for index in sorted(self._plan.common)]
        code = module_of(
            [spaced(self._functions.passing(one), 2) for one in statements_ if one]
        ).code
        title = "What several sections of the notebook use"
        return Module("common", f"{self._head('common', title, code, ())}\n{code}")

    def pipeline(self) -> Module:
        """The module that runs the sections in order."""
        context = self.context
        lines: list[str] = []
        held: dict[str, str] = {}
        set_up = self.parts.set_up
        if set_up in self.parts.imports - self.parts.later:
            set_up_lines = module_of(set_up_of(self.parts.pieces[set_up or 0].statement)).code
            lines += set_up_lines.splitlines()
        reached = False
        for module in self._plan.modules:
            if self._plan.is_late(module) and not reached:
                lines += ["", "# Their imports need what the run has done by now."]
                lines += [
                    self._import_of(one) for one in self._plan.modules if self._plan.is_late(one)
                ]
                lines.append("")
                if set_up in self.parts.later:
                    again = self.parts.pieces[set_up or 0].statement
                    lines += code_of(bare(again)).splitlines() if again is not None else []
                    lines += module_of(set_up_of(again)).code.splitlines()
                reached = True
            if module.runs:
                lines.append(self._functions.call(module, held))
        asynchronous = any(module.asynchronous for module in self._plan.modules)
        parameter = f"{context.configuration}: {context.configuration_class}"
        body = "\n".join(f"    {line}" for line in lines)
        code = (
            f"\n\n{'async ' if asynchronous else ''}def"
            f" {context.entry_point}({parameter}) -> None:\n"
            f'    """Run the notebook\'s sections in order."""\n{body}\n'
        )
        early = [module for module in self._plan.modules if not self._plan.is_late(module)]
        own = [self._import_of(module) for module in early if module.runs]
        # A module with definitions alone is imported by those that use them; one that nobody uses
        # is part of the program all the same.
        used = {name for names in self._plan.imports_between().values() for name in names}
        lonely = [m.name for m in early if not m.runs and m.name not in used]
        own += [f"from {self.parts.package} import {name}  # noqa: F401" for name in lonely]
        imports = self._import_lines(code, ())
        read = scope_of(code).reads
        head = module_head(
            context, self.parts.package, self.parts.title, imports, own=own, read=read
        )
        return Module("pipeline", "\n".join(head) + code)

    def _import_of(self, module: SectionModule) -> str:
        if not module.runs:
            return f"from {self.parts.package} import {module.name}  # noqa: F401"
        return f"from {self.parts.package}.{module.name} import {module.function}"

    def _head(
        self, own_name: str, title: str, code: str, stays: Sequence[int], *, late: bool = False
    ) -> str:
        read = scope_of(code).reads
        own = [
            f"from {self.parts.package}.{self._plan.places[name]} import {name}"
            for name in sorted(read & self._plan.places.keys())
            if self._plan.places[name] != own_name
        ]
        imports = self._import_lines(code, stays, late=late)
        head = module_head(self.context, self.parts.package, title, imports, own=own, read=read)
        return "\n".join(head) + "\n"

    def _import_lines(self, code: str, stays: Sequence[int], *, late: bool = False) -> list[str]:
        """The notebook's imports that a module needs: of what it reads, and those that nobody reads
        where they stood.
        """
        read = scope_of(code).reads
        lines: list[str] = []
        for index in sorted(self.parts.imports):
            too_late = index in self.parts.later
            for tree in self.parts.pieces[index].tree:
                text = ast.unparse(tree)
                if text.endswith("import *"):
                    # Nobody knows who reads what it brings: each module may.
                    lines += [text] if late or not too_late else []
                elif too_late and not late:
                    continue
                elif isinstance(tree, ast.ImportFrom) and tree.module == "__future__":
                    lines.append(text)
                else:
                    wanted = read | (self._unread(tree) if index in stays else frozenset())
                    lines += reading(text, wanted)
        return lines

    def _unread(self, tree: ast.stmt) -> frozenset[str]:
        return scope_of(ast.unparse(tree)).binds - self._read_anywhere
