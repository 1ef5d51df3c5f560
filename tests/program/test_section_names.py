from __future__ import annotations

import builtins
import keyword
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nb2prod.program.section_names import unique, words_of

NAME = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")


@pytest.mark.parametrize(
    ("title", "name"),
    [
        # numbering goes
        ("1. Let's load the data!", "load_data"),
        ("Part II \N{EN DASH} Model \N{ROBOT FACE}", "model"),
        ("Step 3: Train the model on GPU", "train_model_gpu"),
        ("STEP ONE: CREATE A MODEL", "create_model"),
        ("1.2.3 Features", "features"),
        ("2) Features", "features"),
        ("(3) Features", "features"),
        ("[4] Features", "features"),
        ("5 | Features", "features"),
        ("Section A - Features", "features"),
        ("A. Features", "features"),
        ("b) Features", "features"),
        ("IV. Features", "features"),
        ("Part 1, Step 2: Features", "features"),
        ("Exercise 4? Features", "features"),
        ("Q1) Features", "features"),
        ("Cell 5 - Features", "features"),
        ("1\ufe0f\u20e3 Features", "features"),
        ("① Features", "features"),
        ("1.Features", "features"),
        ("Features 2", "features"),
        # numbers that are parts of names do not
        ("Deploy ResNet-50 with TF 2.x", "deploy_resnet50_tf"),
        ("2d kernel", "kernel_2d"),
        ("int8 quantization", "int8_quantization"),
        ("K-means on COVID-19", "k_means_covid19"),
        # marks go
        ("## **Fit** the [model](https://example.invalid)", "fit_model"),
        ("Data & models", "data_and_models"),
        ("The `read_csv` function", "read_csv_function"),
        ("tf.data pipelines", "tf_data_pipelines"),
        ("Where $x^2$ grows", "grows"),
        ("A/B test", "ab_test"),
        ("Pets' ages and the dog's name", "pets_ages_and_dog_name"),
        # fillers go
        ("In this section, we will now explore our data", "explore_data"),
        ("How to read some files", "read_files"),
        ("What we'll predict", "predict"),
        ("Why it doesn't converge", "not_converge"),
        ("Model without dropout", "model_without_dropout"),
        ("The data (optional)", "data"),
        ("(Data)", "data"),
        # verbs where something is done to something
        ("Loading the model", "load_model"),
        ("Loading", "loading"),
        ("Reading and Writing", "reading_and_writing"),
        ("Downloading and preprocessing data", "download_and_preprocess_data"),
        ("Training a classifier", "train_classifier"),
        ("Training loop", "training_loop"),
        ("Learning rate", "learning_rate"),
        ("Using pandas", "use_pandas"),
        ("Set-up", "set_up"),
        ("Setting up Spark", "set_up_spark"),
        ("Initial setup", "initial_setup"),
        # whole sentences become a few words, up to the end of a phrase
        (
            "Deploy the TensorRT model to the cloud with a custom image",
            "deploy_tensorrt_model_cloud",
        ),
        ("Split the images into training and test sets", "split_images"),
        ("Boosting: how terms of importance influence the ranking", "boosting_terms"),
        ("Exact phrase vs. any token in the index", "exact_phrase_vs_token"),
        ("Gather data and run the model to see that it works", "gather_data_and_run_model"),
        ("Semantic textual similarity task example", "semantic_textual_similarity_task"),
        (
            "Multidimensional characterizations of internationalization",
            "multidimensional_characterizations",
        ),
        # accents become ASCII
        ("Données d'entraînement", "donnees_dentrainement"),
        ("Straße zur Größe", "strasse_zur_grosse"),
        # reserved names
        ("Input", "input_section"),
        ("List", "list_section"),
        ("Import", "import_section"),
        ("Match", "match_section"),
        ("License", "license_section"),
        ("Imports", "imports"),
        # nothing sensible is left
        ("", ""),
        ("Step 3", ""),
        ("12.", ""),
        ("What's next?", ""),
        ("3D", ""),
        ("数据加载", ""),
        ("Загрузка CSV", ""),
        ("モデル", ""),
        ("\N{ROCKET}", ""),
        ("a" * 41, ""),
    ],
)
def test_words_of(title: str, name: str) -> None:
    assert words_of(title) == name


@given(st.text(max_size=80) | st.lists(st.text(max_size=12), max_size=8).map(" ".join))
def test_any_title_gives_a_good_name_or_none(title: str) -> None:
    name = words_of(title)
    assert name == "" or NAME.fullmatch(name)
    assert len(name) <= 40
    assert not keyword.iskeyword(name)
    assert not keyword.issoftkeyword(name)
    assert not hasattr(builtins, name)


TITLES = st.lists(
    st.sampled_from(
        "Load load Loading the data model and Train training of for BERT fine-tuning ResNet-50 images"
        " part list 2d we Set-up without Überblick features".split()
    ),
    min_size=1,
    max_size=7,
).map(" ".join)
NUMBERS = st.integers(0, 999).map(str)
ROMAN = st.sampled_from(["I", "II", "III", "IV", "V", "IX", "XI"])
NUMBERINGS = st.one_of(
    NUMBERS.map("{}. ".format),
    NUMBERS.map("{}) ".format),
    NUMBERS.map("({}) ".format),
    NUMBERS.map("{} - ".format),
    NUMBERS.map("Step {}: ".format),
    NUMBERS.map("Part {} \N{EN DASH} ".format),
    NUMBERS.map("Exercise {}. ".format),
    ROMAN.map("Part {}: ".format),
    st.builds("{}.{} ".format, NUMBERS, NUMBERS),
    st.builds("{}.{}.{}. ".format, NUMBERS, NUMBERS, NUMBERS),
    st.builds("Part {}, step {}: ".format, ROMAN, NUMBERS),
)
ORNAMENTS = st.text(
    st.sampled_from("\N{ROCKET}\N{ROBOT FACE}\N{SPARKLES}\ufe0f !?.*_:"), min_size=1, max_size=4
)


@given(TITLES, NUMBERINGS)
def test_numbering_does_not_change_the_name(title: str, numbering: str) -> None:
    assert words_of(f"{numbering}{title}") == words_of(title)


@given(TITLES, ORNAMENTS)
def test_emoji_and_punctuation_do_not_change_the_name(title: str, ornament: str) -> None:
    assert words_of(f"{title} {ornament}") == words_of(title)
    assert words_of(f"\N{ROCKET}\ufe0f {title}{ornament.strip()}") == words_of(title)


@given(TITLES)
def test_type_does_not_change_the_name(title: str) -> None:
    for written in (title.upper(), f"**{title}**", f"<b>{title}</b>", f"[{title}](#a)"):
        assert words_of(written) == words_of(title)


@given(st.lists(st.sampled_from(["data", "data_2", "data_3", "model", "model_2"]), max_size=12))
def test_unique_names(wanted: list[str]) -> None:
    taken: list[str] = []
    for name in wanted:
        taken.append(unique(name, taken))
        assert taken[-1].startswith(name)
    assert len(set(taken)) == len(wanted)


def test_unique_numbers_begin_with_two() -> None:
    assert unique("data", ()) == "data"
    assert unique("data", {"data"}) == "data_2"
    assert unique("data", {"data", "data_2"}) == "data_3"
    assert unique("data", {"data_2"}) == "data"
