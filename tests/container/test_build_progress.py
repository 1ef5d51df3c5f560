"""What builders write, as events. The words are those of real engines."""

from __future__ import annotations

import string
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nb2prod.container.building.buildkit import PlainReader
from nb2prod.container.hidden import Hidden
from nb2prod.container.progress import (
    Began,
    ClassicReader,
    Done,
    Event,
    Moved,
    Said,
    Transfers,
    clean,
)

CLASSIC: list[dict[str, object]] = [
    {"stream": "Step 1/4 : FROM ${BASE_IMAGE} AS system"},
    {"stream": "\n"},
    {"status": "Pulling from team/base", "id": "1.0"},
    {"status": "Pulling fs layer", "progressDetail": {}, "id": "aaa"},
    {"status": "Downloading", "progressDetail": {"current": 5, "total": 20}, "id": "aaa"},
    {"status": "Downloading", "progressDetail": {"current": 1, "total": 10}, "id": "bbb"},
    {"status": "Download complete", "progressDetail": {}, "id": "aaa"},
    {"status": "Extracting", "progressDetail": {"current": 3, "total": 20}, "id": "aaa"},
    {"stream": " ---> b49c5d604901\n"},
    {"stream": "Step 2/4 : COPY src /app/src"},
    {"stream": "\n"},
    {"stream": " ---> Using cache\n"},
    {"stream": " ---> f5a925f2c48f\n"},
    {"stream": "Step 3/4 : RUN printf x     && echo y"},
    {"stream": "\n"},
    {"stream": " ---> Running in 86a1b4530925\n"},
    {"stream": "\x1b[91mE\x1b[0m"},
    {"stream": "\x1b[91m: no\n\x1b[0m"},
    {"stream": "10%\r20%\r100%\n\x1b[31mred\x1b[0m\n\n"},
    {"stream": "Step 1/4 : FROM scratch\n"},
    {"stream": "no end of line"},
    {"stream": "Removing intermediate container 86a1b4530925\n"},
    {"stream": " ---> f45c0054c04e\n"},
    {"aux": {"ID": "sha256:f45c"}},
    {"stream": "Step 4/4 : USER 1"},
    {"stream": "\n"},
    {"stream": " ---> Running in 86a1b4530925\n"},
    {"stream": "Successfully built f45c0054c04e\n"},
]
EVENTS = [
    Began(1, 4, None, "FROM ${BASE_IMAGE} AS system"),
    Moved("pulling", "${BASE_IMAGE}", 5, 20),
    Moved("pulling", "${BASE_IMAGE}", 6, 30),
    Moved("pulling", "${BASE_IMAGE}", 21, 30),
    Done(1, cached=False, seconds=1),
    Began(2, 4, None, "COPY src /app/src"),
    Done(2, cached=True, seconds=1),
    Began(3, 4, None, "RUN printf x && echo y"),
    Said(3, "E: no"),
    Said(3, "100%"),
    Said(3, "red"),
    Said(3, "Step 1/4 : FROM scratch"),  # a command's own words
    Said(3, "no end of line"),
    Done(3, cached=False, seconds=1),
    Began(4, 4, None, "USER 1"),
    Done(4, cached=False, seconds=1),
]


def ticking() -> Iterator[float]:
    moment = 0.0
    while True:
        yield moment
        moment += 1


def test_the_classic_builder() -> None:
    clock = ticking()
    reader = ClassicReader(lambda: next(clock))
    found = [event for message in CLASSIC for event in reader.read(message)]
    assert [*found, *reader.end(well=True)] == EVENTS


def test_a_step_that_fails_is_not_done() -> None:
    reader = ClassicReader()
    found = [event for message in CLASSIC[:-3] for event in reader.read(message)]
    assert list(reader.end(well=False)) == []
    assert not [event for event in found if isinstance(event, Done) and event.number == 4]


PLAIN = """\
#1 [internal] load remote build context
#1 sha256:c4233e934950ee0c1a4796b20b60e62b1a84dba9a059ab39e03467350f3f1cb2
#1 DONE 0.0s

#3 [internal] load metadata for docker.io/library/base:1
#3 DONE 0.0s

#4 [stage-1 1/3] FROM docker.io/library/base:1@sha256:00
#4 sha256:{layer} 1.05MB / 4.00MB 0.2s
#4 sha256:{layer} 4.00MB / 4.00MB 0.9s done
#4 DONE 1.0s

#5 [a 2/2] RUN printf "a\\rb\\n"; echo err >&2
#5 0.181 a\rb
#5 0.181 \x1b[31mred\x1b[0m
#6 [stage-1 2/3] COPY --from=a /etc/hostname /x
#5 0.182 #6 DONE 0.0s
#6 CACHED
#5 DONE 1.2s

#7 [stage-1 3/3] RUN echo hi && no-such-program
#7 0.207 /bin/sh: 1: no-such-program: not found
#7 ERROR: executor failed running [/bin/sh -c echo hi]: exit code: 127
------
 > [stage-1 3/3] RUN echo hi && no-such-program:
------
executor failed running [/bin/sh -c echo hi]: exit code: 127
""".replace("{layer}", "ab" * 32)


def test_buildkit() -> None:
    reader = PlainReader()
    found = [event for line in PLAIN.split("\n") for event in reader.read(f"{line}\n")]
    assert found == [
        Began(4, None, "stage-1 1/3", "FROM docker.io/library/base:1@sha256:00"),
        Moved("pulling", "docker.io/library/base:1", 1_050_000, 4_000_000),
        Moved("pulling", "docker.io/library/base:1", 4_000_000, 4_000_000),
        Done(4, cached=False, seconds=1.0),
        Began(5, None, "a 2/2", r'RUN printf "a\rb\n"; echo err >&2'),
        Said(5, "b"),
        Said(5, "red"),
        Began(6, None, "stage-1 2/3", "COPY --from=a /etc/hostname /x"),
        Said(5, "#6 DONE 0.0s"),
        Done(6, cached=True, seconds=0.0),
        Done(5, cached=False, seconds=1.2),
        Began(7, None, "stage-1 3/3", "RUN echo hi && no-such-program"),
        Said(7, "/bin/sh: 1: no-such-program: not found"),
        Said(7, "ERROR: executor failed running [/bin/sh -c echo hi]: exit code: 127"),
    ]
    assert (reader.failed, reader.missing) == (7, None)


def test_an_image_that_buildkit_does_not_get() -> None:
    reader = PlainReader()
    said = ["load metadata for example.invalid/a:1", "ERROR: pull access denied"]
    found = [
        event
        for line in (f"[internal] {said[0]}", said[1])
        for event in reader.read(f"#3 {line}\n")
    ]
    assert (found, reader.failed, reader.missing) == ([], None, "example.invalid/a:1")


texts = st.text() | st.sampled_from([str(message.get("stream", "")) for message in CLASSIC])
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)
messages = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            **dict.fromkeys(("stream", "id", "error"), texts | anything),
            "status": st.sampled_from(["Downloading", "Pushing", "Pushed"]) | anything,
            "progressDetail": anything
            | st.fixed_dictionaries({"current": st.integers()}, optional={"total": anything}),
        },
    )
    | anything
    | st.sampled_from(CLASSIC),
    max_size=20,
)


def is_readable(event: Event) -> bool:
    match event:
        case Said() | Began():
            shown = event.text if isinstance(event, Said) else event.instruction
            return all(char.isprintable() for char in shown)
        case Moved():
            return event.bytes <= event.total
    return True


@given(messages)
def test_whatever_an_engine_answers_is_read(stream: list[object]) -> None:
    reader = ClassicReader()
    found = [event for message in stream for event in reader.read(message)]
    assert all(map(is_readable, [*found, *reader.end(well=True)]))


lines = st.builds(
    "#{} {}\n".format,
    st.integers(0, 3),
    st.text(string.printable)
    | st.sampled_from([line.partition(" ")[2] for line in PLAIN.split("\n")]),
)


@given(st.lists(lines | st.text(), max_size=20))
def test_whatever_buildkit_writes_is_read(written: list[str]) -> None:
    reader = PlainReader()
    assert all(is_readable(event) for line in written for event in reader.read(line))


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]0;a title\x07text", "text"),
        ("\x1b]8;;https://example.invalid\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("12%\r34%\r", "34%"),
        ("a\tb\x00\x07c", "a    b  c"),
        ("\x1b[2K\x1b[1Aup", "up"),
        ("\x9b31mred", " 31mred"),
        ("plain text, 😀", "plain text, 😀"),
    ],
)
def test_colours_and_control_characters_are_not_shown(said: str, shown: str) -> None:
    assert clean(said) == shown


def test_a_layer_that_is_there_counts_nothing() -> None:
    transfers = Transfers("pushing", "example.invalid/a:1")
    assert transfers.read({"status": "Layer already exists", "id": "aaa"}) is None
    first = {"status": "Pushing", "id": "bbb", "progressDetail": {"current": 7, "total": 5}}
    assert transfers.read(first) == Moved("pushing", "example.invalid/a:1", 5, 5)


WORD = "-".join(["not", "a", "secret", "at", "all"])


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (WORD, f"token {WORD}!"),
        (f"https://me:{WORD}@example.invalid/simple", f"asked with {WORD}"),
        (f"https://me:{WORD}%2F@example.invalid/simple", f"asked with {WORD}/"),
        (f"corp=https://me:{WORD}@example.invalid https://other.invalid", f"with {WORD}"),
        (f"https://a:b@example.invalid\nhttps://me:{WORD}@example.invalid\n", f"{WORD}"),
    ],
)
def test_secret_values_are_not_shown(value: str, said: str) -> None:
    hidden = Hidden([value])
    for event in (Said(1, said), Began(1, 1, None, said)):
        assert WORD not in repr(hidden.event(event))
    assert hidden.is_in(said)
    assert not hidden.is_in("nothing of it")


def test_short_values_do_not_make_words_of_stars() -> None:
    assert Hidden(["1", ""]).text("step 1 of 12") == "step 1 of 12"
    assert Hidden(["test"]).text("the latest test") == "the latest ****"


def test_what_the_dockerfile_says_is_no_secret() -> None:
    hidden = Hidden(["python", WORD], "RUN uv venv --python 3.11")
    assert hidden.text(f"uv venv --python {WORD}") == "uv venv --python ****"
    assert not hidden.is_in("RUN uv venv --python 3.11")
