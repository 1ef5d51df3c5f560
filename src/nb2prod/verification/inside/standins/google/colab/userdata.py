"""Stand-in for `google.colab.userdata`: secrets are environment variables."""

from __future__ import annotations

import os


class SecretNotFoundError(Exception):
    """There is no secret of that name."""

    def __init__(self, key: str) -> None:
        super().__init__(f"Secret {key} does not exist.")


class NotebookAccessError(Exception):
    """The notebook may not read that secret; for `except` clauses, never raised here."""

    def __init__(self, key: str) -> None:
        super().__init__(f"Notebook does not have access to secret {key}")


class TimeoutException(Exception):
    """Nobody answered the request; for `except` clauses, never raised here."""


def get(key: str) -> str:
    """Return the environment variable `key`; SecretNotFoundError when it is not set."""
    try:
        return os.environ[key]
    except KeyError:
        raise SecretNotFoundError(key) from None
