"""What the rewrites know about the whole notebook, and what they ask of the program around them."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from nb2prod.analysis.all_facts import Facts
from nb2prod.analysis.beside import NOTHING_BESIDE, Beside
from nb2prod.analysis.facts import Asked
from nb2prod.analysis.names import BUILTINS
from nb2prod.analysis.paths import PathRoot, PathRoots
from nb2prod.location import Location
from nb2prod.notebook.model import Platform
from nb2prod.program.model import Option, Support
from nb2prod.program.options import first_free, form_options, questions, uploads


@dataclass(slots=True)
class Needs:
    """What the rewritten code refers to and the module around it has to provide."""

    modules: set[str] = field(default_factory=set)
    support: set[Support] = field(default_factory=set)
    directories: set[str] = field(default_factory=set)
    secret_function: bool = False
    configuration: bool = False
    questions: set[str] = field(default_factory=set)
    uploads: bool = False
    displays: bool = False
    figures: bool = False


class Context:
    """One notebook's names, roots and parameters, with names for generated things that clash with
    none.
    """

    def __init__(
        self,
        facts: Facts,
        platform: Platform,
        platform_names: dict[str, str],
        roots: PathRoots,
        taken: Iterable[str],
        bound: frozenset[str],
    ) -> None:
        self.facts = facts
        self.platform = platform
        self.platform_names = platform_names
        self.roots = roots
        self.needs = Needs()
        self._bound = bound
        self._taken = {*taken, *bound}
        self.configuration = self._free("config", "job_config")
        self.configuration_class = self._free("Config", "JobConfig")
        self.entry_point = self._free("main", "run_notebook")
        self.secret_function = self._free("secret", "read_secret")
        self.display_function = self._free("display", "show_value")
        self.shell_module = self._free("shell", "job_shell")
        self.capture_function = self._free("captured", "captured_text")
        self.outputs_module = self._free("outputs", "job_outputs")
        self.image_function = self._free("show_image", "save_shown_image")
        self.file_variable = self._free("file_", "written_file")
        self.answer_function = self._free("answer", "given_answer")
        self.upload_function = self._free("upload", "uploaded_files")
        self.options = form_options(facts.parameters, roots)
        fields = {option.field for option in self.options}
        self._questions = questions(facts.asked, fields)
        self.options += tuple(self._questions.values())
        self.uploads = uploads(facts.asked, fields)
        self.directory_fields = {
            kind: first_free((f"{kind}_dir", f"job_{kind}_dir", f"job_{kind}_directory"), fields)
            for kind in ("data", "work", "output")
        }
        # What the cells so far have done that later lines ask for: the files that they wrote as a
        # whole, by name, and the variables that they stored (`%store`).
        self.files: dict[str, str] = {}
        # The files that lie beside the notebook.
        self.beside: Beside = NOTHING_BESIDE
        self.stored: set[str] = set()
        self.used_roots: set[PathRoot] = set()
        self._imported: frozenset[str] = frozenset()
        self._asked_at = {asked.location: asked for asked in facts.asked}
        self._option_at = {option.parameter.location: option for option in self.options}

    def option_at(self, location: Location) -> Option | None:
        """The configuration's field for the form parameter that is assigned at this place."""
        return self._option_at.get(location)

    def asked_at(self, location: Location) -> Asked | None:
        """The call that asks the person at the keyboard and begins at this place."""
        return self._asked_at.get(location)

    def answer(self, asked: Asked) -> str | None:
        """The expression that reads what the command line answers; None when nothing does."""
        question = self._questions.get(asked.location)
        if question is None:
            return None
        self.needs.configuration = True
        self.needs.questions.add(question.field)
        return f'{self.answer_function}({self.configuration}, "{question.field}")'

    def upload(self, place: Location) -> str:
        """The expression for the files that the command line gives for an upload."""
        self.needs.configuration = True
        self.needs.uploads = True
        return f'{self.upload_function}({self.configuration}, "{self.uploads[place].field}")'

    def option(self, option: Option) -> str:
        """The expression that reads a parameter from the configuration."""
        self.needs.configuration = True
        value = f"{self.configuration}.{option.field}"
        for kind in ("data", "work"):
            mark = f"{{{kind}_dir}}"
            if any(mark in str(text) for text in (option.parameter.default, *option.choices)):
                value += f'.replace("{mark}", str({self.directory(kind)}))'
        return value

    def directory(self, kind: str) -> str:
        """The expression that reads one of the directories ("data", "work", "output")."""
        self.needs.configuration = True
        self.needs.directories.add(kind)
        return f"{self.configuration}.{self.directory_fields[kind]}"

    def stand_in(self, root: PathRoot) -> str:
        """The expression for what stands for a platform directory (without its suffix) or for a
        secret that was pasted.
        """
        if root.secret is not None:
            return f'{self.secret()}("{root.secret}")'
        self.used_roots.add(root)
        if root.directory == "home":
            return f"{self.module('pathlib')}.Path.home()"
        return self.directory(root.directory)

    def module(self, name: str) -> str:
        """The name under which a standard library module can be used; asking for it imports it."""
        self.needs.modules.add(name)
        return self.module_alias(name)

    def module_alias(self, name: str) -> str:
        """The local name of a standard library module: its own, unless the notebook calls something
        else so.
        """
        return name if name in self._imported or name not in self._bound else f"{name}_"

    def shell(self, function: str) -> str:
        """A function of the generated `shell` module."""
        self.needs.support.add("shell")
        return f"{self.shell_module}.{function}"

    def display(self) -> str:
        """The function that prints a displayed value, and saves it where text cannot tell."""
        self.needs.displays = True
        self.needs.support.add("display")
        if self.shows_pictures:
            self._save_outputs()
        return self.display_function

    def capture(self) -> str:
        """The context manager that keeps what is printed."""
        self.needs.support.add("capture")
        return self.capture_function

    def show_image(self) -> str:
        """The function that saves an image of OpenCV's."""
        self._save_outputs()
        self.needs.support.add("images")
        return self.image_function

    def show_figures(self) -> str:
        """The call that a cell ends with that may leave figures open."""
        self.save_figures()
        self.needs.figures = True
        return f"{self.outputs_module}.show_figures()"

    def save_figures(self) -> None:
        """Ask for the figures to be saved that the notebook shows, by itself or by `show()`."""
        self._save_outputs()
        self.needs.support.add("figures")

    def _save_outputs(self) -> None:
        self.needs.support |= {"display", "outputs"}
        self.needs.directories.add("output")

    def secret(self) -> str:
        """The function that reads a secret from the environment."""
        self.needs.secret_function = True
        return self.secret_function

    # Names that later code reads, names bound other than by the platform's imports, environment
    # variables that the notebook sets, names that the cells bind at their top level (None: all that
    # are bound anywhere), all of them and those until the end of each cell: filled in by `build`
    # before any cell is rewritten.
    used_names: frozenset[str] = frozenset()
    platform_values: frozenset[str] = frozenset()
    rebound_names: frozenset[str] = frozenset()
    set_environment: frozenset[str] = frozenset()
    notebook_names: frozenset[str] | None = None
    all_names: frozenset[str] | None = None
    names_until: Mapping[int, frozenset[str]] = MappingProxyType({})
    # By cell and line: the names that are read there and bound nowhere, and what is said of it.
    # The cells whose displayed value a later cell reads as `_`.
    remembered_values: frozenset[int] = frozenset()
    undefined: Mapping[tuple[int, int], Mapping[str, str]] = MappingProxyType({})
    # Whether displayed values may be pictures, and the cells that may leave figures open.
    shows_pictures: bool = False
    drawing_cells: frozenset[int] = frozenset()

    # Functions of the notebook's that return nothing.
    returns_nothing: frozenset[str] = frozenset()

    # What holds at one place: the names of the function around it, and whether the notebook
    # displays the value of the statement there.
    local_names: frozenset[str] = frozenset()
    displayed: bool = False

    def at(self, local_names: frozenset[str] | None, *, displayed: bool) -> Context:
        """The same notebook seen from one statement. `local_names` are those of the function that
        it is in; None outside of functions.
        """
        place = copy.copy(self)
        if local_names is not None:
            # A function may run when every cell has.
            place.local_names = self.local_names | local_names
            place.notebook_names = self.all_names
        place.displayed = displayed
        return place

    def in_cell(self, number: int) -> Context:
        """The same notebook seen from one cell, which knows no names of later ones."""
        place = copy.copy(self)
        place.notebook_names = self.names_until.get(number, self.notebook_names)
        return place

    def note_standard_imports(self, names: Iterable[str]) -> None:
        """Standard library modules that the notebook itself imports under their own name."""
        self._imported = frozenset(names)

    def is_bound(self, name: str) -> bool:
        """Whether the notebook binds the name anywhere."""
        return name in self._bound

    def is_known(self, name: str) -> bool:
        """Whether a statement at this place can read the name: the notebook or Python binds it."""
        bound = self._bound if self.notebook_names is None else self.notebook_names
        return name in bound or name in self.local_names or name in BUILTINS

    def generated_names(self) -> frozenset[str]:
        """The names of what generated code may ask for, wherever it stands."""
        own = (
            *(self.configuration, self.secret_function, self.display_function, self.shell_module),
            *(self.capture_function, self.outputs_module, self.image_function),
            *(self.answer_function, self.upload_function),
        )
        return frozenset({*own, *map(self.module_alias, self.needs.modules)})

    def name(self, *candidates: str) -> str:
        """The first of these names that nothing has yet; it is taken from now on."""
        return self._free(*candidates)

    def _free(self, *candidates: str) -> str:
        name = first_free(candidates, self._taken)
        self._taken.add(name)
        return name
