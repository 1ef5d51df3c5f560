"""Write the made-up readings of greenhouse sensors that the notebook reads.

Run it without arguments to write `data` beside this file, or with one path to write there
instead. The same bytes come out each time: the only source of chance is
`random.Random(SEED).random()`, the one method whose sequence Python promises to keep.
"""

from __future__ import annotations

import csv
import random
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

SEED = 20262
START = datetime(2026, 10, 5)  # noqa: DTZ001 - loggers know nothing of time zones
STEP = timedelta(hours=2)
STEPS = 84
TARGET = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Sensor:
    """A sensor: where it hangs, what it should measure, how wrong it is, how often it is lost."""

    name: str
    place: str
    unit: str
    low: float
    high: float
    offset: float
    level: float
    swing: float
    noise: float
    lost: float


SENSORS = (
    Sensor("t-01", "tomatoes", "°C", 15, 29, 0.4, 21.5, 6.0, 0.7, 0.0),
    Sensor("t-02", "seedlings", "°C", 17, 26, -0.6, 21.0, 3.2, 0.6, 0.02),
    Sensor("h-01", "tomatoes", "%", 55, 85, 1.5, 71.0, -11.0, 2.4, 0.0),
    Sensor("h-02", "seedlings", "%", 60, 90, -2.0, 78.0, -8.0, 2.8, 0.06),
)
# By the hour of the day, two hours apart: cold before dawn, warm after noon.
DAY = (-0.7, -0.85, -1.0, -0.75, -0.2, 0.45, 0.85, 1.0, 0.8, 0.35, -0.15, -0.5)
# The heating failed for the night of one day, and one noon the windows stayed shut.
FAILURES = {
    "t-02": (range(37, 43), -4.6),
    "t-01": (range(66, 69), 5.1),
    "h-01": (range(66, 69), 27),
}


def value(rng: random.Random, sensor: Sensor, step: int) -> str:
    """Return what the logger wrote: a number, a blank where it was lost, rarely nonsense."""
    true = sensor.level + sensor.swing * DAY[step % len(DAY)]
    true += sensor.noise * (rng.random() + rng.random() - 1)
    steps, by = FAILURES.get(sensor.name, (range(0), 0))
    if step in steps:
        true += by
    chance = rng.random()
    if chance < sensor.lost:
        return ""
    if chance > 0.992:
        return f"{true + 55:.1f}"
    return f"{true - sensor.offset:.1f}"


def write(directory: Path) -> None:
    """Write `readings.csv` and `sensors.csv` to `directory`; OSError when that is not possible."""
    directory.mkdir(parents=True, exist_ok=True)
    rng = random.Random(SEED)
    readings = [["time", "sensor", "value"]]
    for step in range(STEPS):
        time = (START + step * STEP).strftime("%Y-%m-%d %H:%M")
        readings += [[time, sensor.name, value(rng, sensor, step)] for sensor in SENSORS]
    known = [["sensor", "place", "unit", "low", "high", "offset"]]
    for sensor in SENSORS:
        bounds = (f"{number:g}" for number in (sensor.low, sensor.high, sensor.offset))
        known.append([sensor.name, sensor.place, sensor.unit, *bounds])
    for name, rows in (("readings.csv", readings), ("sensors.csv", known)):
        with (directory / name).open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, lineterminator="\n").writerows(rows)


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET)
