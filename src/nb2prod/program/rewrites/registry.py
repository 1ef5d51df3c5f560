"""Which rewrite speaks for which of IPython's statements: the one place where they are listed."""

from __future__ import annotations

from nb2prod.notebook.statements import CellMagic, IPythonStatement, LineMagic, Shell
from nb2prod.program.context import Context
from nb2prod.program.outcome import Outcome
from nb2prod.program.rewrites import cell_magics, magics, shell


def decide(statement: IPythonStatement | CellMagic, context: Context) -> Outcome:
    """What becomes of one of IPython's own statements."""
    if isinstance(statement, Shell):
        return shell.rewrite(statement, context)
    if isinstance(statement, LineMagic):
        return magics.rewrite(statement, context)
    if isinstance(statement, CellMagic):
        return cell_magics.rewrite(statement, context)
    return magics.look_up(statement, context)
