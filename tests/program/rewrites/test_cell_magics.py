from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st


def written(body: str, path: Path) -> str:
    """What the program writes to its file, by running it there."""
    statement = ast.parse(body)
    call = statement.body[-1]
    assert isinstance(call, ast.With)
    opened = call.items[0].context_expr
    assert isinstance(opened, ast.Call)
    opened.args[0] = ast.Constant(str(path))
    exec(compile(ast.fix_missing_locations(statement), "x", "exec"), {})
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "x\n\n",
        "{a} {{b}} {}",
        '\'a\' "b" \'\'\'c\'\'\' """d""" """"',
        '"',
        'ends with a quote"',
        "\\",
        '\\n \\\\ \\" \\N{DASH} \\u1234',
        "\ttab\n    indented",
        "é \N{SNOWMAN} \N{LINE SEPARATOR} \x0c \x85 \x1c \x00 \x7f",
        'f"{x}" % ()',
        "#",
    ],
)
def test_a_file_s_text_is_kept(body_of: Callable[..., str], tmp_path: Path, text: str) -> None:
    body = body_of(f"%%writefile a.txt\n{text}")
    # IPython ends a cell with a line's end where it has none.
    expected = text if text.endswith("\n") or not text else f"{text}\n"
    assert written(body, tmp_path / "a.txt") == expected


@settings(max_examples=30)
@given(st.text(st.characters(exclude_characters="\r/._", exclude_categories=["Cs"]), min_size=1))
def test_any_text_is_kept(
    tmp_path_factory: pytest.TempPathFactory, body_of: Callable[..., str], text: str
) -> None:
    body = body_of(f"%%writefile a.txt\n{text}\n")
    assert written(body, tmp_path_factory.mktemp("a") / "a.txt") == f"{text}\n"


@pytest.mark.parametrize(
    ("header", "opened"),
    [
        ("%%writefile a.txt", 'open("a.txt", "w", encoding="utf-8")'),
        ("%%file a.txt", 'open("a.txt", "w", encoding="utf-8")'),
        ("%%writefile -a a.txt", 'open("a.txt", "a", encoding="utf-8")'),
        ("%%writefile a.txt -a", 'open("a.txt", "a", encoding="utf-8")'),
        ("%%writefile --append a.txt", 'open("a.txt", "a", encoding="utf-8")'),
        ("%%writefile 'a b.txt'", 'open("a b.txt", "w", encoding="utf-8")'),
        ("%%writefile a-a.txt", 'open("a-a.txt", "w", encoding="utf-8")'),
        (
            "%%writefile /content/a/b.txt",
            'open(f"{config.work_dir}/a/b.txt", "w", encoding="utf-8")',
        ),
        (
            "%%writefile /content/drive/MyDrive/b.txt",
            'open(f"{config.data_dir}/b.txt", "w", encoding="utf-8")',
        ),
        ("%%writefile {name}.txt", 'open(f"{name}.txt", "w", encoding="utf-8")'),
        ("%%writefile $name/a", 'open(f"{name}/a", "w", encoding="utf-8")'),
        ("%%writefile $missing/a", 'open("$missing/a", "w", encoding="utf-8")'),
        ("%%writefile ~/a", 'open(os.path.expanduser("~/a"), "w", encoding="utf-8")'),
    ],
)
def test_a_file_s_name(body_of: Callable[..., str], header: str, opened: str) -> None:
    body = body_of("name = 'n'", f"{header}\nx")
    assert body == f'name = "n"\n\nwith {opened} as file_:\n    file_.write("""x\n""")'


def test_a_path_in_a_file_comes_from_the_configuration(body_of: Callable[..., str]) -> None:
    body = body_of("%%writefile a.py\np = '/content/x' + f'{y}'")
    assert body == (
        'with open("a.py", "w", encoding="utf-8") as file_:\n'
        '    file_.write(f"""p = \'{config.work_dir}/x\' + f\'{{y}}\'\n""")'
    )


def test_the_file_s_variable_is_free(body_of: Callable[..., str]) -> None:
    assert "as written_file:" in body_of("%%writefile a\nx", "file_ = 1")


def test_comments_above_a_magic_stay(body_of: Callable[..., str]) -> None:
    body = body_of("#@title Files\n\n# why\n%%writefile a\nx")
    assert body.startswith('# Files\n# why\nwith open("a"')


@pytest.mark.parametrize("magic", ["html", "HTML", "javascript", "js", "latex", "markdown", "svg"])
def test_what_only_a_page_shows_goes(
    body_of: Callable[..., str],
    ledger_of: Callable[..., list[tuple[int, int, int, str, str]]],
    magic: str,
) -> None:
    cell = f"%%{magic}\n<b>\n\n</b>"
    assert body_of(cell) == ""
    assert ledger_of(cell) == [(1, 1, 3, "dropped", f"shows {magic} in the notebook's page")]


def test_an_address_that_only_a_page_shows_stays_in_a_comment(body_of: Callable[..., str]) -> None:
    body = body_of("%%html\n<a href='https://example.invalid'>")
    assert body == (
        "# Left out (shows html in the notebook's page):\n# %%html\n"
        "# <a href='https://example.invalid'>"
    )


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        (
            "%%bigquery df\nselect 1",
            "%%bigquery is a magic that has no counterpart outside the notebook",
        ),
        ("%%writefile\nx", "%%writefile names no file"),
        ("%%writefile -a\nx", "%%writefile names no file"),
        ("%%", "%% is a magic that has no counterpart outside the notebook"),
    ],
)
def test_needs_a_person(
    body_of: Callable[..., str], flat: Callable[[str], str], cell: str, reason: str
) -> None:
    comment = "".join(f"# {line}\n" for line in cell.split("\n"))
    assert flat(body_of(cell)) == f'{comment}raise NotImplementedError("cell 1 line 1: {reason}")'


def test_a_file_that_names_the_platform_s_module_is_pointed_out(
    body_of: Callable[..., str],
    ledger_of: Callable[..., list[tuple[int, int, int, str, str]]],
) -> None:
    cell = "%%writefile a.py\nfrom google.colab import drive\nget_ipython()"
    body = body_of(cell)
    code = [line for line in body.splitlines() if not line.startswith("#")]
    assert "google.colab" not in "\n".join(code)
    assert "get_ipython" not in "\n".join(code)
    assert "# from google.colab import drive" in body
    assert [entry[3] for entry in ledger_of(cell)] == ["attention"]
