"""What a notebook serves to others while it runs: gradio, streamlit, FastAPI, Flask, or a port that
Colab showed in its page.

Only what runs counts, and only a port that the text says: nothing is guessed.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from nb2prod.analysis.command_options import filled_in, option
from nb2prod.analysis.facts import Concern, Service
from nb2prod.analysis.known_values import Known
from nb2prod.analysis.left_commands import Left
from nb2prod.analysis.made_objects import MadeObjects
from nb2prod.analysis.names import called_name
from nb2prod.analysis.platform_api import dotted_name
from nb2prod.analysis.running_code import Code, Program, behind_python
from nb2prod.analysis.service_health import health_of, is_plain_path
from nb2prod.analysis.service_rules import (
    COMMANDS,
    EVERY_ADDRESS,
    FUNCTIONS,
    IN_BACKGROUND,
    METHODS,
    OWN_ADDRESS,
    Rule,
)
from nb2prod.analysis.shell import without_redirections
from nb2prod.analysis.started_calls import StartedCall, Values, started_calls, values_of
from nb2prod.location import Location

SHOWN_BY = frozenset(
    f"google.colab.output.serve_kernel_port_as_{how}" for how in ("window", "iframe")
)
_PACKAGES = frozenset({"gradio", "flask", "fastapi", "uvicorn", "werkzeug", "flask_ngrok"})
_OWN = frozenset({OWN_ADDRESS, "localhost", "::1"})
_TENSORBOARD_PORT = 6006


class Served(NamedTuple):
    """What a notebook serves, and what a person has to do so that others reach it."""

    service: Service
    concerns: tuple[Concern, ...] = ()


@dataclass(frozen=True, slots=True)
class _Started:
    """A server by the rule that it follows: where it starts, and what it is told to listen on.

    `host` is None where it is told nothing, "?" where only the run knows. `told` are the options
    that it is given. In the `background` it ends with the program.
    """

    rule: Rule
    port: int
    host: str | None
    place: Location
    told: tuple[str, ...] = ()
    through_ngrok: bool = False
    background: bool = False


def find_service(
    code: Sequence[Code],
    programs: Iterable[Program],
    platform_names: dict[str, str],
    modules: Collection[str],
    left_running: Left,
) -> Served | None:
    """The service of a notebook: the one whose port Colab showed, else the first that it starts,
    else whatever it is that Colab showed.

    `code` is what runs, the notebook's own first; `programs` are the words of its commands,
    `platform_names` its names for the platform's modules, `modules` the roots of all that it
    imports, and `left_running` those of the commands that it does not wait for.
    """
    programs = tuple(programs)
    own = code[0]
    shown = tuple(_shown(own, platform_names))
    # Most notebooks import none of them, and need no look at their objects.
    of_interest = code if not _PACKAGES.isdisjoint(modules) else ()
    pairs = tuple((each, MadeObjects(each.trees, each.imports, _PACKAGES)) for each in of_interest)
    found = [
        replace(one, background=one.background or each.left)
        for each, made in pairs
        for one in _in_python(each, made)
    ]
    found += _in_commands(programs, own, left_running)
    found.sort(key=lambda one: one.place)
    ports = {port for port, _ in shown}
    first = next(iter([*(one for one in found if one.port in ports), *found]), None)
    if first is not None:
        service = _service(first, pairs)
        service = service._replace(
            shown=tuple(place for port, place in shown if port == service.port)
        )
        return Served(service, tuple(_concerns(first, service)))
    watched = {*_watched(programs, own.known)}
    for port, place in shown:
        if port not in watched:
            places = tuple(where for number, where in shown if number == port)
            return Served(Service("kernel", port, place, shown=places))
    return None


def _in_python(code: Code, made: MadeObjects) -> Iterator[_Started]:
    calls = tuple(started_calls(code))
    meanings = {made.named(call.called) for call in calls}
    for call in calls:
        rule = _rule(call, made)
        if rule is None:
            continue
        if rule is FUNCTIONS["uvicorn.Config"] and "uvicorn.Server" not in meanings:
            continue
        started = _of_call(call, rule)
        if started is not None:
            ngrok = rule.kind == "flask" and "flask_ngrok.run_with_ngrok" in meanings
            background = call.background or _goes_on(call, code)
            yield _Started(rule, *started, call.place, through_ngrok=ngrok, background=background)


def _goes_on(call: StartedCall, code: Code) -> bool:
    """Whether `launch` returns at once, and nothing waits for what it started."""
    if call.argument("prevent_thread_lock") != (True,):
        return False
    return not any(called_name(node) == "block_thread" for node, _, _ in code.calls())


def _rule(call: StartedCall, made: MadeObjects) -> Rule | None:
    named = FUNCTIONS.get(made.named(call.called))
    if named is not None or not isinstance(call.called, ast.Attribute):
        return named
    maker = made.maker(call.called.value, call.place.cell)
    return METHODS.get((maker.partition(".")[0], call.called.attr))


def _of_call(call: StartedCall, rule: Rule) -> tuple[int, str | None] | None:
    """The port and the address that a call tells; None where it listens on no port that the text
    says.
    """
    host_place, port_place = rule.places
    port = call.argument(rule.port[0], port_place)
    unseen = not call.whole and port is None
    if unseen or any(call.argument(name) is not None for name in rule.elsewhere):
        return None
    number = _port(port, rule.default_port)
    if number is None:
        return None
    host = call.argument(rule.host[0], host_place)
    if host is None and not call.whole:
        return number, "?"
    return number, _host(host)


def _host(values: Values | None) -> str | None:
    if values is None or values == (None,):
        return None
    return values[0] if len(values) == 1 and isinstance(values[0], str) else "?"


def _port(values: Values | None, default: int) -> int | None:
    if values is None or values == (None,):
        return default or None
    return _number(values[0]) if len(values) == 1 else None


def _number(value: object) -> int | None:
    """A port that can be asked for by its number."""
    text = "" if isinstance(value, bool) else str(value)
    if not (text.isascii() and text.isdigit() and len(text) <= 5):
        return None
    return int(text) if 0 < int(text) < 65536 else None


def _in_commands(programs: Iterable[Program], code: Code, left_running: Left) -> Iterator[_Started]:
    for words, place in programs:
        if words and code.runs(place):
            started = _of_words(words, place, code.known)
            if started is not None:
                yield replace(started, background=(tuple(words), place) in left_running)


def _of_words(words: Sequence[str], place: Location, known: Known) -> _Started | None:
    words = without_redirections(filled_in(behind_python(words), known))
    rule = _rule_of_words(words)
    if rule is None or any(option(words, name) is not None for name in rule.elsewhere):
        return None
    written = option(words, *rule.port)
    port = rule.default_port if written is None else _number(written)
    if port is None:
        return None
    host = option(words, *rule.host)
    if host is not None and set(host) & set("{}$`"):
        host = "?"
    return _Started(rule, port, host, place, told=tuple(words))


def _rule_of_words(words: Sequence[str]) -> Rule | None:
    """The rule of a command; options may stand between its first two words (`flask --app a run`),
    and asking for help starts nothing.
    """
    if "--help" in words or "--version" in words:
        return None
    for command, rule in COMMANDS.items():
        rest = [word for word in words[1:] if not word.startswith("-")]
        if words[:1] == command[:1] and (len(command) == 1 or command[1] in rest[:2]):
            return rule
    return None


def _service(started: _Started, code: Iterable[tuple[Code, MadeObjects]]) -> Service:
    rule, host = started.rule, started.host
    address = rule.own if host is None else host
    variables: list[tuple[str, str]] = []
    if host is None and rule.host_variable is not None:
        variables.append((rule.host_variable, EVERY_ADDRESS))
        address = EVERY_ADDRESS
    variables += [
        (name, value.format(port=started.port))
        for name, told_by, value in rule.more
        if option(started.told, told_by) is None
    ]
    return Service(
        rule.kind,
        started.port,
        started.place,
        variables=tuple(variables),
        local=address in _OWN,
        health=_health(started, code),
    )


def _health(started: _Started, code: Iterable[tuple[Code, MadeObjects]]) -> str | None:
    if started.rule.health is not None:
        below = (option(started.told, "--server.baseUrlPath") or "").strip("/")
        path = f"/{below}{started.rule.health}"
        return path if below and is_plain_path(path) else started.rule.health
    if started.rule.kind in ("fastapi", "flask"):
        return health_of(started.rule.kind, code)
    return "/"


def _concerns(started: _Started, service: Service) -> Iterator[Concern]:
    if service.local:
        host = OWN_ADDRESS if started.host is None else started.host
        first = "take out run_with_ngrok and " if started.through_ngrok else ""
        reason = (
            f"listens on {host} alone: nothing outside the container reaches it; {first}give it"
            f" {started.rule.advice}"
        )
        yield Concern(started.place, reason)
    if started.background:
        yield Concern(started.place, IN_BACKGROUND)


def _shown(code: Code, names: dict[str, str]) -> Iterator[tuple[int, Location]]:
    """The ports that Colab shows in its page, with the places of the calls, in their order."""
    found = []
    for call, scope, place in code.calls():
        if dotted_name(call.func, names) in SHOWN_BY:
            given = next((one.value for one in call.keywords if one.arg == "port"), None)
            argument = given or next(iter(call.args), None)
            port = _port(values_of(argument, scope.known), 0) if argument is not None else None
            if port is not None:
                found.append((port, place))
    yield from sorted(found, key=lambda one: one[1])


def _watched(programs: Iterable[Program], known: Known) -> Iterator[int]:
    """The ports of TensorBoard, which shows a run and is not what the notebook is for."""
    for words, _ in programs:
        command = filled_in(behind_python(words), known) if words else []
        if command[:1] in (["tensorboard"], ["tensorboard.main"]):
            yield _number(option(command, "--port")) or _TENSORBOARD_PORT
