"""From the cells' statements to the modules of the program, on the highest rung that is safe."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, replace

import libcst as cst

from nb2prod.analysis.name_scopes import scope_of
from nb2prod.errors import LayoutError
from nb2prod.notebook.model import Cell
from nb2prod.options import LayoutName
from nb2prod.program import hoisting, layout
from nb2prod.program.bodies import body_of, first_set_up, set_up_of, spaced
from nb2prod.program.context import Context
from nb2prod.program.cst_names import statements
from nb2prod.program.definitions import definitions
from nb2prod.program.head import import_lines, module_head
from nb2prod.program.model import Layout, Module, Section
from nb2prod.program.pieces import (
    Piece,
    TopStatement,
    code_of,
    flow_of,
    has_top_level_await,
    imports_apart,
    module_of,
    without_carriers,
)
from nb2prod.program.section_model import Parts
from nb2prod.program.section_modules import section_modules
from nb2prod.program.sections import Split, flow_names, split
from nb2prod.program.stretches import Stretch, cut_at, stretches_of
from nb2prod.program.variables import with_variables_passed, without_annotations


@dataclass(frozen=True, slots=True)
class Assembled:
    """The modules before formatting, with what was decided about their shape; `imports` as in
    `Program`.
    """

    modules: tuple[Module, ...]
    layout: Layout
    asynchronous: bool
    imports: tuple[tuple[str, int], ...]
    sections: tuple[Section, ...] = ()


def assemble(
    pieces: Sequence[Piece],
    cells: Sequence[Cell],
    context: Context,
    package: str,
    title: str,
    local: frozenset[str],
    python: tuple[int, int],
    wanted: LayoutName = "auto",
) -> Assembled:
    """Split the flow into sections, put it into `main()`, or leave it a script: what is safe.

    `title` becomes the docstring; `local` are the modules that the notebook itself makes, `python`
    the version that the program runs on. Raises `LayoutError` when the wanted rung is not safe.
    """
    pieces = imports_apart(without_carriers(pieces), _generated(context))
    flow = flow_of(pieces, cells)
    imports = _imports_on_top(flow, context, local)
    nothing: frozenset[int] = frozenset()
    set_up = first_set_up(pieces)
    whole = Parts(tuple(pieces), tuple(flow), nothing, nothing, set_up, context, package, title)
    given = {context.configuration}
    free = definitions(flow, imports, given, passing=False)
    moved = imports | free.top
    refused = layout.objection(flow, moved, flow_names(flow, moved, free), python)
    asynchronous = has_top_level_await(flow)
    stretches = stretches_of(cells, pieces) if wanted in ("auto", "sections") else ()
    late = _late(whole, stretches, imports, python)
    if late is not None:
        return late
    if refused is not None and wanted == "sections":
        raise LayoutError(wanted, refused.reason, refused.location)
    if refused is not None and asynchronous and wanted != "script":
        # A script cannot await: the flow is a coroutine whose variables are the module's own.
        reason = f"the notebook awaits at its top level, although {refused.reason}"
        parts = _standing(whole, imports, free.top)
        chosen = Layout("main", reason, refused.location)
        return _main(parts, chosen, asynchronous=True, shared=True)
    if refused is not None and wanted == "main":
        raise LayoutError(wanted, refused.reason, refused.location)
    if wanted == "script" and asynchronous:
        raise LayoutError(wanted, "the notebook awaits at its top level", None)
    if refused is not None or wanted == "script":
        chosen = refused or Layout("script", "asked for")
        future = frozenset(index for index in imports if "__future__" in flow[index].code)
        return _script(_standing(whole, future, frozenset()), chosen)
    below = Layout("main", "asked for")
    if wanted != "main":
        found = split(stretches, flow, imports, given)
        below = _why_not_split(found, flow)
        if not below.reason:
            parts = _standing(whole, imports, found.definitions.top)
            made = section_modules(parts, found)
            assert made is not None  # only late modules can be in the way of others
            return Assembled(made[0], below, asynchronous, _import_cells(parts), made[1])
        if wanted == "sections":
            raise LayoutError("sections", below.reason, below.location)
    parts = _standing(whole, imports, free.top)
    return _main(parts, below, asynchronous=asynchronous)


def _late(
    whole: Parts,
    stretches: Sequence[Stretch],
    imports: frozenset[int],
    python: tuple[int, int],
) -> Assembled | None:
    """Sections of which some are imported in the middle of the run, because imports have to stay
    behind what comes before them; None where none has to, or where that is not safe, either.
    """
    flow, context = whole.flow, whole.context
    later = hoisting.late_imports(flow, imports, _support(context))
    if not later or len(stretches) < 2:
        return None
    given = {context.configuration}
    imports |= frozenset(later)
    free = definitions(flow, imports, given, passing=False)
    moved = imports | free.top
    if layout.objection(flow, moved, flow_names(flow, moved, free), python) is not None:
        return None
    staying = {one.piece for index, one in enumerate(flow) if index not in moved}
    cut = cut_at(stretches, flow[later[0]].piece, staying)
    if cut is None:
        return None
    stretches, first = cut
    found = split(stretches, flow, imports, given)
    crossing = any(min(one.pieces) < first <= max(one.pieces) for one in found.stretches)
    if crossing or _why_not_split(found, flow).reason:
        return None
    parts = _standing(whole, imports, found.definitions.top)
    made = section_modules(
        replace(parts, late=first, later=frozenset(flow[i].piece for i in later)), found
    )
    if made is None:
        return None
    modules, sections = made
    chosen = Layout("sections")
    return Assembled(modules, chosen, has_top_level_await(flow), _import_cells(parts), sections)


def _support(context: Context) -> str | None:
    return f"{context.shell_module}." if "shell" in context.needs.support else None


def _imports_on_top(
    flow: Sequence[TopStatement], context: Context, local: frozenset[str]
) -> frozenset[int]:
    cloned = {_repository(clone.url) for clone in context.facts.clones}
    generated = _generated(context)
    imports = hoisting.movable_imports(flow, local, _support(context), generated, cloned)
    # A line with several statements moves as a whole or not at all.
    staying = {one.piece for index, one in enumerate(flow) if index not in imports}
    return frozenset(index for index in imports if flow[index].piece not in staying)


def _generated(context: Context) -> frozenset[str]:
    """The modules that code of nb2prod's asks for by their own names."""
    needs = context.needs.modules
    return frozenset(name for name in needs if context.module_alias(name) == name)


def _repository(url: str) -> str:
    """The name of a repository as that of a module."""
    return url.rstrip("/").rpartition("/")[2].removesuffix(".git").replace("-", "_").lower()


def _why_not_split(found: Split, flow: Sequence[TopStatement]) -> Layout:
    """The rung of a split: `sections` without a reason where there are two modules or more."""
    if len(found.stretches) > 1 and any(found.statements):
        return Layout("sections")
    if found.merged:
        clash = found.merged[-1]
        return Layout("main", clash.reason, flow[clash.statement].location)
    return Layout("main", "the notebook has no parts that headings or its code would tell apart")


def _standing(whole: Parts, imports: frozenset[int], top: frozenset[int]) -> Parts:
    """The parts with these statements of the flow, by their indexes, at the top of modules."""
    flow = whole.flow
    return replace(
        whole,
        imports=frozenset(flow[index].piece for index in imports),
        top=frozenset(flow[index].piece for index in top),
    )


def _import_cells(parts: Parts) -> tuple[tuple[str, int], ...]:
    """The cell of each import at the top of a module, as `Program.imports` has them."""
    found: dict[str, int] = {}
    for statement in parts.flow:
        for key in import_keys(statement.tree) if statement.piece in parts.imports else ():
            found.setdefault(key, statement.cell)
    return tuple(found.items())


def import_keys(tree: ast.stmt) -> list[str]:
    """What an import statement imports, as `Program.imports` writes it; nothing for any other."""
    if not isinstance(tree, ast.Import | ast.ImportFrom):
        return []
    module = (tree.module or "") if isinstance(tree, ast.ImportFrom) else ""
    return [f"{module}:{alias.name}:{alias.asname or ''}" for alias in tree.names]


def _main(parts: Parts, chosen: Layout, *, asynchronous: bool, shared: bool = False) -> Assembled:
    """The flow in one function; where they are `shared`, its variables are the module's."""
    context = parts.context
    body = body_of(dict(enumerate(parts.pieces)), parts.imports, parts.top, parts.set_up)
    opening: list[cst.BaseStatement] = []
    cells = list(body.cells)
    if parts.set_up in parts.imports:
        opening = set_up_of(parts.pieces[parts.set_up or 0].statement)
        cells[:0] = cells[:1]
    name, parameter = context.entry_point, f"{context.configuration}: {context.configuration_class}"
    function = statements(
        f"{'async ' if asynchronous else ''}def {name}({parameter}) -> None:\n"
        '    """Run the notebook from its first cell to its last."""\n'
    )[0]
    assert isinstance(function, cst.FunctionDef)
    if shared:
        names = sorted({name for one in body.statements for name in scope_of(code_of(one)).binds})
        if names:
            opening = [*statements(f"global {', '.join(names)}"), *opening]
        inside = [without_annotations(one) for one in body.statements]
    else:
        inside = [with_variables_passed(one, {}, inside=True) for one in body.statements]
    block = function.body.with_changes(
        body=[*function.body.body, *opening, *inside], footer=body.footer
    )
    above = [spaced(statement, 2) for statement in body.above.values()]
    code = module_of([*above, spaced(function.with_changes(body=block), 2)]).code
    lines = import_lines(parts.pieces[index].tree for index in sorted(parts.imports))
    head = module_head(context, parts.package, parts.title, lines)
    module = Module("pipeline", "\n".join(head) + "\n" + code, name, tuple(cells))
    return Assembled((module,), chosen, asynchronous, _import_cells(parts))


def _script(parts: Parts, chosen: Layout) -> Assembled:
    context = parts.context
    lines = import_lines(parts.pieces[index].tree for index in sorted(parts.imports))
    head = module_head(context, parts.package, parts.title, lines, script=True)
    opening: list[cst.BaseStatement] = []
    if context.needs.configuration:
        opening += statements(f"{context.configuration} = current()")
    body = body_of(dict(enumerate(parts.pieces)), parts.imports, frozenset(), parts.set_up)
    code = module_of([*opening, *body.statements], body.footer).code
    module = Module("pipeline", "\n".join(head) + "\n\n" + code, None, tuple(body.cells))
    return Assembled((module,), chosen, False, _import_cells(parts))
