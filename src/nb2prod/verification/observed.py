"""From what a process left behind to a `Run`: executed notebooks, and the output of packages."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from nb2prod.verification.model import CellRun, Failure, Run, Shown, Written

_TRUNCATED = re.compile(r"^Streaming output truncated to the last \d+ lines\.\n")
_PAGE_ALONE = "application/vnd.jupyter.widget-view+json"
_DOCUMENTS = {"svg": "image/svg+xml", "md": "text/markdown", "html": "text/html"}
_PICTURES = ("image/png", "image/jpeg")


def notebook_run(
    executed: Mapping[str, Any], numbers: Sequence[int], record: Path, word: str, files: FilesOf
) -> Run:
    """The run of a notebook, from the notebook with its outputs and the record of its kernel.

    `numbers` are the cells' numbers in the order of the executed notebook.
    """
    cells = {
        number: outputs_run(cell.get("outputs", []), word)
        for number, cell in zip(numbers, executed["notebook"]["cells"], strict=True)
    }
    failure = None
    error = executed.get("error")
    if error is not None:
        failure = Failure(error["name"], error["text"], error["cell"])
    kept = _record(record)
    return Run(cells, kept.get("variables"), files(kept.get("files", {})), failure)


class FilesOf:
    """Gives written files the names that both sides share. `roots` are the directories of a side:
    the path within it, its name, and where it lies; what is below `left_out` is no file of the
    notebook's.
    """

    def __init__(
        self, roots: Iterable[tuple[str, str, Path]], left_out: Iterable[str] = ()
    ) -> None:
        self._roots = sorted(roots, key=lambda root: -len(root[0]))
        self._left_out = tuple(f"{path}/" for path in left_out)

    def __call__(self, written: Mapping[str, int]) -> dict[str, Written]:
        """The files by their names."""
        found = {}
        for path, cell in written.items():
            if path.startswith(self._left_out) and self._left_out:
                continue
            for inside, name, outside in self._roots:
                if path.startswith(f"{inside}/"):
                    rest = path[len(inside) + 1 :]
                    found[f"{name}/{rest}"] = Written(cell, outside / rest)
                    break
        return found


def outputs_run(outputs: Sequence[Mapping[str, Any]], word: str = "") -> CellRun:
    """What one cell showed, by its outputs as the notebook format has them."""
    reader = _Outputs(word)
    for output in outputs:
        reader.take(output)
    return reader.cell()


class _Outputs:
    def __init__(self, word: str) -> None:
        self._mark = re.compile(rf"\x00{re.escape(word)}(.*?)\x00") if word else None
        self._texts = {"stdout": "", "stderr": ""}
        self._shown: list[Shown] = []
        self._widgets: list[str] = []
        self._dropped: dict[int, str] = {}
        self._line = {"stdout": 0, "stderr": 0}
        self._error: tuple[str, str] | None = None

    def take(self, output: Mapping[str, Any]) -> None:
        kind = output.get("output_type")
        if kind == "stream":
            self._stream(str(output.get("name", "stdout")), joined(output.get("text", "")))
        elif kind in ("display_data", "execute_result"):
            data = output.get("data", {})
            if self._line["stdout"]:
                self._drop(self._line["stdout"], joined(data.get("text/plain", "")))
            elif _PAGE_ALONE in data:
                self._widgets.append(joined(data.get("text/plain", "")).partition("(")[0])
            elif "application/javascript" not in data and not _is_handle(data):
                self._shown.append(shown_of(data, len(self._texts["stdout"])))
        elif kind == "error":
            self._error = (str(output.get("ename", "")), str(output.get("evalue", "")))

    def _stream(self, name: str, text: str) -> None:
        name = name if name in self._texts else "stdout"
        if self._mark is None:
            self._texts[name] += _TRUNCATED.sub("", text)
            return
        pieces = self._mark.split(text)
        for index, piece in enumerate(pieces):
            if index % 2:
                self._line[name] = json.loads(piece)["line"]
            elif self._line[name]:
                self._drop(self._line[name], piece)
            else:
                self._texts[name] += piece

    def _drop(self, line: int, text: str) -> None:
        self._dropped[line] = self._dropped.get(line, "") + text

    def cell(self) -> CellRun:
        return CellRun(
            self._texts["stdout"],
            self._texts["stderr"],
            tuple(self._shown),
            tuple(self._dropped.items()),
            self._error,
            tuple(self._widgets),
        )


def _is_handle(data: Mapping[str, Any]) -> bool:
    """What `display(…, display_id=…)` gives, shown because it ends the cell."""
    return joined(data.get("text/plain", "")).startswith("<DisplayHandle display_id=")


def shown_of(data: Mapping[str, Any], after: int) -> Shown:
    """A displayed value from the forms that a notebook keeps of it."""
    picture = next((data[kind] for kind in _PICTURES if kind in data), None)
    html = joined(data["text/html"]) if "text/html" in data else None
    document = next(
        ((kind, joined(data[kind])) for kind in _DOCUMENTS.values() if kind in data), None
    )
    return Shown(
        joined(data["text/plain"]) if "text/plain" in data else None,
        html,
        base64.b64decode(joined(picture)) if picture is not None else None,
        document,
        after,
    )


def joined(text: Any) -> str:
    """A text of the notebook format, which may be a list of lines."""
    return "".join(text) if isinstance(text, list) else str(text)


def package_run(
    stdout: Path, stderr: Path, record: Path, package: str, word: str, saved: Path, files: FilesOf
) -> Run:
    """The run of a package, from what it wrote to its outputs with the marks of its launcher.

    `saved` is the directory that its pictures are in.
    """
    reader = _Marked(word, saved)
    # As bytes: reading text would make line ends of carriage returns.
    reader.take(stdout.read_bytes().decode("utf-8", "replace"))
    texts = _Marked(word, saved)
    texts.take(_without_own_log(stderr.read_bytes().decode("utf-8", "replace"), package))
    cells = {}
    for number in {*reader.texts, *reader.shown, *texts.texts}:
        cells[number] = CellRun(
            reader.texts.get(number, ""),
            texts.texts.get(number, ""),
            tuple(reader.shown.get(number, ())),
        )
    kept = _record(record)
    failure = None
    error = kept.get("error")
    if error is not None:
        failure = Failure(error["name"], error["text"], error["cell"] or None, error["line"])
        if failure.cell in cells and "Traceback (" in cells[failure.cell].stderr:
            one = cells[failure.cell]
            text = one.stderr[: one.stderr.rindex("Traceback (")]
            cells[failure.cell] = CellRun(one.stdout, text, one.shown)
    elif not kept:
        failure = Failure("the package", "was killed, or ended without a word")
    return Run(cells, kept.get("variables"), files(kept.get("files", {})), failure)


class _Marked:
    """Reads an output with marks."""

    def __init__(self, word: str, saved: Path) -> None:
        self._mark = re.compile(rf"\x00{re.escape(word)}(.*?)\x00")
        self._saved = saved
        self._cell = 0
        self._value: list[str] | None = None
        self._table: str | None = None
        self.texts: dict[int, str] = {}
        self.shown: dict[int, list[Shown]] = {}

    def take(self, text: str) -> None:
        for index, piece in enumerate(self._mark.split(text)):
            if index % 2:
                self._marked(json.loads(piece))
            elif self._value is not None:
                self._value.append(piece)
            elif piece:
                self.texts[self._cell] = self.texts.get(self._cell, "") + piece

    def _marked(self, mark: Mapping[str, Any]) -> None:
        kind = mark["mark"]
        if kind == "cell":
            self._cell = mark["cell"]
        elif kind == "value":
            self._value, self._table = [], mark["table"]
        elif kind == "shown":
            text = "".join(self._value or ()).removesuffix("\n")
            self._value = None
            self._add(Shown(text, self._table, after=self._printed()))
        elif kind == "picture":
            self._picture(mark)

    def _picture(self, mark: Mapping[str, Any]) -> None:
        path = next(self._saved.glob(f"{mark['number']:03}.*"), None)
        if path is None:
            return
        picture = document = None
        ending = path.suffix.removeprefix(".")
        if ending in _DOCUMENTS:
            document = (_DOCUMENTS[ending], path.read_text("utf-8", "replace"))
        else:
            picture = path.read_bytes()
        shown = self.shown.get(self._cell, [])
        if mark["same"] and shown:
            last = shown[-1]
            shown[-1] = Shown(last.text, last.table, picture, document, last.after)
        else:
            self._add(Shown(None, None, picture, document, self._printed()))

    def _add(self, shown: Shown) -> None:
        self.shown.setdefault(self._cell, []).append(shown)

    def _printed(self) -> int:
        return len(self.texts.get(self._cell, ""))


def _without_own_log(text: str, package: str) -> str:
    """What the package says of itself (started, saved …) is no output of the notebook's."""
    time = r"(?:^|(?<=\x00))\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+"
    own = rf"{time} {re.escape(package)}(?:\.\w+)*: .*\n?"
    return re.sub(own, "", text, flags=re.MULTILINE)


def _record(path: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(path.read_text("utf-8", "surrogatepass"))
    except (OSError, ValueError):
        return {}
    return found
