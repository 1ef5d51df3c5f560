"""What makes a notebook's server public: tunnels, and gradio's `share=True`.

The generated program keeps them, and serves whoever finds the address.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator, Sequence

from nb2prod.analysis.facts import Concern
from nb2prod.analysis.made_objects import MadeObjects
from nb2prod.analysis.running_code import Code, Program, behind_python
from nb2prod.analysis.started_calls import StartedCall, started_calls

# What is called, and where the address lies.
_CALLS = {
    "pyngrok.ngrok.connect": "ngrok",
    "ngrok.connect": "ngrok",
    "ngrok.forward": "ngrok",
    "flask_ngrok.run_with_ngrok": "ngrok",
    "flask_ngrok2.run_with_ngrok": "ngrok",
    "flask_cloudflared.run_with_cloudflared": "trycloudflare.com",
    "pycloudflared.try_cloudflare": "trycloudflare.com",
}
_PACKAGES = frozenset({name.partition(".")[0] for name in _CALLS})
_SSH_HOSTS = ("localhost.run", "serveo.net", "pinggy.io")


def find_public_addresses(
    code: Iterable[Code], programs: Iterable[Program], modules: Collection[str]
) -> Iterator[Concern]:
    """The places that open one. `code` is what runs, the notebook's own first, `programs` are the
    words of its commands, and `modules` the roots of all that it imports.
    """
    code = tuple(code)
    for each in code if not {"gradio", *_PACKAGES}.isdisjoint(modules) else ():
        made = MadeObjects(each.trees, each.imports, ("gradio",))
        for call in started_calls(each):
            where = next(
                (_CALLS[name] for name in each.imports.meanings(call.called) if name in _CALLS), ""
            )
            if call.argument("share") == (True,) and _launches(call, made):
                where = "gradio.live"
            if where:
                yield Concern(call.place, _reason(where))
    for words, place in programs:
        if words and code[0].runs(place):
            where = _where(behind_python(words))
            if where:
                yield Concern(place, _reason(where))


def _launches(call: StartedCall, made: MadeObjects) -> bool:
    """Whether it is the `launch` of something of gradio's."""
    called = call.called
    if not isinstance(called, ast.Attribute) or called.attr != "launch":
        return False
    return made.maker(called.value, call.place.cell) != ""


def _reason(where: str) -> str:
    return (
        f"opens a public address ({where}) to what it serves: take it out, unless everybody who has"
        " the address may use that"
    )


def _where(words: Sequence[str]) -> str:
    """Where the address lies that a command opens; "" for any other command."""
    program = words[0]
    given = [word for word in words[1:] if not word.startswith("-")]
    if "--help" in words or "--version" in words:
        return ""
    if program.startswith("cloudflared") and given[:1] == ["tunnel"]:
        return "trycloudflare.com" if _has(words, "--url") else "of one's own at Cloudflare"
    if program == "ngrok" and given[:1] and given[0] in ("http", "tcp", "tls", "start"):
        return "ngrok"
    if program == "npx" and given[:1] and given[0].partition("@")[0] == "localtunnel":
        return "loca.lt"
    if program in ("lt", "localtunnel") and (_has(words, "--port") or _has(words, "-p")):
        return "loca.lt"
    if program in ("ssh", "autossh") and any(word.startswith("-R") for word in words):
        return next((host for host in _SSH_HOSTS for word in given if word.endswith(host)), "")
    return ""


def _has(words: Sequence[str], name: str) -> bool:
    return any(word == name or word.startswith(f"{name}=") for word in words)
