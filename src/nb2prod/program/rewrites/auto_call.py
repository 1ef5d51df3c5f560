"""`,f a b`, `;f a b` and `/f a b`: calls that IPython writes the brackets of."""

from __future__ import annotations

from nb2prod.notebook.statements import AutoCall
from nb2prod.program.outcome import Outcome


def rewrite(statement: AutoCall) -> Outcome:
    """The call with its brackets: code of the author's like any other from there on."""
    reason = "a call that IPython writes the brackets of"
    return Outcome("rewritten", reason, statement.call, from_notebook=True, displays=True)
