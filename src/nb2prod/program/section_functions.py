"""The functions of sections: what they take, run and return, and how the pipeline calls them."""

from __future__ import annotations

import libcst as cst

from nb2prod.program.cst_names import statements
from nb2prod.program.head import docstring
from nb2prod.program.pieces import code_of
from nb2prod.program.section_model import SectionModule
from nb2prod.program.section_plan import Plan
from nb2prod.program.variables import with_variables_passed

# More values than this are returned as one object.
_MOST_VALUES = 3


class Functions:
    """Writes the functions of a plan's modules."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._parts, self._context = plan.parts, plan.context
        self._names = plan.split.names
        self._keywords = plan.split.definitions.keywords

    def function(self, module: SectionModule) -> cst.FunctionDef:
        """The section's function."""
        parameters = self._parameters(module)
        returned = "" if module.passed.gives else " -> None"
        documented = docstring(module.title)
        text = (
            f"{'async ' if module.asynchronous else ''}def {module.function}"
            f'({", ".join(parameters)}){returned}:\n    """{documented}"""\n'
        )
        function = statements(text)[0]
        assert isinstance(function, cst.FunctionDef)
        repeated = [
            self._parts.pieces[self._parts.flow[index].piece].statement
            for index in module.passed.repeats
        ]
        again = [bare(one) for one in dict.fromkeys(repeated) if one is not None]
        body = [
            *function.body.body,
            *again,
            *(self.passing(one, inside=True) for one in module.body.statements),
            *statements(self._return(module)),
        ]
        footer = module.body.footer
        if module.passed.gives:  # what stands below a return seems to be forgotten
            body[-1] = body[-1].with_changes(leading_lines=footer)
            footer = []
        return function.with_changes(body=function.body.with_changes(body=body, footer=footer))

    def passing(self, statement: cst.BaseStatement, *, inside: bool = False) -> cst.BaseStatement:
        """The statement with variables passed to the functions that take them."""
        code = code_of(statement)
        concerned = any(name in code for name in self._keywords) or (inside and "global" in code)
        if not concerned:  # most are not, and the walk takes its time
            return statement
        return with_variables_passed(statement, self._keywords, inside=inside)

    def cells(self, module: SectionModule) -> tuple[int, ...]:
        """The cell of each statement of the function, without those that are repeated."""
        cells = module.body.cells
        return (*cells, *([cells[-1]] if module.passed.gives else []))

    def _parameters(self, module: SectionModule) -> list[str]:
        context = self._context
        own = (
            [f"{context.configuration}: {context.configuration_class}"]
            if self._needs_configuration(module)
            else []
        )
        return [*own, *module.passed.reads]

    def _needs_configuration(self, module: SectionModule) -> bool:
        """Whether its statements read the configuration; those that others run may be gone."""
        flow, name = self._parts.flow, self._context.configuration
        own = [
            index for index in module.statements if flow[index].piece not in self._plan.elsewhere
        ]
        return any(name in flow[index].scope.reads for index in module.passed.repeats) or any(
            name in self._names[index].exposed | self._names[index].captured for index in own
        )

    def _return(self, module: SectionModule) -> str:
        gives = module.passed.gives
        if not gives:
            return ""
        if not returns_object(module):
            return f"return {', '.join(gives)}"
        values = ", ".join(f"{name}={name}" for name in gives)
        return f"return {_class_name(module)}({values})"

    def result_class(self, module: SectionModule) -> cst.BaseStatement:
        """The class of the object that the function returns."""
        dataclasses, typing = (self._context.module(name) for name in ("dataclasses", "typing"))
        fields = "\n".join(f"    {name}: {typing}.Any" for name in module.passed.gives)
        return statements(
            f"@{dataclasses}.dataclass(frozen=True)\nclass {_class_name(module)}:\n"
            f'    """What later sections read of {module.function}()."""\n\n{fields}\n'
        )[0]

    def call(self, module: SectionModule, held: dict[str, str]) -> str:
        """The line of the pipeline that runs a section; `held` says where each variable is."""
        given = [self._context.configuration] if self._needs_configuration(module) else []
        given += [held[name] for name in module.passed.reads]
        call = f"{module.function}({', '.join(given)})"
        call = f"await {call}" if module.asynchronous else call
        gives = module.passed.gives
        if not gives:
            return call
        if not returns_object(module):
            held.update((name, name) for name in gives)
            return f"{', '.join(gives)} = {call}"
        held.update((name, f"{module.result}.{name}") for name in gives)
        return f"{module.result} = {call}"


def returns_object(module: SectionModule) -> bool:
    """Whether the values are returned as one object; a class would mangle names like `__a`."""
    gives = module.passed.gives
    return len(gives) > _MOST_VALUES and not any(name.startswith("__") for name in gives)


def _class_name(module: SectionModule) -> str:
    return "".join(word.capitalize() for word in module.result.split("_"))


def bare(statement: cst.BaseStatement) -> cst.BaseStatement:
    """A statement without the comments above and beside it."""
    bare = statement.with_changes(leading_lines=[])
    if isinstance(bare, cst.SimpleStatementLine):
        bare = bare.with_changes(trailing_whitespace=cst.TrailingWhitespace())
    return bare
