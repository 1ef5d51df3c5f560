"""`build`: from a notebook and its facts to its program and ledger."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace

from nb2prod.analysis.all_facts import Facts
from nb2prod.analysis.beside import Beside, beside_of
from nb2prod.analysis.imports import local_modules
from nb2prod.analysis.ipython_names import keeps_names, names_bound_by_ipython
from nb2prod.analysis.names import bound_names, names_of_notebook
from nb2prod.analysis.notebook_roots import notebook_roots
from nb2prod.analysis.platform_api import platform_names
from nb2prod.analysis.undefined import undefined_names
from nb2prod.data.standard_library import is_standard
from nb2prod.notebook.ipython import parse_notebook
from nb2prod.notebook.model import Notebook
from nb2prod.notebook.statements import ParsedCell
from nb2prod.notebook.trees import shared_tree, walk
from nb2prod.options import LayoutName
from nb2prod.program.assemble import assemble
from nb2prod.program.beside import drawing_cells, modules_that_do_something
from nb2prod.program.cell_rewriter import rewrite_cell
from nb2prod.program.context import Context
from nb2prod.program.figures import ends_with_show
from nb2prod.program.formatting import format_modules
from nb2prod.program.last_value import values_read_as_last
from nb2prod.program.ledger import CellFates, close
from nb2prod.program.markdown import as_comment, title_of
from nb2prod.program.model import Configuration, Ledger, Place, Program
from nb2prod.program.pieces import Piece
from nb2prod.program.places import places

# Libraries whose values a notebook shows as pictures or pages.
_PICTURES = frozenset(
    "IPython PIL altair bokeh dtreeviz eli5 folium graphviz holoviews ipywidgets"
    " kaggle_environments lime matplotlib mediapy plotly pydot pylab pyvis seaborn shap"
    " torchvision wordcloud".split()
)


def build(
    notebook: Notebook,
    facts: Facts,
    package: str,
    python: str,
    cells: tuple[ParsedCell, ...] | None = None,
    *,
    layout: LayoutName = "auto",
) -> tuple[Program, Ledger]:
    """Rewrite the notebook into a program for `package`, valid on Python `python` ("3.12").

    Also returns the ledger. Raises `InternalError` when what was generated does not parse, which is
    a bug, and `LayoutError` when the `layout` that is asked for is not safe.
    """
    cells = parse_notebook(notebook) if cells is None else cells
    context = _context(notebook, facts, cells, package)
    parsed = {cell.cell.number: cell for cell in cells}
    fates: list[CellFates] = []
    pieces: list[Piece] = []
    for cell in notebook.cells:
        if cell.kind == "markdown":
            comment = () if "colab-badge" in cell.source else tuple(as_comment(cell.source))
            if comment:
                pieces.append(Piece(cell.number, None, comment))
        elif cell.kind == "code":
            record = CellFates(cell)
            fates.append(record)
            lines = rewrite_cell(parsed[cell.number], context, record)
            pieces += [Piece(cell.number, line) for line in lines]
    records = {record.cell.number: record for record in fates}
    for found in facts.pasted:
        line_of_code = found.location.line
        if found.in_code and line_of_code is not None:
            record = records[found.location.cell]
            record.set(line_of_code, line_of_code, "attention", found.advice)
    for (cell_number, line), missing in context.undefined.items():
        records[cell_number].set(line, line, "attention", next(iter(missing.values())))
    title = title_of(notebook.cells) or notebook.name
    staying = local_modules(cells) | modules_that_do_something(context.beside, facts)
    minor = int(python.partition(".")[2])
    assembled = assemble(
        pieces, notebook.cells, context, package, title, staying, (3, minor), layout
    )
    sources = [module.source for module in assembled.modules]
    found_places = places(sources, facts, context.roots, context.used_roots)
    context.needs.directories.update(
        kind for place in found_places for kind in (place.directory, place.target) if kind
    )
    formatted = format_modules(
        {f"{module.name}.py": module.source for module in assembled.modules}, python
    )
    modules = [
        replace(module, source=formatted[f"{module.name}.py"]) for module in assembled.modules
    ]
    program = Program(
        package=package,
        modules=tuple(modules),
        configuration=_configuration(context, facts, found_places),
        support=frozenset(context.needs.support),
        layout=assembled.layout,
        entry_point=context.entry_point,
        asynchronous=assembled.asynchronous,
        imports=assembled.imports,
        sections=assembled.sections,
    )
    return program, close(fates)


def _context(
    notebook: Notebook, facts: Facts, cells: tuple[ParsedCell, ...], package: str
) -> Context:
    trees = [shared_tree(cell.python) for cell in cells]
    beside = beside_of(notebook, cells)
    names = platform_names(trees)
    taken = {package}
    bound = Counter(name for tree in trees for name in bound_names(tree))
    # IPython's own `display` is what the generated module replaces; anything else of that name is
    # the author's.
    from_ipython = sum(1 for tree in trees for node in walk(tree) if _imports_display(node))
    if from_ipython and bound["display"] == from_ipython:
        del bound["display"]
    context = Context(
        facts,
        notebook.origin.platform,
        names,
        notebook_roots(notebook, cells, facts.pasted),
        taken,
        frozenset(bound),
    )
    context.beside = beside
    context.note_standard_imports(
        alias.name
        for tree in trees
        for node in walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.asname is None and is_standard(alias.name)
    )
    reads = Counter(
        node.id
        for tree in trees
        for node in walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    )
    context.used_names = frozenset(reads)
    known: frozenset[str] = frozenset()
    until = {}
    for cell, tree in zip(cells, trees, strict=True):
        own = names_of_notebook([tree]) if keeps_names(cell) else frozenset()
        known = known.union(own, names_bound_by_ipython(cell, cells, beside))
        until[cell.cell.number] = known
    context.notebook_names = context.all_names = known
    context.names_until = until
    context.platform_values = frozenset(_platform_values(trees, names))
    context.rebound_names = frozenset(
        name for name in names if bound[name] > _platform_imports(trees, name)
    )
    context.undefined = _undefined(cells, beside)
    if any("_" in missing for missing in context.undefined.values()):
        context.remembered_values = values_read_as_last(cells, context.returns_nothing)
        if context.remembered_values:
            context.undefined = _without_last_value(context.undefined)
    context.returns_nothing = frozenset(_returning_nothing(trees, bound))
    context.set_environment = frozenset(_set_environment(trees))
    context.shows_pictures = any(found.root in _PICTURES for found in facts.imports) or any(
        mark in cell.cell.source for cell in cells for mark in ("_repr_", ".style")
    )
    drawing = drawing_cells(cells, beside, facts)
    if drawing:
        context.save_figures()
    context.drawing_cells = frozenset(
        cell.cell.number for cell in drawing if not ends_with_show(shared_tree(cell.python))
    )
    if "display" in reads and "display" not in bound:
        context.display()
    return context


def _undefined(
    cells: tuple[ParsedCell, ...], beside: Beside
) -> dict[tuple[int, int], dict[str, str]]:
    """By cell and line: the names that are read there and bound nowhere, with the reason."""
    places: dict[tuple[int, int], list[str]] = {}
    failing = {cell.cell.number for cell in cells if cell.cell.may_fail}
    for place, name in undefined_names(cells, beside):
        if place.cell in failing:
            continue  # that may be what the cell is to show
        places.setdefault((place.cell, place.line), []).append(name)
    found = {}
    for line, all_names in places.items():
        names = list(dict.fromkeys(all_names))
        verb = "is" if len(names) == 1 else "are"
        reason = f"{' and '.join(names)} {verb} defined nowhere in the notebook"
        found[line] = dict.fromkeys(names, reason)
    return found


def _without_last_value(
    undefined: Mapping[tuple[int, int], Mapping[str, str]],
) -> dict[tuple[int, int], dict[str, str]]:
    found = {}
    for place, missing in undefined.items():
        others = {name: reason for name, reason in missing.items() if name != "_"}
        if others:
            found[place] = others
    return found


def _platform_values(trees: list[ast.Module], names: dict[str, str]) -> set[str]:
    """The platform's names that stand on their own somewhere, not before a dot or a call."""
    values: set[str] = set()
    for tree in trees:
        parts = {
            id(node.value if isinstance(node, ast.Attribute) else node.func)
            for node in walk(tree)
            if isinstance(node, ast.Attribute | ast.Call)
        }
        values.update(
            node.id
            for node in walk(tree)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
            if node.id in names and id(node) not in parts
        )
    return values


def _imports_display(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.ImportFrom)
        and node.module in ("IPython.display", "IPython.core.display")
        and any(alias.name == "display" and alias.asname is None for alias in node.names)
    )


def _platform_imports(trees: list[ast.Module], name: str) -> int:
    return sum(
        1
        for tree in trees
        for node in walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
        if (alias.asname or alias.name) == name
    )


def _returning_nothing(trees: list[ast.Module], bound: Counter[str]) -> Iterator[str]:
    """Top-level functions that are defined once and have no value to return."""
    for tree in trees:
        for node in tree.body:
            if not isinstance(node, ast.FunctionDef) or node.decorator_list or bound[node.name] > 1:
                continue
            inside = [part for statement in node.body for part in ast.walk(statement)]
            if not any(
                isinstance(part, ast.Yield | ast.YieldFrom)
                or (isinstance(part, ast.Return) and part.value is not None)
                for part in inside
            ):
                yield node.name


def _set_environment(trees: list[ast.Module]) -> set[str]:
    return {
        node.slice.value
        for tree in trees
        for node in walk(tree)
        if isinstance(node, ast.Subscript)
        and isinstance(node.ctx, ast.Store)
        and ast.unparse(node.value) in ("os.environ", "environ")
        and isinstance(node.slice, ast.Constant)
        and isinstance(node.slice.value, str)
    }


def _configuration(context: Context, facts: Facts, found: tuple[Place, ...]) -> Configuration:
    directories = {
        kind: context.directory_fields[kind] if kind in context.needs.directories else None
        for kind in ("data", "work", "output")
    }
    return Configuration(
        options=context.options,
        data_directory=directories["data"],
        work_directory=directories["work"],
        output_directory=directories["output"],
        secrets=tuple(dict.fromkeys(secret.name for secret in facts.secrets)),
        uses_secret_function=context.needs.secret_function,
        places=found,
        questions=tuple(o.field for o in context.options if o.field in context.needs.questions),
        uploads=tuple(context.uploads.values()),
    )
