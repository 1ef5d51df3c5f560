"""All rules, in the order of their codes: what each is called, what it says, when it is asked.

A rule's `check` is in the module of `nb2prod.hygiene.rules` that is named after it, and is loaded
when a notebook may have something for it. Its page is `rules/docs/<code>.md`, its tables of cases
are in `tests/hygiene/rules`.
"""

from __future__ import annotations

from nb2prod.hygiene.model import Rule, RuleOption

RULES: tuple[Rule, ...] = (
    Rule(
        code="NB100",
        name="unused-suppression",
        summary="a noqa, an ignore comment or an ignore tag that keeps nothing back",
        severity="warning",
        fix="safe",
    ),
    Rule(
        code="NB101",
        name="invalid-notebook",
        summary="no JSON, merge conflict markers, or what the notebook format does not allow",
        severity="error",
        stays=True,
    ),
    Rule(
        code="NB102",
        name="widget-state-missing",
        summary="metadata.widgets without `state`: GitHub and nbconvert refuse the notebook",
        severity="error",
        fix="safe",
        when="has_widgets",
    ),
    Rule(
        code="NB103",
        name="missing-kernelspec",
        summary="metadata that name no kernel or no language: papermill and others refuse it",
        severity="warning",
        fix="safe",
    ),
    Rule(
        code="NB104",
        name="non-python-kernel",
        summary="a notebook in another language than Python: its code is not checked",
        severity="warning",
        stays=True,
        when="is_foreign",
    ),
    Rule(
        code="NB105",
        name="cell-id-problem",
        summary="a cell without an id, with that of another cell, or with one that is none",
        severity="warning",
        fix="safe",
    ),
    Rule(
        code="NB106",
        name="empty-cell",
        summary="a code cell with nothing in it, but for one at the end",
        severity="warning",
        fix="safe",
    ),
    Rule(
        code="NB107",
        name="syntax-error",
        summary="a code cell that does not parse, so that no other rule can look at its code",
        severity="error",
        stays=True,
        when="has_unparsed",
    ),
    Rule(
        code="NB108",
        name="python2-code",
        summary="code for Python 2: a print statement, `xrange`, `has_key`, `import urllib2`",
        severity="error",
        fix="unsafe",
        when="may_be_python2",
    ),
    Rule(
        code="NB109",
        name="default-name",
        summary="a file called Untitled, a copy, or as not every system allows",
        severity="warning",
    ),
    Rule(
        code="NB110",
        name="cell-too-long",
        summary="a code cell of many lines, or a notebook of many cells",
        severity="info",
        options=(
            RuleOption("max-lines", 100, "how many lines a code cell may have"),
            RuleOption("max-cells", 100, "how many cells a notebook may have"),
        ),
    ),
    Rule(
        code="NB111",
        name="no-title",
        summary="no title among the first three cells",
        severity="info",
    ),
    Rule(
        code="NB201",
        name="out-of-order-execution",
        summary="a cell whose execution count is lower than that of the cell above it",
        severity="warning",
        fix="unsafe",
        when="was_run",
    ),
    Rule(
        code="NB202",
        name="execution-gap",
        summary="execution counts that are not those of one run: some are missing, or there twice",
        severity="info",
        fix="unsafe",
        when="was_run",
    ),
    Rule(
        code="NB203",
        name="unexecuted-cell",
        summary="a code cell without an execution count among cells that have one",
        severity="warning",
        when="was_run",
    ),
    Rule(
        code="NB204",
        name="error-output",
        summary="a cell that was saved with the error that it stopped with",
        severity="error",
        fix="unsafe",
        when="has_errors",
    ),
    Rule(
        code="NB205",
        name="large-output",
        summary="an output, or a whole notebook, that is too large to keep and to compare",
        severity="warning",
        fix="unsafe",
        options=(
            RuleOption("max-output-kb", 500, "how large an output may be, in kB"),
            RuleOption("max-notebook-mb", 5, "how large the notebook's file may be, in MB"),
        ),
    ),
    Rule(
        code="NB206",
        name="outputs-present",
        summary="outputs or execution counts, in a project that keeps notebooks without them",
        severity="info",
        fix="safe",
    ),
    Rule(
        code="NB207",
        name="use-before-definition",
        summary="a name that is used above the line that defines it",
        severity="error",
        when="reads_early",
    ),
    Rule(
        code="NB208",
        name="undefined-name",
        summary="a name that no cell defines: the cell that did is gone, or was never there",
        severity="error",
        when="reads_unbound",
    ),
    Rule(
        code="NB209",
        name="duplicate-definition",
        summary="a function or class that another cell defines anew before anything used it",
        severity="warning",
        words="class def",
    ),
    Rule(
        code="NB210",
        name="missing-seed",
        summary="random numbers of Python, NumPy, PyTorch, TensorFlow or scikit-learn, no seed",
        severity="warning",
        fix="unsafe",
        words="BaggingClassifier BaggingRegressor BernoulliRBM DataLoader DecisionTreeClassifier"
        " DecisionTreeRegressor ExtraTreeClassifier ExtraTreeRegressor ExtraTreesClassifier"
        " ExtraTreesRegressor GaussianMixture GradientBoostingClassifier"
        " GradientBoostingRegressor GroupShuffleSplit IsolationForest KFold KMeans"
        " LatentDirichletAllocation MLPClassifier MLPRegressor MiniBatchKMeans Perceptron"
        " RandomForestClassifier RandomForestRegressor RandomizedSearchCV RepeatedKFold"
        " RepeatedStratifiedKFold SGDClassifier SGDRegressor ShuffleSplit StratifiedGroupKFold"
        " StratifiedKFold StratifiedShuffleSplit TSNE bernoulli make_blobs make_circles"
        " make_classification make_moons make_regression make_swiss_roll multinomial normal"
        " poisson rand rand_like randint randint_like randn randn_like random random_split"
        " randperm train_test_split",
    ),
    Rule(
        code="NB211",
        name="unpinned-model-revision",
        summary="a model or data set of a hub by its name alone, without a revision",
        severity="warning",
        words="from_pretrained hf_hub_download hub load_dataset pipeline snapshot_download",
    ),
    Rule(
        code="NB212",
        name="fit-before-split",
        summary="a scaler, an imputer or the like that is fitted to data before they are split",
        severity="info",
        words="train_test_split",
    ),
    Rule(
        code="NB213",
        name="time-or-env-dependent",
        summary="data that depend on the day of the run or on the order of a directory's files",
        severity="info",
        words="glob glob1 iglob iterdir listdir now rglob scandir time today utcnow",
    ),
    Rule(
        code="NB301",
        name="unpinned-install",
        summary="pip, uv or conda installs a package without an exact version",
        severity="warning",
        fix="unsafe",
        words="install",
    ),
    Rule(
        code="NB302",
        name="vcs-dependency",
        summary="a package from a repository or a download without a commit or a hash",
        severity="warning",
        words="install",
    ),
    Rule(
        code="NB303",
        name="shell-install",
        summary="pip through the shell, which may be the pip of another Python than the kernel's",
        severity="warning",
        fix="safe",
        words="pip pip3",
    ),
    Rule(
        code="NB304",
        name="system-package",
        summary="apt, conda, npm or the like installs packages while the notebook runs",
        severity="warning",
        words="apk apt aptitude brew conda dnf dpkg mamba micromamba npm pnpm snap yarn yum",
    ),
    Rule(
        code="NB305",
        name="undeclared-import",
        summary="an import of a package that neither the notebook nor its project installs",
        severity="error",
        when="may_lack_imports",
    ),
    Rule(
        code="NB306",
        name="wildcard-import",
        summary="`from module import *`, after which nobody can tell where a name comes from",
        severity="warning",
        when="imports_everything",
    ),
    Rule(
        code="NB307",
        name="import-not-at-top",
        summary="an import below cells that work already",
        severity="info",
        fix="unsafe",
        words="import",
    ),
    Rule(
        code="NB308",
        name="install-after-import",
        summary="another version of what is imported already, or a kernel that is restarted for it",
        severity="warning",
        words="_exit do_shutdown install kill restart restartPython restart_python restart_runtime",
    ),
    Rule(
        code="NB401",
        name="hardcoded-secret",
        summary="a key, a token or a password in code, in a text or in metadata",
        severity="error",
        fix="unsafe",
        when="may_hold_secrets",
    ),
    Rule(
        code="NB402",
        name="secret-in-output",
        summary="a key, a token or a password in what a cell printed",
        severity="error",
        fix="unsafe",
        when="outputs_may_hold_secrets",
    ),
    Rule(
        code="NB403",
        name="credential-file",
        summary="a cell that writes a file of credentials from what stands in the notebook",
        severity="error",
        texts=(
            *("account", "client_secret", "credentials", "huggingface", "id_ed25519", "id_rsa"),
            *("kaggle.json", "netrc", "pgpass", "pypirc", "secrets.toml"),
        ),
    ),
    Rule(
        code="NB404",
        name="shell-injection-var",
        summary="a value from outside in a shell command, without quotes",
        severity="warning",
        words="argv httpx input param requests urlopen",
    ),
    Rule(
        code="NB405",
        name="destructive-shell",
        summary="rm -r or chmod -R 777 of a system directory or an unknown variable; mkfs, dd",
        severity="warning",
        words="chmod dd mkfs rm",
    ),
    Rule(
        code="NB406",
        name="curl-pipe-shell",
        summary="a download that goes straight into a shell, or one that checks no certificate",
        severity="warning",
        words="curl wget aria2c verify _create_unverified_context",
    ),
    Rule(
        code="NB407",
        name="unsafe-load",
        summary="pickles and the like, and `trust_remote_code`, which run the code that they load",
        severity="warning",
        words="_pickle allow_pickle cPickle cloudpickle dill joblib jsonpickle pickle read_pickle"
        " torch trust_remote_code weights_only yaml",
    ),
    Rule(
        code="NB408",
        name="personal-data-in-metadata",
        summary="a user's name, number, photograph, e-mail address or private files in metadata",
        severity="warning",
        fix="safe",
    ),
    Rule(
        code="NB501",
        name="colab-api",
        summary="an import of a module that only Colab or Kaggle has",
        severity="error",
        fix="unsafe",
        words="google kaggle_datasets kaggle_secrets kaggle_session kaggle_web_client",
    ),
    Rule(
        code="NB502",
        name="platform-path",
        summary="a path of Colab, Kaggle, Drive or somebody's own machine",
        severity="error",
        fix="unsafe",
        texts=(
            *("/content", "/kaggle", "/root", "/home/", "/Users/", "Drive", "dbfs", "../input"),
            *("../working", "sample_data/", "/mnt/", "/opt/ml", "/workspace", "/Volumes"),
            *(
                "/notebooks",
                "/storage",
                "/datasets",
                ":\\",
                ":/Users",
                ":/Documents",
                "drive.mount",
            ),
        ),
    ),
    Rule(
        code="NB503",
        name="interactive-input",
        summary="input(), getpass, a login, an upload or a widget, which wait for a person",
        severity="error",
        words="authenticate_user breakpoint getpass input interact interact_manual interactive"
        " interactive_output interpreter_login ipdb login notebook_login observe on_click on_submit"
        " pdb set_trace upload upload_file",
    ),
    Rule(
        code="NB504",
        name="display-only-code",
        summary="`display`, widgets and progress bars that are for a page alone",
        severity="info",
        words="display ipywidgets notebook tnrange tqdm_notebook",
    ),
    Rule(
        code="NB505",
        name="platform-magic",
        summary="a magic that Colab, Databricks or SageMaker has and plain IPython has not",
        severity="warning",
        words=(
            "tensorflow_version shell bigquery load_ext reload_ext sql fs sh md sandbox r scala"
            " sm_analytics glue_version idle_timeout worker_type number_of_workers iam_role"
            " session_id_prefix additional_python_modules"
        ),
    ),
    Rule(
        code="NB506",
        name="colab-metadata",
        summary="what Colab writes into the metadata for itself, and settings that others ignore",
        severity="info",
        fix="unsafe",
    ),
    Rule(
        code="NB507",
        name="unchecked-download",
        summary="a file from the network whose checksum nothing compares",
        severity="info",
        words=(
            "wget curl aria2c gdown urlretrieve requests httpx urlopen get_file download_url"
            " download_and_extract_archive download_url_to_file"
        ),
    ),
)
_BY_WORD = {word: rule for rule in RULES for word in (rule.code, rule.name)}


def rule(word: str) -> Rule:
    """The rule of this code or name. Raises `KeyError` for any other word."""
    return _BY_WORD[word]


def find_rule(word: str) -> Rule | None:
    """The rule of this code or name; None for any other word."""
    return _BY_WORD.get(word)
