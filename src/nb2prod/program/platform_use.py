"""Where a cell uses its platform's API: what expressions mean, and which of them are claimed."""

from __future__ import annotations

import libcst as cst

from nb2prod.analysis.platform_api import is_platform_module
from nb2prod.location import Location
from nb2prod.program.context import Context
from nb2prod.program.cst_names import dotted, is_none
from nb2prod.program.outcome import Outcome, dropped, left_to_person, rewritten
from nb2prod.program.rewrites.platform import (
    DROPPED_CALLS,
    EXCEPTIONS,
    IPYTHON,
    REPLACED_CALLS,
    SECRET_CALLS,
    short_name,
)
from nb2prod.program.rewrites.strings import text_of

# What is known of the API, for names that the notebook also binds to something else (`files = []`).
_KNOWN = frozenset(
    {
        *DROPPED_CALLS,
        *EXCEPTIONS,
        *REPLACED_CALLS,
        "google.colab.output.eval_js",
        "google.colab.output.register_callback",
        "google.colab.output.serve_kernel_port_as_window",
        "google.colab.output.serve_kernel_port_as_iframe",
    }
)
# Variables that tell code where it runs, with what a platform sets them to.
PLATFORM_VARIABLES = {
    "KAGGLE_KERNEL_RUN_TYPE": ("kaggle", "Batch"),
    "KAGGLE_URL_BASE": ("kaggle", "https://www.kaggle.com"),
    "COLAB_GPU": ("colab", "1"),
    "COLAB_RELEASE_TAG": ("colab", "release-colab"),
    "COLAB_BACKEND_VERSION": ("colab", "next"),
}
_DISPLAY = ("IPython.display.display", "IPython.core.display.display")


class PlatformUse:
    """Answers for one notebook what an expression means to the platform."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._claimed: dict[int, str] = {}
        self._parts: set[int] = set()

    def meaning(self, node: cst.BaseExpression) -> str | None:
        """The dotted platform name that an expression means, or None.

        `IPYTHON` stands for `get_ipython` and whatever the notebook gets from it. What is done with
        a value that the program does have (`userdata.get("KEY").strip()`) is no use of the
        platform.
        """
        written = dotted(node)
        if written is None:
            return None
        root, dot, rest = written.partition(".")
        called = "()" if root.endswith("()") else ""
        name = self._context.platform_names.get(root.removesuffix("()"))
        whole = f"{name}{called}{dot}{rest}" if name else written
        if "get_ipython" in whole.replace("()", "").split("."):
            return IPYTHON
        if not is_platform_module(whole.replace("()", "")):
            return None
        if any(whole.startswith(f"{known}().") for known in REPLACED_CALLS):
            return None
        rebound = root.removesuffix("()") in self._context.rebound_names
        return None if rebound and whole not in _KNOWN else whole

    def claim(self, node: cst.Call | cst.Attribute | cst.Name) -> str | None:
        """Claim an expression that means something to the platform; its parts are then no use of
        their own.
        """
        if id(node) in self._parts:
            return None
        name = self.meaning(node.func if isinstance(node, cst.Call) else node)
        if name is None and isinstance(node, cst.Call) and self._is_kaggle_secret(node):
            name = SECRET_CALLS[1]
        if name is None:
            return None
        self._claimed[id(node)] = name
        part: cst.BaseExpression | None = node
        while part is not None:
            part = (
                part.value
                if isinstance(part, cst.Attribute)
                else part.func
                if isinstance(part, cst.Call)
                else None
            )
            self._parts.add(id(part))
        return name

    def claimed(self, node: cst.BaseExpression) -> str | None:
        """The platform name of a claimed expression."""
        return self._claimed.get(id(node))

    def environment_secret(self, place: Location) -> str | None:
        """The secret that `os.environ["…"]` at this place reads, unless the notebook sets it."""
        for secret in self._context.facts.secrets:
            if secret.location == place and secret.required:
                return None if secret.name in self._context.set_environment else secret.name
        return None

    def platform_variable(self, node: cst.Call) -> str | None:
        """The value that `os.getenv("KAGGLE_KERNEL_RUN_TYPE")` and its kin had on the platform that
        the notebook ran on; None for any other call, and where the variable was not set.
        """
        if dotted(node.func) not in ("os.getenv", "os.environ.get", "environ.get", "getenv"):
            return None
        first = node.args[0].value if node.args else None
        name = text_of(first) if isinstance(first, cst.SimpleString) else ""
        platform, value = PLATFORM_VARIABLES.get(name, (None, ""))
        return value if platform == self._context.platform else None

    def shell_name(self, node: cst.BaseExpression) -> str | None:
        """The name of the shell's class that `get_ipython().__class__.__name__` had."""
        written = dotted(node) or ""
        if not written.endswith("get_ipython().__class__.__name__"):
            return None
        return "Shell" if self._context.platform == "colab" else "ZMQInteractiveShell"

    def variable_test(self, node: cst.Comparison) -> bool | None:
        """The answer of `os.getenv("KAGGLE_KERNEL_RUN_TYPE") == "Interactive"` and its kin on the
        platform that the notebook ran on.
        """
        if len(node.comparisons) != 1 or not isinstance(node.left, cst.Call):
            return None
        value = self.platform_variable(node.left)
        operator, other = node.comparisons[0].operator, node.comparisons[0].comparator
        if value is not None and isinstance(operator, cst.Is | cst.IsNot) and is_none(other):
            return isinstance(operator, cst.IsNot)
        if value is None or not isinstance(other, cst.SimpleString):
            return None
        if not isinstance(operator, cst.Equal | cst.NotEqual):
            return None
        return (value == text_of(other)) == isinstance(operator, cst.Equal)

    def platform_test(self, node: cst.Comparison) -> bool | None:
        """The answer of `"google.colab" in sys.modules` and its kin on the platform the notebook
        ran on.
        """
        if len(node.comparisons) != 1:
            return None
        if isinstance(node.left, cst.Call) and not node.left.args:
            operator = node.comparisons[0].operator
            if self.meaning(node.left.func) == IPYTHON and is_none(node.comparisons[0].comparator):
                # There was one in the notebook.
                return isinstance(operator, cst.IsNot | cst.NotEqual)
        if not isinstance(node.left, cst.SimpleString):
            return None
        text = text_of(node.left)
        operator = node.comparisons[0].operator
        if not isinstance(operator, cst.In | cst.NotIn):
            return None
        if "google.colab" in text or (text.startswith("COLAB_") and _is_environment(node)):
            on_platform = self._context.platform == "colab"
        elif text.startswith("KAGGLE_") and _is_environment(node):
            on_platform = self._context.platform == "kaggle"
        else:
            return None
        return on_platform == isinstance(operator, cst.In)

    def import_outcome(self, node: cst.Import | cst.ImportFrom, *, in_try: bool) -> Outcome | None:
        """What becomes of an import of the platform's own modules, or of IPython's `display`."""
        if isinstance(node.names, cst.ImportStar):
            module = dotted(node.module) if isinstance(node, cst.ImportFrom) and node.module else ""
            return dropped(_gone(module)) if module and is_platform_module(module) else None
        kept: list[cst.ImportAlias] = []
        gone: list[str] = []
        for alias in node.names:
            name = _imported(node, alias)
            if is_platform_module(name) or name.split(".")[-1] == "get_ipython":
                gone.append(name)
            elif name in _DISPLAY and alias.asname is None:
                gone.append(name)
                self._context.display()
            else:
                kept.append(alias)
        if not gone:
            return None
        if kept:
            last = kept[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
            rest = node.with_changes(names=[*kept[:-1], last], semicolon=cst.MaybeSentinel.DEFAULT)
            return rewritten(cst.Module([]).code_for_node(rest), _gone(gone[0]))
        if in_try and is_platform_module(gone[0]) and not self._ran_on(gone[0]):
            text = f'raise ImportError("not on {"Colab" if "colab" in gone[0] else "Kaggle"}")'
            return rewritten(text, "asks for a platform that the notebook did not run on")
        # Other uses as a value stop where they stand; here the name has to be bound, because the
        # notebook binds it to something else where the import fails.
        fallbacks = self._context.platform_values & self._context.rebound_names
        values = [name for name in _bound_by(node) if name in fallbacks]
        if in_try and values:
            reason = f"{short_name(gone[0])} is used as a value, which does not exist here"
            return left_to_person(reason, "\n".join(f"{name} = None" for name in values))
        return dropped(_gone(gone[0]))

    def _is_kaggle_secret(self, node: cst.Call) -> bool:
        """Whether a call is `client.get_secret(…)` in a notebook with Kaggle's secrets client."""
        written = dotted(node.func) or ""
        names = self._context.platform_names.values()
        return written.endswith(".get_secret") and any("kaggle_secrets" in name for name in names)

    def _ran_on(self, module: str) -> bool:
        return self._context.platform == ("colab" if module.startswith("google") else "kaggle")


def _imported(node: cst.Import | cst.ImportFrom, alias: cst.ImportAlias) -> str:
    name = dotted(alias.name) or ""
    if isinstance(node, cst.Import) or node.module is None or node.relative:
        return name
    return f"{dotted(node.module)}.{name}"


def _bound_by(node: cst.Import | cst.ImportFrom) -> list[str]:
    """The names that an import binds."""
    aliases = () if isinstance(node.names, cst.ImportStar) else node.names
    return [(alias.evaluated_alias or alias.evaluated_name).split(".")[0] for alias in aliases]


def _is_environment(node: cst.Comparison) -> bool:
    right = dotted(node.comparisons[0].comparator)
    return right in ("os.environ", "os.environ.keys()", "environ")


def _gone(module: str) -> str:
    if module.startswith("IPython"):
        return "the package displays values itself"
    return f"{short_name(module)} exists on the platform alone"
