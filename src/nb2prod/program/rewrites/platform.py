"""The platform's own API: Colab's modules, Kaggle's secrets. Only its statements go; what they stand for stays."""

from __future__ import annotations

from collections.abc import Mapping

# Dotted name of a call → why it can go without a trace.
DROPPED_CALLS: Mapping[str, str] = {
    "google.colab.drive.mount": "Drive is the data directory",
    "google.colab.drive.flush_and_unmount": "Drive is the data directory",
    "google.colab.auth.authenticate_user": "Google's clients take GOOGLE_APPLICATION_CREDENTIALS from the environment",
    "google.colab.auth.authenticate_service_account": "Google's clients take GOOGLE_APPLICATION_CREDENTIALS from the environment",
    "google.colab.output.clear": "clears the notebook's page",
    "google.colab.output.no_vertical_scroll": "arranges the notebook's page",
    "google.colab.output.enable_custom_widget_manager": "serves widgets in the notebook's page",
    "google.colab.output.disable_custom_widget_manager": "serves widgets in the notebook's page",
    "google.colab.output.use_tags": "arranges the notebook's page",
    "google.colab.data_table.enable_dataframe_formatter": "arranges tables in the notebook's page",
    "google.colab.data_table.disable_dataframe_formatter": "arranges tables in the notebook's page",
    "google.colab.files.view": "opens a file in the notebook's page",
    "google.colab.runtime.unassign": "a job ends by itself",
    "kaggle_secrets.UserSecretsClient": "secrets come from the environment",
    "kaggle_secrets.UserSecretsClient().set_tensorflow_credential": "secrets come from the environment",
    "kaggle_secrets.UserSecretsClient().set_gcloud_credentials": "secrets come from the environment",
}
# Exceptions of Colab's secrets → what a missing secret raises here.
EXCEPTIONS: Mapping[str, str] = dict.fromkeys(
    (
        "google.colab.userdata.SecretNotFoundError",
        "google.colab.userdata.NotebookAccessError",
        "google.colab.userdata.TimeoutException",
    ),
    "RuntimeError",
)
SECRET_CALLS = ("google.colab.userdata.get", "kaggle_secrets.UserSecretsClient().get_secret")


def short_name(dotted: str) -> str:
    """How messages name a part of the platform; the module's own name never enters generated code."""
    for module, name in (("google.colab", "Colab's "), ("kaggle_", "Kaggle's ")):
        if dotted.startswith(module):
            rest = dotted.removeprefix(module).lstrip(".").replace("()", "")
            return f"{name}{rest}".rstrip() if rest else f"{name}module"
    return dotted
