"""Colab's form parameters in the ways that notebooks write them."""

from __future__ import annotations

import pytest

from nb2prod.analysis.facts import Parameter
from nb2prod.analysis.forms import find_parameters
from nb2prod.location import Location
from nb2prod.notebook.ipython import parse_cell
from nb2prod.notebook.model import Cell


def parameters(source: str) -> list[Parameter]:
    return list(find_parameters(parse_cell(Cell(5, "code", source))))


def parameter(source: str) -> Parameter:
    (found,) = parameters(source)
    return found


@pytest.mark.parametrize(
    ("source", "kind", "default"),
    [
        ("x = 'a' #@param", "string", "a"),
        ("x = 1 #@param", "integer", 1),
        ("x = 1.5 #@param", "number", 1.5),
        ("x = -3 # @param", "integer", -3),
        ("x = True #@param", "boolean", True),
        ("x = None #@param", "raw", None),
        ("x = 'a' #@param {type:\"string\"}", "string", "a"),
        ("x = 'a'  # @param {type: 'string'}", "string", "a"),
        ('x = "a" #@param {"type":"string"}', "string", "a"),
        ("x = 'a' #@param{type:\"string\"}", "string", "a"),
        ("x = '2024-01-01' #@param {type:\"date\"}", "string", "2024-01-01"),
        ("x = 1 #@param {type:\"integer\"}", "integer", 1),
        ("x = 1 #@param {type:\"number\"}", "number", 1),
        ("x = 1e-3 #@param {type:\"number\"}", "number", 0.001),
        ("x = False #@param {type:\"boolean\"}", "boolean", False),
        ("x = 5 #@param {type:\"raw\"}", "integer", 5),
        ("x = None #@param {type:\"raw\"}", "raw", None),
        ("x = 3 #@param {type:\"slider\", min:0, max:9, step:1}", "integer", 3),
        ("x = 3 #@param {type:\"slider\", min:0, max:9}", "integer", 3),
        ("x = 3 #@param {type:\"slider\", min:0, max:9, step:0.5}", "number", 3),
        ("x = 0.3 #@param {type:\"slider\", min:0, max:1, step:0.1}", "number", 0.3),
        ("x = 0.3 #@param {type:\"slider\", min:0, max:1}", "number", 0.3),
        # The code works with the value: a default of another type keeps its own.
        ("x = 'a' #@param {type:\"integer\"}", "string", "a"),
        ("x = 5 #@param {type:\"string\"}", "integer", 5),
        ("x = 1 #@param {type:\"boolean\"}", "integer", 1),
        ("x = None #@param {type:\"string\"}", "raw", None),
        ("x = 'a' #@param {type:\"unheard\"}", "string", "a"),
        ("x = 'a' #@param {placeholder: 'type: it'}", "string", "a"),
        ("x = 'a' #@param {isTemplate: true, type: 'string'}", "string", "a"),
        ("x: str = 'a' #@param", "string", "a"),
        ("x = ('a'\n     'b') #@param", "string", "ab"),
        ("x = 1; #@param {type:'integer'}", "integer", 1),
        ("x = 'ü'; #@param", "string", "ü"),
        ("x = 'a # b' #@param", "string", "a # b"),
    ],
)  # fmt: skip
def test_the_type_and_the_default(source: str, kind: str, default: object) -> None:
    found = parameter(source)
    assert (found.name, found.type, found.default) == ("x", kind, default)
    assert type(found.default) is type(default)
    assert found.location == Location(5, 1, 1)


@pytest.mark.parametrize(
    ("source", "choices"),
    [
        ("x = 'a' #@param ['a', 'b']", ("a", "b")),
        ('x = "a" #@param ["a", "b"] {type:"string"}', ("a", "b")),
        ("x = 1 #@param [1, 2] {type:\"raw\"}", (1, 2)),
        ("x = 1 #@param [\"1\", \"2\"] {type:\"raw\"}", (1, 2)),
        ("x = None #@param [\"None\", \"'a'\"] {type:\"raw\"}", (None, "a")),
        ("x = 'a]' #@param ['a]', 'b'] {type:'string'}", ("a]", "b")),
        ("x = 'a' #@param ['a', 'true', 'it\\'s'] # see [1]", ("a", "true", "it's")),
        ("x = None #@param [null, 1]", (None, 1)),
        # suggestions, and lists that cannot be read
        ("x = 'a' #@param ['a', 'b'] {allow-input: true}", None),
        ("x = 'a' #@param ['a', 'b'] {\"allow-input\":true, type:'string'}", None),
        ("x = 'c' #@param ['a', 'b']", None),
        ("x = 1 #@param ['1', '2']", None),
        ("x = 'a' #@param []", None),
        ("x = 'a' #@param ['a', f()]", None),
        ("x = 'a' #@param ['a', ['b']]", None),
        ("x = 'a' #@param ['a',", None),
        ("x = True #@param [\"True\", \"False\"] {type:\"raw\"}", None),
        ("x = True #@param [true, false]", None),
        ("x = f #@param ['f'] {type:'raw'}\nx = 'f' #@param ['\\d'] {type: 'raw'}", None),
        ("x = 'a'", None),
    ],
)  # fmt: skip
def test_choices(source: str, choices: tuple[object, ...] | None) -> None:
    found = parameters(source)
    assert [one.choices for one in found] == ([choices] if "#@param" in source else [])


@pytest.mark.parametrize(
    ("spec", "minimum", "maximum"),
    [
        ('{type:"slider", min:0, max:1, step:0.1}', 0, 1),
        ('{type: "slider", min: -1.5, max: 2e3}', -1.5, 2000.0),
        ('{"type":"slider","min":"0","max":null}', None, None),
        ('{type:"slider", min:true}', None, None),
        ('{type:"slider", min:.5}', 0.5, None),
        ('{type:"slider", min:1.2.3}', None, None),
        ('{type:"number"} min: 3', None, None),
        ("", None, None),
    ],
)
def test_the_ends_of_a_slider(spec: str, minimum: float | None, maximum: float | None) -> None:
    found = parameter(f"x = 0.5 #@param {spec}")
    assert (found.minimum, found.maximum) == (minimum, maximum)


@pytest.mark.parametrize(
    ("source", "help_text"),
    [
        ("x = 1 #@param", ""),
        ("#@markdown How many.\nx = 1 #@param", "How many."),
        ("# @markdown One.\n#@markdown Two.\nx = 1 #@param", "One. Two."),
        ("#@markdown ---\n#@markdown Text\nx = 1 #@param", "Text"),
        ("#@markdown Far\n\nx = 1 #@param", ""),
        ("#@title Settings\nx = 1 #@param", ""),
        ("#@title Settings\n#@markdown Text\nx = 1 #@param", "Text"),
        ("#@markdown A\ny = 2\nx = 1 #@param", ""),
        ("    #@markdown A\n    x = 1 #@param", "A"),
    ],
)
def test_the_text_above_is_help(source: str, help_text: str) -> None:
    assert parameter(source).help == help_text


@pytest.mark.parametrize(
    "source",
    [
        "x = f() #@param",
        "x = [1] #@param",
        "x = {'a': 1} #@param",
        "x, y = 1, 2 #@param",
        "x = y = 1 #@param",
        "o.x = 1 #@param",
        "x += 1 #@param",
        "x = f'{a}' #@param",
        "x = b'a' #@param",
        "x = 1j #@param",
        "x: int #@param",
        "#@param",
        "#@title x = 1 #@param",
        "x = '#@param'",
        "x = '#@param' # no",
        "x = 1 #@parameter",
        "text = '''\nx = 1 #@param\n'''",
        "%%bash\nx=1 #@param",
        "x = 1 1 #@param",
        "print(1) #@param",
    ],
)
def test_what_is_no_parameter(source: str) -> None:
    assert parameters(source) == []


def test_each_parameter_of_a_cell_with_its_place() -> None:
    source = (
        '#@title Settings { run: "auto" }\n!ls\nrate = 0.1 #@param {type:"number"}\n'
        "if x:\n    größe = 1; mode = 'a' #@param ['a', 'b']\n"
    )
    assert [(found.name, found.location) for found in parameters(source)] == [
        ("rate", Location(5, 3, 1)),
        ("mode", Location(5, 5, 16)),
    ]
