"""Which rewrite speaks for which of IPython's statements: the one place where they are listed."""

from __future__ import annotations

import re
from dataclasses import replace

from nb2prod.notebook.statements import AutoCall, CellMagic, IPythonStatement, LineMagic, Shell
from nb2prod.program.context import Context
from nb2prod.program.outcome import Outcome
from nb2prod.program.rewrites import auto_call, cell_magics, magics, shell
from nb2prod.program.rewrites.platform import NAMED, names_module, without_module_names


def decide(statement: IPythonStatement | CellMagic, context: Context) -> Outcome:
    """What becomes of one of IPython's own statements."""
    outcome = _decided(statement, context)
    if names_module(outcome.code) and not outcome.from_notebook:
        code = without_module_names(outcome.code)
        reason = outcome.reason if outcome.stops else NAMED
        return replace(outcome, fate="attention", reason=reason, code=code)
    if any(re.search(rf"\b{name}\b", outcome.code) for name in context.platform_names):
        return replace(outcome, from_notebook=True)  # `!echo {userdata.get("NAME")}`
    return outcome


def _decided(statement: IPythonStatement | CellMagic, context: Context) -> Outcome:
    if isinstance(statement, Shell):
        return shell.rewrite(statement, context)
    if isinstance(statement, LineMagic):
        return magics.rewrite(statement, context)
    if isinstance(statement, CellMagic):
        return cell_magics.rewrite(statement, context)
    if isinstance(statement, AutoCall):
        return auto_call.rewrite(statement)
    return magics.look_up(statement)
