"""Runs a package as `python -m` does, with marks for cells: `start.py package REQUEST`.

The request is a JSON file: `package`, its `arguments`, `modules` (for each that holds the
notebook's flow its function, if it is in one, and the cells of that block's statements), `imports`
(the cell of each import that went to the top), `record`, `progress`, `watched` and `word`.

The package's files stay as they are: the calls that mark are put into the tree that is compiled.
"""

from __future__ import annotations

import ast
import builtins
import importlib
import importlib.machinery
import json
import os
import runpy
import sys
import traceback
from typing import TYPE_CHECKING, Any

from .files import Watch
from .marks import Marks
from .record import write_record
from .seeds import Seed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import CodeType, ModuleType

_CELL, _END = "__nb2prod_cell__", "__nb2prod_end__"
_TABLES = frozenset({"pandas", "polars", "geopandas", "modin", "cudf", "dask"})


def main(arguments: Sequence[str]) -> int:
    """Run the package; its own exit code."""
    with open(arguments[0], encoding="utf-8") as file:
        request: dict[str, Any] = json.load(file)
    run = _Run(request)
    vars(builtins).update({_CELL: run.cell, _END: run.end})
    sys.meta_path.insert(0, _Finder(request, run))
    sys.argv[:] = [sys.argv[0], *request["arguments"]]
    error: dict[str, object] | None = None
    code = 0
    try:
        runpy.run_module(request["package"], run_name="__main__", alter_sys=True)
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
        if code:
            error = {"name": "SystemExit", "text": str(ended.code), "line": None}
    except BaseException as failure:  # noqa: BLE001 - whatever the notebook raises
        code = 1
        error = {
            "name": type(failure).__name__,
            "text": str(failure),
            "line": _line(failure, request["modules"]),
        }
        traceback.print_exc()
    if error is not None:
        error["cell"] = run.current
    run.cell(0)
    write_record(request["record"], run.names, run.watch, error, request["package"])
    return code


class _Run:
    """What is noted of a run while it goes on."""

    def __init__(self, request: Mapping[str, Any]) -> None:
        self.marks = Marks(request["word"])
        self.watch = Watch(request["watched"])
        self.seed = Seed(request["seed"])
        self.names: dict[str, object] = {}
        self.current = 0
        self.last = 0  # the id of the value that was printed last
        self._progress = request["progress"]
        self._process = os.getpid()

    def cell(self, number: int) -> None:
        """A cell's code begins here."""
        if os.getpid() != self._process:
            return
        self.watch.note(self.current)
        self.current = number
        if number:
            self.seed.begin()
        self.marks.everywhere("cell", cell=number)
        with open(self._progress, "a", encoding="utf-8") as progress:
            progress.write(f"{number}\n")

    def end(self, names: Mapping[str, object], around: Mapping[str, object]) -> None:
        """The flow ends here with these variables."""
        self.names.update(around)
        self.names.update(names)


class _Finder:
    """Finds the package's modules as ever, and has some of them loaded with marks."""

    def __init__(self, request: Mapping[str, Any], run: _Run) -> None:
        self._request = request
        self._run = run

    def find_spec(self, name: str, path: Any, target: Any = None) -> Any:
        package = self._request["package"]
        traced = name in self._request["modules"]
        if not traced and name not in (f"{package}.display", f"{package}.outputs"):
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is None or not isinstance(spec.loader, importlib.machinery.SourceFileLoader):
            return spec
        if traced:
            module = self._request["modules"][name]
            spec.loader = _Traced(name, spec.loader.path, module, self._request["imports"])
        else:
            spec.loader = _Shown(name, spec.loader.path, self._run)
        return spec


class _Traced(importlib.machinery.SourceFileLoader):
    """Loads a module of the notebook's flow with marks between its cells."""

    def __init__(
        self, name: str, path: str, module: Mapping[str, Any], imports: Mapping[str, int]
    ) -> None:
        super().__init__(name, path)
        self._module = module
        self._imports = imports

    def get_code(self, fullname: str) -> CodeType:
        # Not from a cache: what is in it has no marks.
        path = self.get_filename(fullname)
        return self.source_to_code(self.get_data(path), path)

    def source_to_code(  # type: ignore[override]
        self, data: bytes, path: str, *, _optimize: int = -1
    ) -> CodeType:
        tree = ast.parse(data)
        _mark(tree, self._module["function"], self._module["cells"], self._imports)
        ast.fix_missing_locations(tree)
        code: CodeType = compile(tree, path, "exec", dont_inherit=True, optimize=_optimize)
        return code


def _mark(
    tree: ast.Module, function: str | None, cells: Sequence[int], imports: Mapping[str, int]
) -> None:
    """Put calls where a statement is of another cell than the one before it."""
    owner: Any = tree
    if function is not None:
        owner = next(node for node in tree.body if getattr(node, "name", None) == function)
        tree.body = _with_imports_marked(tree.body, imports)
    first = len(owner.body) - len(cells)
    marked: list[ast.stmt] = []
    before = None
    for statement, cell in zip(owner.body[first:], cells):
        if cell != before:
            marked.append(_call(f"{_CELL}({cell})", statement))
            before = cell
        marked.append(statement)
    if not marked:
        return
    names = "locals()" if function is not None else "{}"
    end = _call(f"{_END}({names}, globals())", owner.body[-1])
    guarded = ast.Try(body=marked, handlers=[], orelse=[], finalbody=[end])
    owner.body[first:] = [ast.copy_location(guarded, owner.body[-1])]


def _with_imports_marked(body: list[ast.stmt], imports: Mapping[str, int]) -> list[ast.stmt]:
    marked: list[ast.stmt] = []
    for statement in body:
        cell = _cell_of_import(statement, imports)
        if cell is not None:
            marked.append(_call(f"{_CELL}({cell})", statement))
        marked.append(statement)
    return marked


def _cell_of_import(statement: ast.stmt, imports: Mapping[str, int]) -> int | None:
    if not isinstance(statement, (ast.Import, ast.ImportFrom)):
        return None
    if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
        return None
    for alias in statement.names:
        module = getattr(statement, "module", None)
        key = f"{module or ''}:{alias.name}:{alias.asname or ''}"
        if key in imports:
            return imports[key]
    return None


def _call(text: str, place: ast.stmt) -> ast.stmt:
    made = ast.parse(text).body[0]
    for node in ast.walk(made):
        ast.copy_location(node, place)
    return made


class _Shown(importlib.machinery.SourceFileLoader):
    """Loads a module that shows values, and marks what each showed."""

    def __init__(self, name: str, path: str, run: _Run) -> None:
        super().__init__(name, path)
        self._run = run

    def exec_module(self, module: ModuleType) -> None:
        super().exec_module(module)
        held = vars(module)
        if module.__name__.endswith(".display"):
            held["display"] = self._printing(held["display"])
        if "save" in held and "_Shown" in held:
            held["save"] = self._saving(held["save"], held["_Shown"])

    def _printing(self, display: Callable[..., Any]) -> Callable[..., Any]:
        marks = self._run.marks

        def shown(*values: object, **options: object) -> Any:
            for value in values:
                if value is None:
                    continue
                self._run.last = id(value)
                marks.shown("value", table=_table(value))
                try:
                    display(value)
                finally:
                    marks.shown("shown")
            return display(**options)

        return shown

    def _saving(self, save: Callable[..., Any], state: Any) -> Callable[..., Any]:
        marks = self._run.marks

        def saved(value: object, *arguments: object, **options: object) -> None:
            before = state.count
            save(value, *arguments, **options)
            if state.count != before:
                same = id(value) == self._run.last
                marks.shown("picture", number=state.count, same=same)

        return saved


def _table(value: object) -> str | None:
    """A table as the notebook's page shows it, for libraries whose tables are data."""
    if type(value).__module__.partition(".")[0] not in _TABLES:
        return None
    try:
        shown = value._repr_html_()  # type: ignore[attr-defined]
    except Exception:  # noqa: BLE001 - what a value does when it is shown is up to it
        return None
    return shown if isinstance(shown, str) else None


def _line(failure: BaseException, modules: Mapping[str, Any]) -> int | None:
    """The line that an exception came through last in a module with the notebook's flow."""
    line = None
    for frame, number in traceback.walk_tb(failure.__traceback__):
        name = str(frame.f_globals.get("__name__"))
        if name in modules or frame.f_code.co_filename.endswith("pipeline.py"):
            line = number
    return line
