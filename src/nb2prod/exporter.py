"""What nbconvert finds when it is asked for `--to nb2prod`: a notebook as a script that runs.

The one module that needs nbconvert (`pip install 'nb2prod[nbconvert]'`). nbconvert loads all
exporters whenever it starts, so importing this costs next to nothing; nb2prod's own rooms are
loaded when a notebook is converted.
"""

from __future__ import annotations

import json
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from traitlets import Bool, default

try:
    from nbconvert.exporters import Exporter
    from nbconvert.utils.exceptions import ConversionException
except ModuleNotFoundError as error:
    if (error.name or "").partition(".")[0] != "nbconvert":
        raise
    raise ImportError(
        "nb2prod.exporter needs nbconvert, which is not installed here:"
        " pip install 'nb2prod[nbconvert]'"
    ) from None

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from nb2prod.migration import Migration


class Nb2prodExporter(Exporter):
    """A Python script that runs by itself, as nb2prod makes it of a notebook."""

    one_file = Bool(
        help="""Whether the script is one file, with what it uses as text at its top. Otherwise
        that lies in a directory beside it. The default is one file for --stdout alone."""
    ).tag(config=True)

    output_mimetype = "text/x-python"
    export_from_notebook = "Script that runs (nb2prod)"

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".py"

    @default("one_file")
    def _one_file_default(self) -> bool:
        """Standard output takes the script alone."""
        writer = self.config.NbConvertApp.get("writer_class", "")
        return isinstance(writer, str) and writer.lower().endswith("stdoutwriter")

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: Any = None, **kw: Any
    ) -> tuple[str, Any]:
        """The script's text, and the resources with the files beside it in `outputs`.

        The notebook is what the preprocessors make of it; they are off unless they are asked for.
        What needs a person is logged as warnings. Raises `ConversionException` for a notebook that
        cannot be converted.
        """
        from nb2prod.core import plan
        from nb2prod.errors import Nb2prodError
        from nb2prod.notebook.reader import read_bytes
        from nb2prod.project.script import script

        node, resources = super().from_notebook_node(nb, resources, **kw)
        name = resources["metadata"]["name"] or "notebook"
        # nbconvert's own name for what it writes: with --output another one than the notebook's.
        place = PurePath(resources.get("unique_key") or name)
        try:
            migration = plan(read_bytes(json.dumps(node).encode(), name))
            made = script(migration, place.name, one_file=self.one_file)
        except Nb2prodError as error:
            raise ConversionException(str(error)) from error
        self._tell(migration, name, place.name)
        if made.files:
            directory = str(place.with_name(made.directory))
            others = resources.get("outputs") or {}
            files = {str(PurePath(directory, f)): text for f, text in made.files.items()}
            encoded = {f: text.encode("utf-8") for f, text in files.items()}
            resources["outputs"] = {**others, **encoded}
            resources["output_files_dir"] = directory
        return made.source, resources

    def _tell(self, migration: Migration, name: str, script: str) -> None:
        """Log what the script needs, and as a warning each thing that a person has to see to."""
        from nb2prod.project.script import hides_a_module

        environment = migration.environment
        packages = [*(pin.requirement for pin in environment.pins), *environment.vcs]
        if packages:
            self.log.info("%s needs: %s", name, " ".join(packages))
        system = [one.name for one in environment.system_packages if not one.build_only]
        if system:
            self.log.info("%s needs of the system: %s", name, " ".join(system))
        if hides_a_module(script, migration):
            self.log.warning(
                "%s.py has the name of a module that is needed and hides it: choose another name"
                " with --output",
                script,
            )
        for attention in migration.attention:
            where = f", {attention.location}" if attention.location else ""
            self.log.warning("%s%s: %s", name, where, attention.reason)
