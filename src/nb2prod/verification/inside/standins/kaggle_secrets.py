"""A small stand-in for `kaggle_secrets`, for tests that execute notebooks outside Kaggle.

Put the directory that holds this file on PYTHONPATH. Names and messages follow
Kaggle/docker-python; secrets are environment variables.
"""

from __future__ import annotations

import os


class CredentialError(Exception):
    """Kaggle does not know who asks; for `except` clauses, never raised here."""


class BackendError(Exception):
    """Kaggle's service did not give the secret, for one because the notebook has none such."""


class ValidationError(Exception):
    """The label is no label."""


class UserSecretsClient:
    """Reads the secrets that a user attached to the notebook."""

    def get_secret(self, label: str) -> str:
        """Return the environment variable `label`; BackendError when it is not set.

        ValidationError for an empty label.
        """
        if not label:
            raise ValidationError("Label must be non-empty.")
        try:
            return os.environ[label]
        except KeyError:
            raise BackendError(
                f"Unexpected response from the service. Response: no secret {label}."
            ) from None
