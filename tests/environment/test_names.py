"""Who answers for an imported module, in the order of evidence."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from nb2prod.analysis.facts import Import, Install
from nb2prod.data import pipreqs_mapping
from nb2prod.data.distributions import distribution_for, normalise
from nb2prod.data.runtimes import Runtime
from nb2prod.environment.installed import read_installs
from nb2prod.environment.names import RESOLVERS, Answer, Known, answer_for
from nb2prod.location import Location

HERE = Location(3, 2)
COMMIT = "0123456789" * 4
RUNTIME = Runtime(
    name="colab-test",
    date="2026-01-01",
    python="3.12.1",
    ubuntu="22.04",
    variant="main",
    commit="0",
    packages={"pandas": "2.2.2", "scikit-learn": "1.6.1", "google-auth": "2.0"},
    unservable={"en-core-web-sm": "installed from a direct URL"},
)


def answer(
    module: str,
    *installs: str,
    user: Mapping[str, str] | None = None,
    local: bool = False,
    cloned: bool = False,
) -> Answer:
    installed = read_installs(Install("pip", tuple(one.split()), HERE) for one in installs)
    known = Known(RUNTIME, installed.asked, installed.repositories, user or {}, cloned)
    return answer_for(Import(module, HERE, local=local), known)


def test_the_order_of_evidence_is_written_down_once() -> None:
    assert [resolver.__name__ for resolver in RESOLVERS] == [  # type: ignore[attr-defined]
        "user_map",
        "install_lines",
        "own_modules",
        "runtime_freeze",
        "embedded_table",
        "pipreqs_mapping",
        "same_name",
        "same_name_unverified",
    ]


@pytest.mark.parametrize(
    ("module", "installs", "distribution", "answered_by"),
    [
        # the notebook's own lines
        ("sklearn.metrics", ["scikit-learn==1.0"], "scikit-learn", "install"),
        ("cv2", ["opencv-python"], "opencv-python", "install"),
        ("cv2", ["opencv-python", "opencv-contrib-python"], "opencv-contrib-python", "install"),
        ("cv2", ["opencv-contrib-python", "opencv-python"], "opencv-python", "install"),
        ("pinecone", ["pinecone-client"], "pinecone-client", "install"),
        ("pinecone", ["pinecone-client pinecone"], "pinecone", "install"),
        ("tensorflow", ["tf-nightly"], "tf-nightly", "install"),
        ("cupy", ["cupy-cuda11x"], "cupy-cuda11x", "install"),
        ("docx", ["docx"], "docx", "install"),
        ("sklearn", ["sklearn"], "scikit-learn", "install"),
        ("tree", ["tree"], "tree", "install"),
        # a name made of the module's, of which no table knows
        ("zzquux", ["python-zzquux"], "python-zzquux", "install"),
        ("zz_quux", ["zzquux"], "zzquux", "install"),
        ("zzquux", ["zzquux-tools"], "zzquux", "same-name-unverified"),
        # repositories
        ("clip", ["git+https://git.example.invalid/x/CLIP.git"], "clip", "install"),
        ("whisper", ["git+https://git.example.invalid/x/whisper.git"], "openai-whisper", "install"),
        ("zz_quux", [f"git+https://git.example.invalid/x/y@{COMMIT}#egg=zz-quux"],
         "zz-quux", "install"),
        # the runtime
        ("pandas", [], "pandas", "runtime"),
        ("sklearn.metrics", [], "scikit-learn", "runtime"),
        ("google.auth.transport", [], "google-auth", "runtime"),
        # the tables
        ("PIL.Image", [], "pillow", "table"),
        ("pinecone_plugins.assistant", [], "pinecone-plugin-assistant", "table"),
        ("google.cloud.storage", [], "google-cloud-storage", "table"),
        ("google.cloud.storage", ["google"], "google-cloud-storage", "table"),
        ("ruamel.yaml", [], "ruamel-yaml", "table"),
        ("azure.storage.blob", [], "azure-storage-blob", "table"),
        # the reviewers found that none can be named
        ("utils", [], None, "nobody"),
        ("google.zzquux", [], None, "nobody"),
        ("en_core_web_sm", [], None, "nobody"),
        # a name that is in use: downloaded often, in an old image of Colab, or named by a table
        ("yfinance", [], "yfinance", "same-name"),
        ("atari_py", [], "atari-py", "same-name"),
        ("extensionclass", [], "extensionclass", "same-name"),
        ("surely_nobody_has_this", [], "surely-nobody-has-this", "same-name-unverified"),
    ],
)  # fmt: skip
def test_the_strongest_evidence_answers(
    module: str, installs: list[str], distribution: str | None, answered_by: str
) -> None:
    found = answer(module, *installs)
    assert (found.distribution, found.answered_by) == (distribution, answered_by)
    assert found.evidence


@pytest.mark.parametrize(
    ("module", "said"),
    [
        ("pandas.core", "My.Fork"),
        ("utils", "my-fork"),
        ("google.cloud.storage", "my_fork"),
        ("surely_nobody_has_this", "my-fork"),
    ],
)
def test_the_users_word_is_the_strongest(module: str, said: str) -> None:
    package = module.rpartition(".")[0] or module
    found = answer(module, "pandas==1.0", user={package: said, "other": "x"}, local=True)
    assert (found.distribution, found.answered_by) == ("my-fork", "user")
    assert found.evidence[0].kind == "user"


@pytest.mark.parametrize("module", ["pandas", "PIL", "utils", "yfinance", "zzquux"])
def test_a_module_of_the_notebooks_own_is_never_looked_up(module: str) -> None:
    found = answer(module, "python-zzquux", local=True)
    assert (found.distribution, found.answered_by) == (None, "local")


@pytest.mark.parametrize(
    ("module", "answered_by"),
    [
        ("yfinance", "same-name-unverified"),
        ("zzquux", "same-name-unverified"),
        ("PIL", "table"),
        ("pandas", "runtime"),
        ("utils", "nobody"),
    ],
)
def test_where_repositories_are_cloned_a_name_alone_proves_nothing(
    module: str, answered_by: str
) -> None:
    assert answer(module, cloned=True).answered_by == answered_by


def test_a_repository_is_no_distribution_of_an_index() -> None:
    moving = "git+https://git.example.invalid/x/whisper.git"
    assert answer("whisper", moving).indexed
    assert not answer("whisper", f"{moving}@{COMMIT}").indexed
    # an index has another project by the name of this one
    assert not answer("clip", "git+https://git.example.invalid/x/clip.git").indexed


def test_opencv_keeps_its_name_and_the_other_one_is_said() -> None:
    _, about = answer("cv2", "opencv-python==4.9.0.80").evidence
    assert about.conflict
    assert "opencv-python-headless" in about.detail
    assert len(answer("cv2", "opencv-python-headless").evidence) == 1


def test_what_the_runtime_had_and_no_index_has_is_said() -> None:
    found = answer("en_core_web_sm")
    assert [(one.kind, "direct URL" in one.detail) for one in found.evidence] == [
        ("table", False),
        ("runtime", True),
    ]


def test_pipreqs_answers_after_the_table_where_it_is_installed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mapping = {
        "zzquux": frozenset({"quux"}),
        "PIL": frozenset({"wrong"}),
        "utils": frozenset({"w"}),
    }
    monkeypatch.setattr(pipreqs_mapping, "_mapping", lambda: mapping)
    assert (answer("zzquux").distribution, answer("zzquux").answered_by) == ("quux", "pipreqs")
    assert answer("PIL").distribution == "pillow"
    assert answer("utils").answered_by == "nobody"
    assert answer("zzquux", cloned=True).answered_by == "same-name-unverified"


REVIEWED = [
    line.split("\t")
    for line in (Path(__file__).parent / "reviewed_modules.tsv").read_text().splitlines()
    if not line.startswith("#")
]


def test_the_reviewed_list_is_long_and_its_names_differ() -> None:
    assert len(REVIEWED) >= 150
    assert len({module for module, _ in REVIEWED}) == len(REVIEWED)
    assert [row for row in REVIEWED if normalise(row[0].partition(".")[0]) == row[1]] == []


def test_every_reviewed_module_has_its_distribution() -> None:
    wrong = {
        module: answer
        for module, distribution in REVIEWED
        if (answer := distribution_for(module)) != distribution
    }
    assert wrong == {}
