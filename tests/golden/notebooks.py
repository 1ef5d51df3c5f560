"""Small notebooks whose whole packages are kept beside, to be read: one for each way to split."""

from __future__ import annotations

# A string that begins with `#` and a blank is a Markdown cell.
TIDES = [
    "# Tides\n\nHow high the water stood at the quay.",
    "import math\n\nimport pandas as pd\n\nSEED = 7\nWINDOW = 12  # hours to smooth over",
    "## 1. Load the data\n\nOne row an hour.",
    (
        "def read(name):\n"
        '    """The table, by time."""\n'
        "    return pd.read_csv(name, parse_dates=['time']).set_index('time')"
    ),
    "path = 'tides.csv' #@param {type: 'string'}\ntides = read(path)\ntides.head()",
    "## 2. Smooth",
    "def smooth(level):\n    return level.rolling(WINDOW).mean()",
    (
        "level = smooth(tides['level']).dropna()  # the first hours have no mean\n"
        "low, high = level.min(), level.max()\nspread = high - low"
    ),
    "## 3. Floods\n\nHours above the wall.",
    (
        "WALL = 2.5\n\n\nclass Flood:\n"
        "    def __init__(self, rows):\n        self.rows = rows\n\n"
        "    def worst(self):\n        return self.rows.max() - WALL"
    ),
    "flood = Flood(level[level > WALL])\nprint(len(flood.rows), 'hours')",
    "## 4. Report",
    "def line(what, value):\n    return f'{what}: {value:.2f} m of {spread:.2f} m'",
    (
        "for what, value in [('low', low), ('high', high), ('worst', flood.worst())]:\n"
        "    print(line(what, value))\nprint(math.isfinite(spread), len(tides))"
    ),
]

STATE = [
    "# A counter",
    "!git clone https://git.example.invalid/helpers.git\n%cd helpers",
    "import helpers",
    "## Count",
    "count = 0\n\n\ndef step():\n    global count\n    count += 1\n    return count",
    "step()\nprint(count)",
    "## Count again",
    "step()\nprint(count)",
    "## Keep",
    "names = [helpers.name_of(i) for i in range(count)]\nkeep = lambda name: name in names",
    "## Show",
    "print(list(filter(keep, ['a', 'b'])))\ndel names",
]

NOTEBOOKS = {"tides": TIDES, "counter": STATE}
