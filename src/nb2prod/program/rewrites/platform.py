"""The platform's own API: Colab's modules, Kaggle's secrets, and what becomes of each part."""

from __future__ import annotations

from collections.abc import Mapping

# The platform's module names and how texts in a program name them instead.
MODULE_NAMES: Mapping[str, str] = {
    "google.colab": "Colab",
    "kaggle_secrets": "Kaggle secrets",
    "get_ipython": "IPython",
}
NAMED = "a text names the platform's module; check what it is used for"
_CREDENTIALS = "Google's clients take GOOGLE_APPLICATION_CREDENTIALS from the environment"
_WIDGETS = "serves widgets in the notebook's page"
_TABLES = "arranges tables in the notebook's page"
_SECRETS = "secrets come from the environment"
# Dotted name of a call → why it can go without a trace.
DROPPED_CALLS: Mapping[str, str] = {
    "google.colab.drive.mount": "Drive is the data directory",
    "google.colab.drive.flush_and_unmount": "Drive is the data directory",
    "google.colab.auth.authenticate_user": _CREDENTIALS,
    "google.colab.auth.authenticate_service_account": _CREDENTIALS,
    "google.colab.output.clear": "clears the notebook's page",
    "google.colab.output.no_vertical_scroll": "arranges the notebook's page",
    "google.colab.output.enable_custom_widget_manager": _WIDGETS,
    "google.colab.output.disable_custom_widget_manager": _WIDGETS,
    "google.colab.output.use_tags": "arranges the notebook's page",
    "google.colab.data_table.enable_dataframe_formatter": _TABLES,
    "google.colab.data_table.disable_dataframe_formatter": _TABLES,
    "google.colab.files.view": "opens a file in the notebook's page",
    "google.colab.runtime.unassign": "a job ends by itself",
    "kaggle_secrets.UserSecretsClient": _SECRETS,
    "kaggle_secrets.UserSecretsClient().set_tensorflow_credential": _SECRETS,
    "kaggle_secrets.UserSecretsClient().set_gcloud_credentials": _SECRETS,
}
# Why a call that shows the port of the notebook's own service can go.
SHOWN_PORT = "shows the service's own port in the notebook's page"
# Exceptions of Colab's secrets → what they are here: a missing secret raises RuntimeError, and the
# others, which are Colab's alone, stay apart from it.
EXCEPTIONS: Mapping[str, str] = {
    "google.colab.userdata.SecretNotFoundError": "RuntimeError",
    "google.colab.userdata.NotebookAccessError": "PermissionError",
    "google.colab.userdata.TimeoutException": "TimeoutError",
}
# What `get_ipython` and everything got from it means.
IPYTHON = "IPython"
SECRET_CALLS = ("google.colab.userdata.get", "kaggle_secrets.UserSecretsClient().get_secret")
DOWNLOAD = "google.colab.files.download"
UPLOAD = "google.colab.files.upload"
TABLE = "google.colab.data_table.DataTable"
IMAGE = "google.colab.patches.cv2_imshow"
# `syntax.sql(text)` and its kin only tell Colab's editor how to colour the text.
COLOURING = "google.colab.syntax."
# Calls for which the program has a value of its own.
REPLACED_CALLS = frozenset({*SECRET_CALLS, DOWNLOAD, TABLE, UPLOAD, IMAGE})


def without_module_names(text: str) -> str:
    """The text without the platform's module names, which no generated code holds."""
    for name, plain in MODULE_NAMES.items():
        text = text.replace(name, plain)
    return text


def names_module(text: str) -> bool:
    """Whether the text holds one of the platform's module names."""
    return any(name in text for name in MODULE_NAMES)


def no_counterpart(dotted: str) -> str:
    """Why a use of the platform cannot be converted."""
    if dotted == IPYTHON:
        return "IPython's own interface has no counterpart outside the notebook"
    return f"{short_name(dotted)} has no counterpart outside the platform"


def short_name(dotted: str) -> str:
    """How messages name a part of the platform, without its module's own name."""
    for module, name in (("google.colab", "Colab's "), ("kaggle_", "Kaggle's ")):
        if dotted.startswith(module):
            rest = dotted.removeprefix(module).lstrip(".").replace("()", "")
            return f"{name}{rest}".rstrip() if rest else f"{name}module"
    return dotted
