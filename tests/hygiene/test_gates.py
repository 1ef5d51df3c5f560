"""What spares a rule, a text or a tree loses no finding: with the gates open the same is found."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.peer_cases import Case, cases
from nb2prod.analysis.running_order import running_order
from nb2prod.analysis.token_hints import may_hold_tokens
from nb2prod.analysis.tokens import PROVIDERS, Provider, find_tokens
from nb2prod.analysis.undefined import undefined_names
from nb2prod.hygiene import engine
from nb2prod.hygiene.catalogue import RULES
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.namespace import is_given
from nb2prod.notebook.statements import ParsedCell
from tests.analysis.fake_tokens import hexadecimal, private_key, text_of, token_of
from tests.hygiene import gates
from tests.hygiene.build import Json, code, document, text
from tests.hygiene.mutations import mutated, texts

CHECKOUT = Path(__file__).resolve().parents[2]
WORD = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


def test_every_gate_shuts() -> None:
    empty = Context("nb.ipynb", json.dumps(document("1")).encode(), gates.ALL)
    shut = {rule.code for rule in RULES if not engine.may_find(rule, empty)}
    gated = {rule.code for rule in RULES if rule.when or rule.words or rule.texts}
    assert shut == gated


def test_what_a_gate_loses_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    content = json.dumps(document("!pip install a")).encode()
    assert gates.differences(content) == []
    monkeypatch.setattr(engine, "may_find", lambda rule, _: rule.code != "NB303")
    assert [one.code for one in gates.differences(content)] == ["NB303"]


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.code} {case.what}")
def test_the_notebooks_for_comparing_tools(case: Case, tmp_path: Path) -> None:
    for name, said in case.beside.items():
        (tmp_path / name).write_text(said, encoding="utf-8")
    for name, content in ((case.bad_name, case.bad), (case.clean_name, case.clean)):
        assert gates.differences(content, name, tmp_path) == []


@pytest.mark.parametrize("path", sorted(CHECKOUT.glob("examples/*/*.ipynb")), ids=lambda p: p.stem)
def test_the_examples(path: Path) -> None:
    assert gates.differences(path.read_bytes(), path.name, path.parent) == []


def test_the_texts_of_the_rules_tests_each_in_a_notebook() -> None:
    """More than what those tests look at: each text is a cell of code, of any platform."""
    metadata: list[Json] = [{}, {"colab": {"provenance": []}}, {"kaggle": {"accelerator": "gpu"}}]
    for number, source in enumerate(texts()):
        made = document(source, "x = 1", text(source), metadata=metadata[number % len(metadata)])
        assert gates.differences(json.dumps(made).encode()) == [], source


@pytest.mark.slow
def test_notebooks_that_nobody_would_write() -> None:
    for seed in range(400):
        assert gates.differences(mutated(seed)) == [], seed


@pytest.mark.corpus
def test_the_corpus(corpus: list[Path]) -> None:
    lost = {
        path.name: gates.differences(path.read_bytes(), path.name, path.parent) for path in corpus
    }
    assert {name: found for name, found in lost.items() if found} == {}


# Made of few names, so that they meet: what one line binds another reads, above it or below.
NAMES = st.sampled_from(["a", "b", "f", "A", "np", "x1"])
LINES = [
    *("{0} = {1}", "{0} = 1", "{0}, {1} = 1, 2", "{0} += {1}", "{0}: {1} = 1", "print({0}, {1})"),
    *("del {0}", "del {0}\n{0}", "import {0}", "import {0} as {1}", "from {0} import {1}"),
    *("from {0} import *", "import {0}.{1} as x1", "({0} := {1})", "{0}.{1} = 1", "{0}[{1}] = 1"),
    *(
        "def {0}({1}=1):\n    return {1}",
        "def {0}():\n    return {1}",
        "{0}()",
        "{0} = lambda: {1}",
    ),
    *(
        "def {0}(a={1}):\n    {1} = a\n    return f",
        "@{1}\ndef {0}(): pass",
        "{0} = lambda a={1}: a",
    ),
    "def {0}():\n    global {1}\n    {1} = 1",
    "def {0}():\n    global {1}\n    del {1}",
    "def {0}():\n    def {1}():\n        nonlocal_ = f\n        return {0}\n    return {1}",
    "def {0}():\n    b = 1\n    def {1}():\n        nonlocal b\n        b = a\n    return {1}",
    "async def {0}():\n    await {1}()\n    async with {1} as a:\n        return a",
    *("await {0}({1})", "async for {0} in {1}:\n    pass", "[{0} async for {0} in {1}]"),
    *("class {0}:\n    b = {1}", "class {0}({1}):\n    a = 1\n    b = a", "class {0}(f={1}): pass"),
    "class {0}:\n    {1} = {1}\n    def f(self):\n        return {1}",
    "class {0}:\n    def {1}(self):\n        return __class__, super(), b\n    x1 = {1}",
    "class {0}:\n    global {1}\n    {1} = 1",
    "class {0}:\n    [{1} for a in {1}]\n    del {1}",
    *(
        "[{0} for {0} in {1}]",
        "[{1} for {0} in f]",
        "{{{0}: {1} for a in b}}",
        "({1} for a in {0})",
    ),
    *("[a for a in {0} if {1}]", "[[{0} for b in a] for a in {1}]", "[(f := {0}) for a in {1}]"),
    *("for {0} in {1}:\n    b", "while {0}:\n    {1} = 1", "with {0} as {1}:\n    a"),
    *(
        "if {0}:\n    {1} = 1\nelse:\n    {1}",
        "{0} if {1} else a",
        "{0} and {1}",
        "assert {0}, {1}",
    ),
    "try:\n    {0}\nexcept NameError:\n    {1} = 1",
    "try:\n    {0}\nexcept ImportError as {1}:\n    {1}\nfinally:\n    a",
    "match {0}:\n    case {1}:\n        {1}",
    "match {0}:\n    case {{'a': {1}, **b}} | [{1}, *b]:\n        f",
    *("f'{{{0}}}{{{1}!r}}'", "f'{{{0}:{{{1}}}}}'", "{0} = {1} = np", "[*{0}, {1}]", "{0}[{1}:a]"),
    *("exec('{0} = 1')", "globals()['{0}'] = {1}", "eval('{0}')", "get_ipython().ex('{0} = 1')"),
    *("%time {0} = {1}", "{0} = %time {1}", "%prun -q {0}({1})", "%timeit {0}", "!echo {0}"),
    *("{0} = !ls", "{0} = !echo {1}", "{0} = %pwd", ",{0} a b", "/{0} {1}", ";{0} {1}", "{0}?"),
    *("%run helpers.py", "%store -r {0}", "%sc {0}=ls", "%pylab", "%load_ext {0}", "%{0} {1}"),
    *("if {0}:\n    %time {1} = a", "!pip install {0}", "%pip install -q {0}", "pip install {0}"),
    # What Python compiles no code for.
    *("if 0:\n    {0}", "assert True, {0}", "def {0}():\n    return 1\n    {1}", "0 and {0}"),
    *("def {0}():\n    a: {1} = 1", "while True:\n    {0}\n{1}", "if 0:\n    {0} = {1}\n{0}"),
    *("print {0}", "{0} = ", "{0} 'a'", "xrange({0})", "{0}  # noqa", "# nb2prod: ignore"),
    *("import random\nrandom.{0}({1})", "import pickle\npickle.load({0})", "{0} = input()"),
    *("open('/content/drive/MyDrive/{0}')", "!rm -rf ${0}", "!curl {0} | sh", "display({0})"),
    *("import numpy as np\nnp.random.rand({0})", "from google.colab import {0}", "!wget -q {0}"),
    *(
        "{0} = AutoModel.from_pretrained({1})",
        "{0}.fit({1})\ntrain_test_split({1})",
        "os.kill({0})",
    ),
]
OPENINGS = [
    *("", "", "", "", "", "%%capture {0}\n", "%%time\n", "%%timeit\n", "%%bash --out {0}\n"),
    *("%%writefile helpers.py\n", "%%html\n", "%%{0}\n", "%%script python\n", "%%bigquery {0}\n"),
    *("%%time\n%%capture {0}\n", "%%prun\n", "%%R -o {0}\n", "%%sh\n", "  ", ">>> "),
]


@st.composite
def filled(draw: st.DrawFn, patterns: Sequence[str]) -> str:
    return draw(st.sampled_from(patterns)).format(draw(NAMES), draw(NAMES))


@st.composite
def secret_lines(draw: st.DrawFn) -> str:
    """A line that holds a secret, or something like one."""
    provider = draw(st.sampled_from(PROVIDERS))
    written, _ = made(provider, draw(st.integers(0, 3)))
    place: Callable[[str], str] = draw(st.sampled_from(PLACES))
    return place(written)


def cut(written: str) -> str:
    """A text as two literals that are one."""
    half = len(written) // 2
    return f"x = '{written[:half]}' + \\\n    '{written[half:]}'"


PLACES = [
    lambda written: f"x = '''{written}'''",
    lambda written: f"print({written!r})",
    lambda written: f"# {written}",
    lambda written: f"%env A={written}",
    lambda written: f"!export DATA={written}",
    lambda written: json.dumps({"a": [written, {"b": written}]}),
    cut,
]
CELLS = st.builds(
    lambda opening, lines: opening + "\n".join(lines),
    filled(OPENINGS),
    st.lists(st.one_of(filled(LINES), filled(LINES), filled(LINES), secret_lines()), max_size=4),
)


@given(st.lists(CELLS, min_size=1, max_size=5))
@settings(max_examples=400)
def test_any_notebook(sources: list[str]) -> None:
    assert gates.differences(json.dumps(document(*sources)).encode()) == []


@given(st.lists(CELLS, min_size=1, max_size=5), st.data())
@settings(max_examples=100)
def test_any_notebook_with_outputs_and_texts(sources: list[str], data: st.DataObject) -> None:
    cells = [
        code(source, outputs=data.draw(st.lists(OUTPUTS, max_size=2)), execution_count=number)
        for number, source in enumerate(sources, start=1)
    ]
    note = text(data.draw(secret_lines()), metadata={"a": data.draw(secret_lines())})
    metadata = {"note": [data.draw(secret_lines())]}
    assert gates.differences(json.dumps(document(*cells, note, metadata=metadata)).encode()) == []


OUTPUTS = st.one_of(
    secret_lines().map(lambda said: {"output_type": "stream", "name": "stdout", "text": [said]}),
    secret_lines().map(
        lambda said: {
            "output_type": "display_data",
            "metadata": {},
            "data": {"application/json": {"a": [{"b": said}]}},
        }
    ),
    secret_lines().map(
        lambda said: {"output_type": "error", "ename": "E", "evalue": said, "traceback": [said]}
    ),
)


def early_names(context: Context) -> Iterator[str]:
    """The names that are read at the top level above what binds them first."""
    bound: set[str] = set()
    waiting: set[str] = set()
    for event in running_order(context.parsed):
        name = event.name
        if name is None:
            return  # from here on anything may be bound
        if event.binds:
            if name in waiting and name not in bound:
                yield name
            bound.add(name)
        elif event.certain and name not in bound and not is_given(name, context):
            waiting.add(name)


def set_by_functions(parsed: Sequence[ParsedCell]) -> set[str]:
    """What functions and classes bind that say `global`; nobody can tell when they do."""
    lines = [line.split() for cell in parsed for line in cell.python.split("\n")]
    return {words[1] for words in lines if words[:1] == ["global"]}


@given(st.lists(CELLS, min_size=1, max_size=5))
@settings(max_examples=400)
def test_compiled_code_knows_of_every_name(sources: list[str]) -> None:
    context = Context("nb.ipynb", json.dumps(document(*sources)).encode(), gates.ALL)
    ran = gates.names_of(context.parsed)
    early = ran.intersection(early_names(context)) - set_by_functions(context.parsed)
    if early:
        assert context.signs.reads_early, early
    unbound = ran.intersection(name for _, name in undefined_names(context.parsed))
    if unbound:
        assert context.signs.reads_unbound, unbound


def test_compiled_code_spares_most_notebooks() -> None:
    for sources in (
        ["a = 1", "print(a)"],
        ["def f():\n    return a", "a = f"],
        ["[b for b in 'a']"],
    ):
        context = Context("nb.ipynb", json.dumps(document(*sources)).encode(), gates.ALL)
        assert not context.signs.reads_early
        assert not context.signs.reads_unbound


# What stands around the value where the form alone gives nothing away, and the values of forms that
# no table of tokens has: by the kind's place among the providers.
_SIGNS = WORD + "_-"
_FORMS = {
    "sk-or-": lambda n: "sk" + "-or-v1-" + hexadecimal(64, n),
    "sk-": lambda n: "sk" + "-" + text_of(WORD, 20, n) + "T3Blbk" + "FJ" + text_of(WORD, 20, n + 9),
    "github_pat_": lambda n: "github" + "_pat_" + text_of(WORD, 60, n),
    "ecret": lambda n: "aws_secret_access" + "_key = '" + text_of(WORD + "/+", 40, n) + "'",
    "hooks.slack.com": lambda n: (
        "https://hooks.slack.com" + "/services/T0/B0/" + text_of(WORD, 24, n)
    ),
    "key": lambda n: '{"username":"me","key":"' + hexadecimal(32, n) + '"}',
    "KAGGLE_KEY": lambda n: "KAGGLE" + "_KEY=" + hexadecimal(32, n),
    "andb": lambda n: "wandb login " + hexadecimal(40, n),
    ".": lambda n: (
        "M"
        + text_of(WORD, 23 + n % 3, n)
        + "."
        + text_of(_SIGNS, 6, n)
        + "."
        + text_of(WORD, 27, n)
    ),
    "pypi-AgE": lambda n: "pypi" + "-AgE" + text_of(_SIGNS, 60, n),
    "xai-": lambda n: "xai" + "-" + text_of(WORD, 72, n),
    "pplx-": lambda n: "pplx" + "-" + text_of(WORD, 48, n),
    "tvly-": lambda n: "tvly" + "-" + text_of(WORD, 24, n),
    "AccountKey=": lambda n: "Account" + "Key=" + text_of(WORD + "+/", 86, n) + "==",
    "KEY-----": lambda n: private_key(),
    "://": lambda n: "postgresql://me:" + text_of(WORD, 12, n) + "@db.example.invalid/x",
}


def made(provider: Provider, seed: int) -> tuple[str, str]:
    """A text with a secret of a provider's, and the provider's variable."""
    form = _FORMS.get(provider.words[-1]) or _FORMS.get(provider.words[0])
    written = form(seed) if form is not None else token_of(provider.variable, seed)
    return written, provider.variable


AROUND = [
    *(
        "{}",
        "x = '{}'",
        "A={}",
        "a/{}",
        "a={}&b",
        "-{}",
        "+{}",
        "key:{}",
        "({})",
        "é{}",
        "{}\n",
        "\t{}",
    ),
    *(
        "<{}>",
        "{};",
        "'{}', 'b'",
        "DISCORD={}",
        "https://example.invalid/?a={}",
        "Bearer {}",
        "{}.",
    ),
]


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda one: f"{one.variable} {one.words[0]}")
def test_no_secret_is_passed_over(provider: Provider) -> None:
    seen = 0
    for seed in range(8):
        written, _ = made(provider, seed)
        for around in AROUND:
            said = around.format(written)
            for whole in (said, f"import os\n{said}\nprint(1)\n", json.dumps({"a": [said]})):
                with gates.opened():
                    found = [one.variable for one in find_tokens(whole)]
                seen += provider.variable in found
                assert may_hold_tokens(whole) or not found, around
    assert seen > 8 * len(AROUND)  # nearly all of them are such secrets, in most places


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda one: f"{one.variable} {one.words[0]}")
def test_no_secret_in_pieces_is_passed_over(provider: Provider) -> None:
    chance = random.Random(provider.variable)
    for seed in range(8):
        written, _ = made(provider, seed)
        at = chance.randrange(1, len(written))
        for between in ("' '", "' + '", "'\n    '", "' \\\n '", "\" + f'", "'  +  r'"):
            opening = between[0]
            source = f"x = ({opening}{written[:at]}{between}{written[at:]}')"
            content = json.dumps(document(source)).encode()
            assert gates.differences(content) == [], between


@given(st.data())
@settings(max_examples=300)
def test_no_text_of_a_provider_s_form_is_passed_over(data: st.DataObject) -> None:
    """But for values that nobody draws: numbers, small letters alone, letters of no key."""
    provider = data.draw(st.sampled_from(PROVIDERS))
    written = data.draw(st.from_regex(provider.form, fullmatch=True))
    with gates.opened():
        found = list(find_tokens(written))
    drawn = [one.value for one in found if one.value.isascii()]
    drawn = [one for one in drawn if re.search("[A-Z]", one) and re.search("[0-9]", one)]
    assert may_hold_tokens(written) or not drawn


NAMED = [
    "api_key",
    "API_KEY",
    "openai.apikey",
    "db_password",
    "my_secret",
    "SECRET_KEY",
    "hf_token",
    "accesstoken",
    "authToken",
    "PASSWD",
    "Passwort_passwd",
    "xToken",
    "MYTOKEN",
]


@pytest.mark.parametrize("name", NAMED)
@pytest.mark.parametrize(
    "line",
    [
        "{} = '{}'",
        "{}: str = '{}'",
        "'{}': \"{}\"",
        "%env {} {}",
        "!export {}={}",
        "{}={};",
        "f({}='{}')",
    ],
)
def test_no_named_secret_is_passed_over(name: str, line: str) -> None:
    for seed in range(4):
        said = line.format(name, text_of(WORD, 16 + seed, seed))
        with gates.opened():
            found = list(find_tokens(said, names=True))
        assert may_hold_tokens(said, names=True) or not found
