"""The modules of a notebook that is split into sections, and `pipeline.py` that runs them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import libcst as cst

from nb2prod.analysis.name_scopes import scope_of
from nb2prod.analysis.names import BUILTINS
from nb2prod.program.bodies import Body, body_of, set_up_of, spaced
from nb2prod.program.context import Context
from nb2prod.program.cst_names import statements
from nb2prod.program.dataflow import Passed
from nb2prod.program.head import docstring, module_head, reading
from nb2prod.program.headings import plain_words
from nb2prod.program.model import Module, Section
from nb2prod.program.pieces import Piece, TopStatement, code_of, has_top_level_await, module_of
from nb2prod.program.section_names import unique
from nb2prod.program.sections import Split, Stretch, joined
from nb2prod.program.variables import with_variables_passed

# Names of modules that a package has besides.
_OWN = frozenset(
    "capture common config display figures images outputs pipeline shell start __main__".split()
)
_NUMBER = re.compile(
    r"^(?:(?:step|part|section)\s+)?\d+(?:\.\d+)*\s*[.):\u2013-]*\s+(?=\w)", re.IGNORECASE
)
# More values than this are returned as one object.
_MOST_VALUES = 3


@dataclass(frozen=True, slots=True)
class Parts:
    """The pieces in order and the flow that they are, and which pieces (by index) are imports and
    definitions that go to the top of a module; `set_up` is the import that something follows.

    From the piece `late` on, sections are imported when the run has come to them; the imports in
    `later` are theirs alone.
    """

    pieces: tuple[Piece, ...]
    flow: tuple[TopStatement, ...]
    imports: frozenset[int]
    top: frozenset[int]
    set_up: int | None
    context: Context
    package: str
    title: str
    late: int | None = None
    later: frozenset[int] = frozenset()


@dataclass(slots=True)
class _Module:
    """A module while it is made: its name, the function and what it passes on, its body, and the
    definitions above, by the index of their piece.
    """

    name: str
    stretch: Stretch
    function: str
    result: str
    passed: Passed
    statements: tuple[int, ...]
    body: Body
    above: dict[int, cst.BaseStatement] = field(default_factory=dict)
    asynchronous: bool = False

    @property
    def runs(self) -> bool:
        """Whether it has a part of the flow, and not definitions alone."""
        return bool(self.body.statements)


def section_modules(
    parts: Parts, split: Split
) -> tuple[tuple[Module, ...], tuple[Section, ...]] | None:
    """`pipeline` and a module for each section, in order; None where a module would need a late one
    too early.
    """
    maker = _Maker(parts, split)
    if maker.is_tangled():
        return None
    modules = [maker.source(module) for module in maker.modules]
    common = [maker.common_source()] if maker.common else []
    sections = tuple(
        Section(
            _title(module),
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
        for module in maker.modules
    )
    return (maker.pipeline(), *modules, *common), sections


def _title(module: _Module) -> str:
    titles = [_NUMBER.sub("", title) or title for title in module.stretch.titles]
    return "; ".join(titles) or module.name.replace("_", " ").capitalize()


class _Maker:
    def __init__(self, parts: Parts, split: Split) -> None:
        self.parts, self.split = parts, split
        self.context = parts.context
        self.keywords = split.definitions.keywords
        # What only other sections need, which run it again themselves.
        self.elsewhere = frozenset(
            piece
            for passed, own in zip(split.passed, split.statements, strict=True)
            for piece in self._elsewhere(own, passed.gives)
        )
        self.modules = self._modules()
        self.places = self._places()
        self.common: list[int] = []
        self._share()

    # -- what goes where ---------------------------------------------------------------------------

    def _modules(self) -> list[_Module]:
        found: list[_Module] = []
        reserved = _OWN | {found.root for found in self.context.facts.imports}
        names: set[str] = set()
        for stretch, passed, own in self._with_something():
            name = _no_test(stretch.name)
            # An own word tells more than a number.
            name = unique(f"{name}_section" if name in reserved else name, names)
            names.add(name)
            function = self.context.name(name, f"run_{name}", f"{name}_section")
            result = self.context.name(f"{name}_result", f"{function}_result")
            pieces = {index: self.parts.pieces[index] for index in stretch.pieces}
            body = body_of(
                _without_heading(pieces, (*stretch.titles, self.parts.title)),
                self.parts.imports | self.elsewhere,
                self.parts.top,
                self.parts.set_up,
                quiet=self.elsewhere,
            )
            module = _Module(name, stretch, function, result, passed, own, body)
            module.above = dict(body.above)
            module.asynchronous = has_top_level_await(self.parts.flow[index] for index in own)
            found.append(module)
        return found

    def _with_something(self) -> list[tuple[Stretch, Passed, tuple[int, ...]]]:
        """The sections with what they pass on and their statements; not those of which all goes to
        the sections that read it.
        """
        split, pieces = self.split, self.parts.pieces
        keep = []
        gone = self.parts.imports | self.elsewhere
        for stretch in split.stretches:
            full = {index for index in stretch.pieces if pieces[index].statement is not None}
            keep.append(bool(full - gone))
        whole = zip(split.passed, split.statements, keep, strict=True)
        rest = [(passed, own) for passed, own, kept in whole if kept]
        if not rest:
            return list(zip(split.stretches, split.passed, split.statements, strict=True))
        stretches = joined(split.stretches, keep)
        return [(stretch, *other) for stretch, other in zip(stretches, rest, strict=True)]

    def _elsewhere(self, own: Sequence[int], gives: Sequence[str]) -> frozenset[int]:
        """The pieces of a section that only others need, which run them again themselves."""
        again = {index for passed in self.split.passed for index in passed.repeats}
        flow = self.parts.flow
        found = set()
        for index in again.intersection(own):
            read = {
                name
                for other in own
                if other != index
                for name in (*self.split.names[other].exposed, *self.split.names[other].captured)
            }
            if not _bound(flow[index]) & {*read, *gives}:
                found.add(flow[index].piece)
        # A line of several statements goes as a whole or not at all.
        staying = {flow[index].piece for index in own if index not in again}
        return frozenset(found - staying)

    def _places(self) -> dict[str, str]:
        """The module of each name that is defined at the top of one."""
        return {
            name: module.name
            for module in self.modules
            for statement in module.above.values()
            for name in scope_of(code_of(statement)).binds
        }

    def _share(self) -> None:
        """Put definitions into a module of their own where modules would import each other."""
        while circle := _circle(self._imports_between()):
            shared = {
                name
                for module in self.modules
                if module.name in circle
                for name in self._asked(module)
                if self.places.get(name) in circle and self.places[name] != module.name
            }
            self._move(shared)

    def _imports_between(self) -> dict[str, set[str]]:
        return {
            module.name: {
                self.places[name]
                for name in self._asked(module)
                if name in self.places and self.places[name] not in (module.name, "common")
            }
            for module in self.modules
        }

    def _asked(self, module: _Module) -> frozenset[str]:
        code = [
            code_of(statement) for statement in (*module.above.values(), *module.body.statements)
        ]
        return frozenset(name for one in code for name in scope_of(one).reads)

    def _move(self, names: set[str]) -> None:
        """Move these definitions, and those that they read, to the common module."""
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if self.places.get(name, "common") == "common":
                continue
            owner = next(one for one in self.modules if one.name == self.places[name])
            index = next(
                index
                for index, statement in owner.above.items()
                if name in scope_of(code_of(statement)).binds
            )
            statement = owner.above.pop(index)
            scope = scope_of(code_of(statement))
            self.common.append(index)
            for bound in scope.binds:
                self.places[bound] = "common"
            waiting += scope.reads & self.places.keys()

    def is_tangled(self) -> bool:
        """Whether an early module asks for something of a late one, or of what a star brings."""
        if self.parts.late is None:
            return False
        if self.common:
            return True
        late = {module.name for module in self.modules if self._is_late(module)}
        flow = self.parts.flow
        theirs = {name for one in flow if one.piece in self.parts.later for name in _bound(one)}
        known: frozenset[str] | None = None  # no star, and nothing else can bring a name
        if any("*" in one.code for one in flow if one.piece in self.parts.later):
            known = self.context.generated_names() | BUILTINS
            known |= {name for one in flow for name in _bound(one)}
        for module in self.modules:
            asked = self._asked(module)
            if module.name in late:
                continue
            if asked & theirs or late & self._imports_between()[module.name]:
                return True
            if known is not None and asked - known:
                return True
        return False

    def _is_late(self, module: _Module) -> bool:
        late = self.parts.late
        return late is not None and min(module.stretch.pieces) >= late

    # -- sources -----------------------------------------------------------------------------------

    def source(self, module: _Module) -> Module:
        """A section's module."""
        above = [spaced(self._passing(one), 2) for one in module.above.values()]
        lines: list[cst.BaseStatement] = [*above]
        cells: tuple[int, ...] = ()
        if module.runs:
            if _as_object(module):
                lines.append(spaced(self._result_class(module), 2))
            lines.append(spaced(self._function(module), 2))
            cells = self._cells(module)
        footer = () if module.runs else module.body.footer
        code = module_of(lines, footer).code
        stays = [index for index in module.stretch.pieces if index in self.parts.imports]
        head = self._head(module.name, _title(module), code, stays, late=self._is_late(module))
        function = module.function if module.runs else None
        return Module(module.name, f"{head}\n{code}", function, cells)

    def common_source(self) -> Module:
        """The module of what several sections use and no one can own."""
        statements_ = [self.parts.pieces[index].statement for index in sorted(self.common)]
        code = module_of([spaced(self._passing(one), 2) for one in statements_ if one]).code
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
        for module in self.modules:
            if self._is_late(module) and not reached:
                lines += ["", "# Their imports need what the run has done by now."]
                lines += [self._import_of(one) for one in self.modules if self._is_late(one)]
                lines.append("")
                if set_up in self.parts.later:
                    again = self.parts.pieces[set_up or 0].statement
                    lines += code_of(_bare(again)).splitlines() if again is not None else []
                    lines += module_of(set_up_of(again)).code.splitlines()
                reached = True
            if module.runs:
                lines.append(self._call(module, held))
        asynchronous = any(module.asynchronous for module in self.modules)
        parameter = f"{context.configuration}: {context.configuration_class}"
        body = "\n".join(f"    {line}" for line in lines)
        code = (
            f"\n\n{'async ' if asynchronous else ''}def"
            f" {context.entry_point}({parameter}) -> None:\n"
            f'    """Run the notebook\'s sections in order."""\n{body}\n'
        )
        early = [module for module in self.modules if not self._is_late(module)]
        own = [self._import_of(module) for module in early if module.runs]
        # A module with definitions alone is imported by those that use them; one that nobody uses
        # is part of the program all the same.
        used = {name for names in self._imports_between().values() for name in names}
        lonely = [m.name for m in early if not m.runs and m.name not in used]
        own += [f"from {self.parts.package} import {name}  # noqa: F401" for name in lonely]
        imports = self._import_lines(code, ())
        read = scope_of(code).reads
        head = module_head(
            context, self.parts.package, self.parts.title, imports, own=own, read=read
        )
        return Module("pipeline", "\n".join(head) + code)

    def _import_of(self, module: _Module) -> str:
        if not module.runs:
            return f"from {self.parts.package} import {module.name}  # noqa: F401"
        return f"from {self.parts.package}.{module.name} import {module.function}"

    def _head(
        self, own_name: str, title: str, code: str, stays: Sequence[int], *, late: bool = False
    ) -> str:
        read = scope_of(code).reads
        own = [
            f"from {self.parts.package}.{self.places[name]} import {name}"
            for name in sorted(read & self.places.keys())
            if self.places[name] != own_name
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

    @property
    def _read_anywhere(self) -> frozenset[str]:
        return frozenset(
            name for statement in self.parts.flow for name in scope_of(statement.code).reads
        )

    # -- functions ---------------------------------------------------------------------------------

    def _function(self, module: _Module) -> cst.FunctionDef:
        parameters = self._parameters(module)
        returned = "" if module.passed.gives else " -> None"
        documented = docstring(_title(module))
        text = (
            f"{'async ' if module.asynchronous else ''}def {module.function}"
            f'({", ".join(parameters)}){returned}:\n    """{documented}"""\n'
        )
        function = statements(text)[0]
        assert isinstance(function, cst.FunctionDef)
        repeated = [
            self.parts.pieces[self.parts.flow[index].piece].statement
            for index in module.passed.repeats
        ]
        again = [_bare(one) for one in dict.fromkeys(repeated) if one is not None]
        body = [
            *function.body.body,
            *again,
            *(self._passing(one, inside=True) for one in module.body.statements),
            *statements(self._return(module)),
        ]
        footer = module.body.footer
        if module.passed.gives:  # what stands below a return seems to be forgotten
            body[-1] = body[-1].with_changes(leading_lines=footer)
            footer = []
        return function.with_changes(body=function.body.with_changes(body=body, footer=footer))

    def _passing(self, statement: cst.BaseStatement, *, inside: bool = False) -> cst.BaseStatement:
        code = code_of(statement)
        concerned = any(name in code for name in self.keywords) or (inside and "global" in code)
        if not concerned:  # most are not, and the walk takes its time
            return statement
        return with_variables_passed(statement, self.keywords, inside=inside)

    def _cells(self, module: _Module) -> tuple[int, ...]:
        cells = module.body.cells
        return (*cells, *([cells[-1]] if module.passed.gives else []))

    def _parameters(self, module: _Module) -> list[str]:
        context = self.context
        own = (
            [f"{context.configuration}: {context.configuration_class}"]
            if self._needs_configuration(module)
            else []
        )
        return [*own, *module.passed.reads]

    def _needs_configuration(self, module: _Module) -> bool:
        """Whether its statements read the configuration; those that others run may be gone."""
        flow, name = self.parts.flow, self.context.configuration
        own = [index for index in module.statements if flow[index].piece not in self.elsewhere]
        return any(
            name in scope_of(flow[index].code).reads for index in module.passed.repeats
        ) or any(
            name in self.split.names[index].exposed | self.split.names[index].captured
            for index in own
        )

    def _return(self, module: _Module) -> str:
        gives = module.passed.gives
        if not gives:
            return ""
        if not _as_object(module):
            return f"return {', '.join(gives)}"
        values = ", ".join(f"{name}={name}" for name in gives)
        return f"return {_class_name(module)}({values})"

    def _result_class(self, module: _Module) -> cst.BaseStatement:
        dataclasses, typing = (self.context.module(name) for name in ("dataclasses", "typing"))
        fields = "\n".join(f"    {name}: {typing}.Any" for name in module.passed.gives)
        return statements(
            f"@{dataclasses}.dataclass(frozen=True)\nclass {_class_name(module)}:\n"
            f'    """What later sections read of {module.function}()."""\n\n{fields}\n'
        )[0]

    def _call(self, module: _Module, held: dict[str, str]) -> str:
        """The line of the pipeline that runs a section; `held` says where each variable is."""
        given = [self.context.configuration] if self._needs_configuration(module) else []
        given += [held[name] for name in module.passed.reads]
        call = f"{module.function}({', '.join(given)})"
        call = f"await {call}" if module.asynchronous else call
        gives = module.passed.gives
        if not gives:
            return call
        if not _as_object(module):
            held.update((name, name) for name in gives)
            return f"{', '.join(gives)} = {call}"
        held.update((name, f"{module.result}.{name}") for name in gives)
        return f"{module.result} = {call}"


def _no_test(name: str) -> str:
    """A name that no test runner takes for one of tests."""
    name = "evaluate" + name[4:] if name == "test" or name.startswith("test_") else name
    return f"{name}_section" if name.endswith("_test") else name


def _bound(statement: TopStatement) -> frozenset[str]:
    return scope_of(statement.code).binds


def _as_object(module: _Module) -> bool:
    """Whether the values are returned as one object; a class would mangle names like `__a`."""
    gives = module.passed.gives
    return len(gives) > _MOST_VALUES and not any(name.startswith("__") for name in gives)


def _class_name(module: _Module) -> str:
    return "".join(word.capitalize() for word in module.result.split("_"))


def _bare(statement: cst.BaseStatement) -> cst.BaseStatement:
    """A statement without the comments above and beside it."""
    bare = statement.with_changes(leading_lines=[])
    if isinstance(bare, cst.SimpleStatementLine):
        bare = bare.with_changes(trailing_whitespace=cst.TrailingWhitespace())
    return bare


def _without_heading(pieces: Mapping[int, Piece], titles: Iterable[str]) -> dict[int, Piece]:
    """The pieces, without the comment lines that say what the docstring says."""
    said = {plain_words(title) for title in titles}
    found = dict(pieces)
    for index, piece in pieces.items():
        if piece.statement is None:
            lines = [line for line in piece.comment if plain_words(line) not in said]
            while lines and not lines[0].strip():
                lines.pop(0)
            found[index] = Piece(piece.cell, None, tuple(lines))
            if not lines:
                del found[index]
    return found


def _circle(imports: Mapping[str, Iterable[str]]) -> set[str]:
    """The modules of a circle of imports; empty where there is none."""
    return {name for name in imports if name in _reached(name, imports)}


def _reached(start: str, imports: Mapping[str, Iterable[str]]) -> set[str]:
    """All modules that a module imports, by way of others, too."""
    found: set[str] = set()
    waiting = [*imports[start]]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += imports.get(name, ())
    return found
