"""The fields of the configuration: what they are called, and what the ledger says of them."""

from __future__ import annotations

import keyword

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nb2prod.analysis.facts import Parameter, ParameterSource
from nb2prod.analysis.paths import find_roots
from nb2prod.location import Location
from nb2prod.program.options import form_options, hoisted_reason

ROOTS = find_roots("jupyter", (), ())


def parameter(name: str, source: ParameterSource, line: int = 1) -> Parameter:
    return Parameter(name, "integer", 1, Location(1, line, 1), source=source)


@pytest.mark.parametrize(
    ("found", "fields"),
    [
        ([("BATCH_SIZE", "constant")], ["batch_size"]),
        ([("BATCH_SIZE", "form")], ["BATCH_SIZE"]),
        ([("Alpha", "papermill")], ["Alpha"]),
        ([("EPOCHS", "constant"), ("epochs", "form")], ["epochs_option", "epochs"]),
        ([("CLASS", "constant")], ["option_class"]),
        # The program's own directories keep their names.
        ([("DATA_DIR", "constant")], ["notebook_data_dir"]),
        ([("data_dir", "form")], ["data_dir"]),
        ([("A_", "constant"), ("A__", "constant")], ["a", "a_option"]),
    ],
)
def test_fields(found: list[tuple[str, ParameterSource]], fields: list[str]) -> None:
    made = tuple(parameter(name, source, line) for line, (name, source) in enumerate(found, 1))
    options = form_options(made, ROOTS)
    assert [option.field for option in options] == fields
    assert [option.parameter for option in options] == list(made)


@given(
    st.lists(
        st.tuples(
            st.from_regex(r"_?[A-Za-z]{1,3}_?", fullmatch=True),
            st.sampled_from(["form", "papermill", "constant"]),
        ),
        unique_by=lambda found: found[0],
        max_size=9,
    )
)
def test_every_parameter_has_a_field_of_its_own(
    found: list[tuple[str, ParameterSource]],
) -> None:
    made = tuple(parameter(name, source, line) for line, (name, source) in enumerate(found, 1))
    fields = [option.field for option in form_options(made, ROOTS)]
    assert len(set(fields)) == len(made)
    assert all(field.isidentifier() and not keyword.iskeyword(field) for field in fields)


def test_the_ledger_tells_the_three_apart() -> None:
    made = (parameter("a", "form"), parameter("b", "papermill", 2), parameter("CD", "constant", 3))
    reasons = [hoisted_reason(option) for option in form_options(made, ROOTS)]
    assert reasons[0] == "a form parameter: an option of the program"
    assert len(set(reasons)) == 3
