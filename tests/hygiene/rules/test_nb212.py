"""NB212: what is fitted before the data are split."""

from __future__ import annotations

import pytest

from tests.hygiene.build import found, places, written

SPLIT = "a, b = train_test_split({}, random_state=0)\n"


@pytest.mark.parametrize(
    ("cells", "place"),
    [
        (("X = StandardScaler().fit_transform(X)\n", SPLIT.format("X, y")), (1, 1, 5)),
        (("s = StandardScaler()\n", "Z = s.fit_transform(X)\n", SPLIT.format("Z")), (2, 1, 5)),
        (("s = MinMaxScaler()\ns.fit(X)\n" + SPLIT.format("X, y"),), (1, 2, 1)),
        (("s = PCA(2)\ns.fit(X)\nZ = s.transform(X)\n" + SPLIT.format("Z"),), (1, 2, 1)),
        (
            ("s = StandardScaler()\ndf[c] = s.fit_transform(df[c])\n", SPLIT.format("df")),
            (1, 2, 9),
        ),
        (
            ("v = text.TfidfVectorizer()\nX = v.fit_transform(df['t']).toarray()\n",
             SPLIT.format("X, df['y']")),
            (1, 2, 5),
        ),
        (
            ("Z = SimpleImputer().fit_transform(X)\nZ = pd.DataFrame(Z)\n"
             "if True:\n    " + SPLIT.format("Z.drop('y', axis=1)"),),
            (1, 1, 5),
        ),
    ],
)  # fmt: skip
def test_fitted_to_all(cells: tuple[str, ...], place: tuple[int, int, int]) -> None:
    assert places(written(*cells), "NB212") == [place]


def test_it_names_data_and_cell() -> None:
    [finding] = found(written("X = PCA(2).fit_transform(X)\n", SPLIT.format("X")), "NB212")
    assert "learns from all of `X`, which is split only in cell 2" in finding.message


@pytest.mark.parametrize(
    "cells",
    [
        (SPLIT.format("X"), "s = StandardScaler()\na = s.fit_transform(a)\nb = s.transform(b)\n"),
        ("y = LabelEncoder().fit_transform(y)\n", SPLIT.format("X, y")),
        ("X = OneHotEncoder().fit_transform(X)\n", SPLIT.format("X, y")),
        ("m = SVC()\nm.fit(X, y)\n", SPLIT.format("X, y")),
        ("Z = StandardScaler().fit_transform(X)\n", SPLIT.format("W, y")),
        ("X = StandardScaler().fit_transform(X)\nX = load()\n", SPLIT.format("X, y")),
        ("def f(X):\n    return StandardScaler().fit_transform(X)\n", SPLIT.format("X, y")),
        ("X_train = PCA(2).fit_transform(X_train)\n", SPLIT.format("X_train")),
        ("X = StandardScaler().fit_transform(X)\n", "split(X)  # train_test_split\n"),
    ],
)
def test_nothing_to_find(cells: tuple[str, ...]) -> None:
    assert places(written(*cells), "NB212") == []
