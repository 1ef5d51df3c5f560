"""All rules, in the order of their codes: what each is called, what it says, when it is asked.

A rule's `check` is in the module of `nb2prod.hygiene.rules` that is named after it, and is loaded
when a notebook may have something for it. Its page is `rules/docs/<code>.md`, its tables of cases
are in `tests/hygiene/rules`.
"""

from __future__ import annotations

from nb2prod.hygiene.model import Rule

RULES: tuple[Rule, ...] = (
    Rule(
        code="NB100",
        name="unused-suppression",
        summary="a noqa, an ignore comment or an ignore tag that keeps nothing back",
        severity="warning",
        fix="safe",
    ),
    Rule(
        code="NB101",
        name="invalid-notebook",
        summary="no JSON, merge conflict markers, or what the notebook format does not allow",
        severity="error",
        stays=True,
    ),
    Rule(
        code="NB102",
        name="widget-state-missing",
        summary="metadata.widgets without `state`: GitHub and nbconvert refuse the notebook",
        severity="error",
        fix="safe",
    ),
    Rule(
        code="NB104",
        name="non-python-kernel",
        summary="a notebook in another language than Python: its code is not checked",
        severity="warning",
        stays=True,
    ),
    Rule(
        code="NB107",
        name="syntax-error",
        summary="a code cell that does not parse, so that no other rule can look at its code",
        severity="error",
        stays=True,
    ),
    Rule(
        code="NB108",
        name="python2-code",
        summary="code for Python 2: a print statement, `xrange`, `has_key`, `import urllib2`",
        severity="error",
        fix="unsafe",
    ),
    Rule(
        code="NB201",
        name="out-of-order-execution",
        summary="a cell whose execution count is lower than that of the cell above it",
        severity="warning",
        fix="unsafe",
    ),
    Rule(
        code="NB202",
        name="execution-gap",
        summary="execution counts that are not those of one run: some are missing, or there twice",
        severity="info",
        fix="unsafe",
    ),
    Rule(
        code="NB203",
        name="unexecuted-cell",
        summary="a code cell without an execution count among cells that have one",
        severity="warning",
    ),
    Rule(
        code="NB204",
        name="error-output",
        summary="a cell that was saved with the error that it stopped with",
        severity="error",
        fix="unsafe",
    ),
    Rule(
        code="NB207",
        name="use-before-definition",
        summary="a name that is used above the line that defines it",
        severity="error",
    ),
    Rule(
        code="NB208",
        name="undefined-name",
        summary="a name that no cell defines: the cell that did is gone, or was never there",
        severity="error",
    ),
    Rule(
        code="NB301",
        name="unpinned-install",
        summary="pip, uv or conda installs a package without an exact version",
        severity="warning",
    ),
    Rule(
        code="NB302",
        name="vcs-dependency",
        summary="a package from a repository or a download without a commit or a hash",
        severity="warning",
    ),
    Rule(
        code="NB303",
        name="shell-install",
        summary="pip through the shell, which may be the pip of another Python than the kernel's",
        severity="warning",
        fix="safe",
    ),
    Rule(
        code="NB304",
        name="system-package",
        summary="apt, conda, npm or the like installs packages while the notebook runs",
        severity="warning",
    ),
    Rule(
        code="NB305",
        name="undeclared-import",
        summary="an import of a package that neither the notebook nor its project installs",
        severity="error",
    ),
    Rule(
        code="NB306",
        name="wildcard-import",
        summary="`from module import *`, after which nobody can tell where a name comes from",
        severity="warning",
    ),
    Rule(
        code="NB401",
        name="hardcoded-secret",
        summary="a key, a token or a password in code, in a text or in metadata",
        severity="error",
        fix="unsafe",
    ),
    Rule(
        code="NB402",
        name="secret-in-output",
        summary="a key, a token or a password in what a cell printed",
        severity="error",
        fix="unsafe",
    ),
    Rule(
        code="NB403",
        name="credential-file",
        summary="a cell that writes a file of credentials from what stands in the notebook",
        severity="error",
    ),
    Rule(
        code="NB404",
        name="shell-injection-var",
        summary="a value from outside in a shell command, without quotes",
        severity="warning",
    ),
    Rule(
        code="NB405",
        name="destructive-shell",
        summary="rm -r or chmod -R 777 of a system directory or an unknown variable; mkfs, dd",
        severity="warning",
    ),
    Rule(
        code="NB408",
        name="personal-data-in-metadata",
        summary="a user's name, number, photograph, e-mail address or private files in metadata",
        severity="warning",
        fix="safe",
    ),
    Rule(
        code="NB501",
        name="colab-api",
        summary="an import of a module that only Colab or Kaggle has",
        severity="error",
    ),
    Rule(
        code="NB502",
        name="platform-path",
        summary="a path of Colab, Kaggle, Drive or somebody's own machine",
        severity="error",
    ),
    Rule(
        code="NB503",
        name="interactive-input",
        summary="input(), getpass, a login, an upload or a widget, which wait for a person",
        severity="error",
    ),
)
_BY_WORD = {word: rule for rule in RULES for word in (rule.code, rule.name)}


def rule(word: str) -> Rule:
    """The rule of this code or name. Raises `KeyError` for any other word."""
    return _BY_WORD[word]


def find_rule(word: str) -> Rule | None:
    """The rule of this code or name; None for any other word."""
    return _BY_WORD.get(word)
