"""Stand-in for `google.colab.auth`: credentials come from the environment."""

from __future__ import annotations


def authenticate_user(
    clear_output: bool = True, project_id: object = None, **options: object
) -> None:
    """Do nothing: Google's clients find `GOOGLE_APPLICATION_CREDENTIALS` by themselves."""


def authenticate_service_account(clear_output: bool = True) -> None:
    """Do nothing, for the same reason."""
