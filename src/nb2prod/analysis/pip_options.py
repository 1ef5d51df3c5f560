"""The options of `pip install`, on command lines and in requirement files.

Sources: `pip install --help`, `uv pip install --help`, pip's "Requirements File Format".
"""

from __future__ import annotations

from nb2prod.analysis.package_sources import INDEXES, index_source
from nb2prod.analysis.pip_requirements import without_credentials

# Options whose value says where packages come from, and those whose value is a file of them.
SOURCES = INDEXES | {"-f", "--find-links"}
REQUIREMENT_FILES = frozenset({"-r", "--requirement", "--requirements"})
CONSTRAINT_FILES = frozenset({"-c", "--constraint", "--constraints"})
VALUED = (SOURCES | REQUIREMENT_FILES | CONSTRAINT_FILES) | frozenset(
    """
    --abi --allow-insecure-host --build --build-constraint --build-constraints --cache-dir --cert
    --client-cert --color --config-file --config-setting --config-settings --directory --editable
    --exclude-newer --exists-action --extra --fork-strategy --global-option --group
    --implementation --index-strategy --install-option --keyring-provider --link-mode --log
    --log-file --no-binary --no-binary-package --no-build-isolation-package --no-build-package
    --only-binary --override --overrides --platform --prefix --prerelease --progress-bar --project
    --proxy --python --python-platform --python-version --refresh-package --reinstall-package
    --report --resolution --resume-retries --retries --root --root-user-action --src --target
    --timeout --torch-backend --trusted-host --upgrade-package --upgrade-strategy
    --use-deprecated --use-feature
    """.split()
)
VALUED_SHORT = "bcCefiprtP"


def problem_of_option(option: str, value: str) -> str | None:
    """What a person has to decide about an option; None for one that changes nothing here.

    Options that name files of requirements are a matter of their own.
    """
    if option in SOURCES:
        problem = f"takes packages from another index ({without_credentials(value)})"
        if index_source(option, value) is None:
            return problem
        return f"{problem}: Dockerfile.private takes its address as a build secret"
    if option in {"-e", "--editable"}:
        return f"installs the local project {without_credentials(value) or '.'}"
    if option == "--no-deps":
        return "leaves out the dependencies of what it installs"
    return None


def missing_file(name: str) -> str:
    """What a person has to decide about a file of requirements that is not there."""
    shown = without_credentials(name) or "a file"
    return f"reads requirements from {shown}, which is not part of the notebook"
