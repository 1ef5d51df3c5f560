"""Write the made-up house sales that the notebook reads: train, test and sample submission.

Run it without arguments to write `input/harbour-town-houses` beside this file, or with one path
to write there instead. The same bytes come out each time: the only source of chance is
`random.Random(SEED).random()`, the one method whose sequence Python promises to keep.
"""

from __future__ import annotations

import csv
import random
import sys
from pathlib import Path

SEED = 20261
SOLD = 260
TO_PREDICT = 90
FIRST_ID = 1
TARGET = Path(__file__).parent / "input" / "harbour-town-houses"
COLUMNS = (
    "Id",
    "Quarter",
    "HouseStyle",
    "YearBuilt",
    "LivArea",
    "LotArea",
    "Rooms",
    "Garage",
    "Heating",
    "Quality",
    "SeaView",
    "SaleYear",
)
# Value per square metre, and how many of the houses are there.
QUARTERS = {
    "Old Harbour": (3150.0, 0.18),
    "Dunes": (2700.0, 0.24),
    "Station": (2200.0, 0.33),
    "Millfield": (1900.0, 0.25),
}
STYLES = {"Terraced": (0.94, 0.42), "Semi": (1.0, 0.33), "Detached": (1.12, 0.25)}
GARAGES = {"Attached": (17500.0, 0.3), "Detached": (11000.0, 0.28), "": (0.0, 0.42)}
HEATINGS = {"Gas": (1.0, 0.55), "District": (1.03, 0.25), "HeatPump": (1.06, 0.14), "": (1.0, 0.06)}
# The town saw prices rise, with a dip in the middle.
YEARS = {2019: 0.91, 2020: 0.95, 2021: 1.02, 2022: 1.09, 2023: 1.04, 2024: 1.07}


def pick(rng: random.Random, table: dict[str, tuple[float, float]]) -> str:
    """Return one of the names; the shares, second in each pair, add up to 1."""
    left = rng.random()
    for name, (_, share) in table.items():
        left -= share
        if left < 0:
            return name
    return next(reversed(table))


def house(rng: random.Random, number: int) -> tuple[list[str], int]:
    """Return one row in the order of COLUMNS, with blanks where nobody knew, and the price."""
    quarter, style = pick(rng, QUARTERS), pick(rng, STYLES)
    built = 1895 + int(128 * rng.random() ** 0.7)
    area = int(58 + 70 * rng.random() + 60 * rng.random() * (style == "Detached"))
    lot = int(area * (1.2 + 2.4 * rng.random() + 2.6 * (style == "Detached")))
    rooms = max(2, round(area / 27 + 1.6 * (rng.random() - 0.5)))
    garage, heating = pick(rng, GARAGES), pick(rng, HEATINGS)
    quality = 1 + int(10 * (0.55 * rng.random() + 0.45 * (built - 1895) / 128))
    view = int(rng.random() < {"Dunes": 0.42, "Old Harbour": 0.31}.get(quarter, 0.02))
    years = list(YEARS)
    sold = years[int(len(years) * rng.random())]

    price = area * QUARTERS[quarter][0] * STYLES[style][0] * HEATINGS[heating][0]
    price *= 0.72 + 0.052 * quality + 0.0011 * (built - 1960)
    price += GARAGES[garage][0] + 34 * lot + 41000 * view
    price *= YEARS[sold] * (0.9 + 0.2 * rng.random())
    # Two sales in a hundred were made within the family.
    if rng.random() < 0.02:
        price *= 0.62

    built_text = "" if rng.random() < 0.03 else str(built)
    lot_text = "" if rng.random() < 0.08 else str(lot)
    row = [number, quarter, style, built_text, area, lot_text, rooms, garage, heating, quality]
    return [*map(str, row), "Y" if view else "N", str(sold)], round(price / 500) * 500


def tables() -> dict[str, list[list[str]]]:
    """Return the rows of each file by its name, headers included."""
    rng = random.Random(SEED)
    train: list[list[str]] = [[*COLUMNS, "SalePrice"]]
    for number in range(FIRST_ID, FIRST_ID + SOLD):
        row, price = house(rng, number)
        train.append([*row, str(price)])
    test: list[list[str]] = [list(COLUMNS)]
    sample: list[list[str]] = [["Id", "SalePrice"]]
    for number in range(FIRST_ID + SOLD, FIRST_ID + SOLD + TO_PREDICT):
        row, _ = house(rng, number)
        test.append(row)
        sample.append([str(number), "250000"])
    return {"train.csv": train, "test.csv": test, "sample_submission.csv": sample}


def write(directory: Path) -> None:
    """Write the three files to `directory`; OSError when that is not possible."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, rows in tables().items():
        with (directory / name).open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, lineterminator="\n").writerows(rows)


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET)
