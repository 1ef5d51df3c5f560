"""How the servers that notebooks start listen: their ports, their addresses, and what says so.

Sources, read in November 2026: `http_server.py` and `blocks.py` of gradio 6.31, `config.py` and
`web/cli.py` of streamlit 1.67, `main.py` and `config.py` of uvicorn 0.54, `cli.py` of fastapi-cli
0.0.34, `app.py` and `cli.py` of Flask 3.1, `serving.py` of Werkzeug 3.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["gradio", "streamlit", "fastapi", "flask"]

# What a server in a container has to listen on.
EVERY_ADDRESS = "0.0.0.0"
OWN_ADDRESS = "127.0.0.1"

IN_BACKGROUND = (
    "serves in the background, and ends when the program does: start it in the foreground, as the"
    " last thing, or wait for it there"
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to start a server.

    `host` and `port` are how it is told: names of an argument or of options. `places` are where
    the arguments stand without their names. `own` is the address that it listens on when it is told
    none. `host_variable` is the environment variable that tells it, None where none does, and
    `more` are variables besides it, each with its option and value. What `elsewhere` names makes it
    listen on something that is no port.
    """

    kind: Kind
    default_port: int
    host: tuple[str, ...] = ("host",)
    port: tuple[str, ...] = ("port",)
    places: tuple[int | None, int | None] = (None, None)
    own: str = OWN_ADDRESS
    host_variable: str | None = None
    more: tuple[tuple[str, str, str], ...] = ()
    elsewhere: tuple[str, ...] = ()
    health: str | None = None

    @property
    def advice(self) -> str:
        """What to write so that it listens on every address."""
        name = self.host[0]
        if name.startswith("-"):
            return f"{name} {EVERY_ADDRESS}"
        return f"{name}='{EVERY_ADDRESS}'"


# Methods of objects, by the package that made the object.
METHODS: Mapping[tuple[str, str], Rule] = {
    ("gradio", "launch"): Rule(
        "gradio", 7860, ("server_name",), ("server_port",), host_variable="GRADIO_SERVER_NAME"
    ),
    ("flask", "run"): Rule("flask", 5000, places=(0, 1)),
}
FUNCTIONS: Mapping[str, Rule] = {
    "uvicorn.run": Rule("fastapi", 8000, elsewhere=("uds", "fd")),
    # Given to `uvicorn.Server`, which is what serves.
    "uvicorn.Config": Rule("fastapi", 8000, places=(1, 2), elsewhere=("uds", "fd")),
    "werkzeug.serving.run_simple": Rule(
        "flask", 0, host=("hostname",), places=(0, 1), own=EVERY_ADDRESS
    ),
}
COMMANDS: Mapping[tuple[str, ...], Rule] = {
    ("streamlit", "run"): Rule(
        "streamlit",
        8501,
        ("--server.address",),
        ("--server.port",),
        own=EVERY_ADDRESS,
        host_variable="STREAMLIT_SERVER_ADDRESS",
        more=(
            ("STREAMLIT_SERVER_PORT", "--server.port", "{port}"),
            ("STREAMLIT_SERVER_HEADLESS", "--server.headless", "true"),
        ),
        health="/_stcore/health",
    ),
    ("uvicorn",): Rule(
        "fastapi",
        8000,
        ("--host",),
        ("--port",),
        host_variable="UVICORN_HOST",
        elsewhere=("--uds", "--fd"),
    ),
    ("fastapi", "run"): Rule("fastapi", 8000, ("--host",), ("--port",), own=EVERY_ADDRESS),
    ("fastapi", "dev"): Rule("fastapi", 8000, ("--host",), ("--port",)),
    ("flask", "run"): Rule(
        "flask", 5000, ("--host", "-h"), ("--port", "-p"), host_variable="FLASK_RUN_HOST"
    ),
}
