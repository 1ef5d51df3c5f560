"""Where a cell uses its platform's API: which names mean it, which calls are claimed by a rewrite."""

from __future__ import annotations

import libcst as cst

from nb2prod.analysis.platform_api import is_platform_module
from nb2prod.location import Location
from nb2prod.program.context import Context
from nb2prod.program.cst_names import dotted
from nb2prod.program.outcome import Outcome, dropped, rewritten
from nb2prod.program.rewrites.platform import DROPPED_CALLS, EXCEPTIONS, SECRET_CALLS, short_name

# What is known of the API, for names that the notebook also binds to something else (`files = [...]`).
_KNOWN = frozenset(
    (*DROPPED_CALLS, *EXCEPTIONS, *SECRET_CALLS, "google.colab.files.upload", "google.colab.files.download",
     "google.colab.output.eval_js", "google.colab.output.register_callback",
     "google.colab.output.serve_kernel_port_as_window", "google.colab.output.serve_kernel_port_as_iframe")
)


class PlatformUse:
    """Answers for one notebook what an expression means to the platform."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._calls: dict[int, str] = {}
        self._parts: set[int] = set()

    def dotted(self, node: cst.BaseExpression) -> str | None:
        """The dotted platform name that an expression means, or None."""
        written = dotted(node)
        if written is None:
            return None
        root, _, rest = written.partition(".")
        call = root.endswith("()")
        root = root.removesuffix("()")
        names = self._context.platform_names
        if root in names and not call:
            whole = f"{names[root]}.{rest}".rstrip(".")
        elif root in names:
            whole = f"{names[root]}().{rest}".rstrip(".")
        else:
            whole = written
        if not is_platform_module(whole.replace("()", "")):
            return None
        if root in self._context.rebound_names and whole not in _KNOWN:
            return None
        return whole

    def claim(self, call: cst.Call) -> None:
        """Remember a call of the platform's API, so that its parts are not looked at on their own."""
        name = self.dotted(call.func)
        written = dotted(call.func) or ""
        if name is None and written.endswith(".get_secret") and "kaggle_secrets" in "".join(
            self._context.platform_names.values()
        ):
            name = SECRET_CALLS[1]
        if name is None or id(call) in self._parts:
            return
        self._calls[id(call)] = name
        node: cst.BaseExpression = call.func
        while True:
            self._parts.add(id(node))
            if isinstance(node, cst.Attribute):
                node = node.value
            elif isinstance(node, cst.Call):
                node = node.func
            else:
                return

    def claimed(self, call: cst.Call) -> str | None:
        """The platform name of a claimed call."""
        return self._calls.get(id(call))

    def is_claimed_part(self, node: cst.CSTNode) -> bool:
        """Whether a node is what a claimed call is called by."""
        return id(node) in self._parts

    def environment_secret(self, place: Location) -> str | None:
        """The secret that `os.environ["…"]` at this place reads, unless the notebook sets it itself."""
        for secret in self._context.facts.secrets:
            if secret.location == place and secret.required:
                return None if secret.name in self._context.set_environment else secret.name
        return None

    def platform_test(self, node: cst.Comparison) -> bool | None:
        """The answer of `"google.colab" in sys.modules` and its kin on the platform the notebook ran on."""
        if len(node.comparisons) != 1 or not isinstance(node.left, cst.SimpleString):
            return None
        text = node.left.evaluated_value
        operator = node.comparisons[0].operator
        if not isinstance(text, str) or not isinstance(operator, cst.In | cst.NotIn):
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
        if isinstance(node, cst.ImportFrom) and isinstance(node.names, cst.ImportStar):
            module = dotted(node.module) if node.module else None
            return dropped(_gone(module)) if module and is_platform_module(module) else None
        kept: list[cst.ImportAlias] = []
        gone: list[str] = []
        for alias in node.names:
            assert isinstance(alias, cst.ImportAlias)
            name = _imported(node, alias)
            if is_platform_module(name) or name in ("IPython.get_ipython", "IPython.core.getipython.get_ipython"):
                gone.append(name)
            elif name in ("IPython.display.display", "IPython.core.display.display") and alias.asname is None:
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
        return dropped(_gone(gone[0]))

    def _ran_on(self, module: str) -> bool:
        return self._context.platform == ("colab" if module.startswith("google") else "kaggle")


def _imported(node: cst.Import | cst.ImportFrom, alias: cst.ImportAlias) -> str:
    name = dotted(alias.name) or ""
    if isinstance(node, cst.Import) or node.module is None or node.relative:
        return name
    return f"{dotted(node.module)}.{name}"


def _is_environment(node: cst.Comparison) -> bool:
    right = dotted(node.comparisons[0].comparator)
    return right in ("os.environ", "os.environ.keys()", "environ")


def _gone(module: str) -> str:
    if module.startswith("IPython"):
        return "the package displays values itself"
    return f"{short_name(module)} exists on the platform alone"
