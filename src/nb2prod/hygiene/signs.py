"""What a notebook shows at once of what rules are about: a rule is loaded and asked only where its
sign (`Rule.when`) is there. None of them is ever false of a notebook in which its rule finds
something.
"""

from __future__ import annotations

from functools import cached_property

from nb2prod.analysis.name_uses import NameUses, uses_of
from nb2prod.analysis.texts import JUNCTION, output_texts, texts_in
from nb2prod.analysis.token_hints import may_hold_tokens
from nb2prod.notebook.scope import STAR

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nb2prod.hygiene.context import Context


class Signs:
    """The signs of one notebook."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @property
    def is_foreign(self) -> bool:
        """Whether the notebook is in another language than Python."""
        return not self._context.is_python

    @property
    def has_widgets(self) -> bool:
        """Whether anything is recorded of widgets."""
        return "widgets" in self._context.metadata

    @cached_property
    def has_unparsed(self) -> bool:
        """Whether any cell does not parse."""
        return any(parsed.unparsed is not None for parsed in self._context.parsed)

    @property
    def may_be_python2(self) -> bool:
        """Whether any cell does not parse, or has a word that was Python 2's."""
        from nb2prod.analysis.python2 import WORDS

        return self.has_unparsed or not self._context.words.isdisjoint(WORDS)

    @cached_property
    def was_run(self) -> bool:
        """Whether any cell has a count of its execution."""
        return any(cell.count is not None for cell in self._context.cells)

    @cached_property
    def has_errors(self) -> bool:
        """Whether any output is an error."""
        return any(
            output.get("output_type") in ("error", "pyerr")
            for cell in self._context.cells
            for output in cell.outputs
        )

    @property
    def imports_everything(self) -> bool:
        """Whether the code may hold `from module import *`."""
        return "import" in self._context.words and STAR.search(self._context.code) is not None

    @cached_property
    def may_hold_secrets(self) -> bool:
        """Whether any cell, or what is recorded of it, may hold a secret; of most notebooks that is
        known at once.
        """
        if self._context.profile.secrets_scanner != "none":
            return True
        others = [cell.source for cell in self._context.cells if cell.kind != "code"]
        recorded = [cell.found.get("metadata") for cell in self._context.cells]
        others += texts_in([self._context.metadata, *(found for found in recorded if found)])
        sources = "\n".join([cell.source for cell in self._context.cells if cell.kind == "code"])
        if may_hold_tokens("\n".join(others)) or may_hold_tokens(sources, names=True):
            return True
        # Also in pieces that Python puts together.
        return may_hold_tokens(JUNCTION.sub("", sources))

    @cached_property
    def outputs_may_hold_secrets(self) -> bool:
        """The same for what the cells printed."""
        if self._context.profile.secrets_scanner != "none":
            return True
        outputs = [output for cell in self._context.cells for output in cell.outputs]
        return may_hold_tokens("\n".join([text for one in outputs for text in output_texts(one)]))

    @cached_property
    def reads_early(self) -> bool:
        """Whether the top level may read a name above what binds it."""
        return self._uses.reads_early

    @cached_property
    def reads_unbound(self) -> bool:
        """Whether a name may be read that nothing binds."""
        return self._uses.reads_unbound

    @cached_property
    def _uses(self) -> NameUses:
        return uses_of(self._context.parsed)

    @cached_property
    def may_lack_imports(self) -> bool:
        """Whether there is anything that says what the notebook can import: Colab, whose images are
        known, or files of the project around it. Kaggle's images hold more than any table.
        """
        if "import" not in self._context.words or self._context.platform == "kaggle":
            return False
        return self._context.platform == "colab" or self._has_project

    @cached_property
    def _has_project(self) -> bool:
        if self._context.folder is None:
            return False
        from nb2prod.hygiene.project_files import files_in, places_around

        places = places_around(self._context.folder)
        return any(files_in(place) for place in places)
