"""The kernel of a verification: ipykernel's own, which also notes what a cell leaves behind."""

from __future__ import annotations

import ast
import codecs
import importlib
import json
import os
import select
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from .files import Watch
from .marks import Marks
from .record import write_record
from .seeds import Seed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def main(arguments: Sequence[str]) -> int:
    """Run a kernel; the request is the file that `NB2PROD_REQUEST` names."""
    with open(os.environ.pop("NB2PROD_REQUEST"), encoding="utf-8") as file:
        request: dict[str, Any] = json.load(file)
    from ipykernel.kernelapp import IPKernelApp

    _without_terminal()
    application: Any = IPKernelApp.instance()
    application.initialize(list(arguments))
    # A job does not say which directory it goes to.
    application.shell.magics_manager.registry["OSMagics"].cd_force_quiet = True
    Observer(application.shell, request).attach()
    if request["platform"] == "colab":
        importlib.import_module("google.colab")  # Colab has it loaded before the first cell
    application.start()
    return 0


def _without_terminal() -> None:
    """Run shell lines as a job does: with no terminal, for which `ls` makes columns and downloads
    draw bars.
    """
    import IPython.core.interactiveshell as interactive
    from ipykernel import zmqshell

    shell = shutil.which("bash") or shutil.which(os.environ.get("SHELL", "")) or "/bin/sh"

    def system(command: str) -> int:
        sys.stdout.flush()
        process = subprocess.Popen(
            command,
            shell=True,
            executable=shell,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert process.stdout is not None
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        try:
            # The command's end is the end, although something that it leaves running may hold its
            # output.
            while True:
                ended = process.poll() is not None
                if select.select([process.stdout], [], [], 0 if ended else 0.05)[0]:
                    chunk = os.read(process.stdout.fileno(), 65536)
                    sys.stdout.write(decoder.decode(chunk, final=not chunk))
                    sys.stdout.flush()
                    if not chunk:
                        break
                elif ended:
                    break
        except KeyboardInterrupt:
            process.kill()
        code = process.wait()
        return 128 - code if code > 128 else code

    # Which of the two is asked depends on their versions.
    for module in (interactive, zmqshell):
        vars(module)["system"] = system


class Observer:
    """Watches one shell."""

    def __init__(self, shell: Any, request: Mapping[str, Any]) -> None:
        self._shell = shell
        self._request = request
        self._marks = Marks(request["word"])
        self._watch = Watch(request["watched"])
        self._known = set(shell.user_ns)
        self._seed = Seed(request["seed"])
        self._cell = 0
        self._fresh = False

    def attach(self) -> None:
        """Begin to watch."""
        shell = self._shell
        shell.events.register("pre_run_cell", self._before)
        shell.events.register("post_run_cell", self._after)
        shell.ast_transformers.append(_Dropped(self))
        for kind, names in (("cell", ("writefile", "file")), ("line", ("env", "set_env"))):
            for name in names:
                self._quiet(kind, name)
        shell.nb2prod_record = self.record
        shell.nb2prod_dropped = self.dropped
        # What a cell showed and took back again is shown by a job all the same.
        publisher = shell.display_pub
        publish = publisher.publish
        publisher.clear_output = lambda wait=False: None

        def published(data: Any, *rest: Any, update: bool = False, **options: Any) -> None:
            options.pop("transient", None)  # what names the display that is to be shown anew
            publish(data, *rest, **options)

        publisher.publish = published

    def _quiet(self, kind: str, name: str) -> None:
        """Mark what a magic says of itself: a job does the same and says nothing."""
        magic = self._shell.find_magic(name, kind)
        if magic is None:
            return

        def quiet(*arguments: Any, **options: Any) -> Any:
            self.dropped(1)
            try:
                return magic(*arguments, **options)
            finally:
                self.dropped(0)

        self._shell.magics_manager.magics[kind][name] = quiet

    def _before(self, *_: object) -> None:
        with open(self._request["progress"], encoding="utf-8") as file:
            self._cell = int(file.read().split()[-1])
        self._fresh = True
        self._seed.begin()

    def _after(self, *_: object) -> None:
        self._watch.note(self._cell)

    def dropped_lines(self) -> Sequence[Sequence[int]]:
        """The lines (first, last) of this cell that the package has no more; once for each cell,
        for what the cell itself runs has line numbers of its own.
        """
        fresh, self._fresh = self._fresh, False
        lines: Sequence[Sequence[int]] = self._request["dropped"].get(str(self._cell), ())
        return lines if fresh else ()

    def dropped(self, line: int) -> None:
        """Mark where what a dropped line prints begins; 0 where it ends."""
        sys.stdout.flush()
        sys.stderr.flush()
        for stream in (sys.stdout, sys.stderr):
            stream.write(self._marks.text("dropped", line=line))
            stream.flush()

    def record(self) -> None:
        """Write down what the notebook ends with."""
        names = {
            name: value
            for name, value in self._shell.user_ns.items()
            if name not in self._known and not name.startswith("_")
        }
        write_record(self._request["record"], names, self._watch)


class _Dropped(ast.NodeTransformer):
    """Puts marks around the statements that the package has no more."""

    def __init__(self, observer: Observer) -> None:
        self._observer = observer

    def visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.Module):
            lines = self._observer.dropped_lines()
            if lines:
                self._mark(node, lines)
        return node

    def _mark(self, owner: ast.AST, lines: Sequence[Sequence[int]]) -> None:
        for block in ("body", "orelse", "finalbody", "handlers"):
            statements = getattr(owner, block, None)
            if not isinstance(statements, list):
                continue
            marked: list[ast.AST] = []
            for statement in statements:
                within = isinstance(statement, ast.stmt) and any(
                    first <= statement.lineno and (statement.end_lineno or 0) <= last
                    for first, last in lines
                )
                if within:
                    marked += [_call(statement, statement.lineno), statement, _call(statement, 0)]
                else:
                    self._mark(statement, lines)
                    marked.append(statement)
            setattr(owner, block, marked)


def _call(place: ast.stmt, line: int) -> ast.stmt:
    made = ast.parse(f"get_ipython().nb2prod_dropped({line})").body[0]
    for node in ast.walk(made):
        ast.copy_location(node, place)
    return made
