"""Write customers.csv, the made-up telephone company data that the notebook reads.

Run it without arguments to write `drive/MyDrive/churn/customers.csv` beside this file, or with
one path to write there instead. The same bytes come out each time: the only source of chance is
`random.Random(SEED).random()`, the one method whose sequence Python promises to keep.
"""

from __future__ import annotations

import csv
import math
import random
import sys
from collections.abc import Sequence
from pathlib import Path

SEED = 20260
CUSTOMERS = 1500
REPEATED = 6
TARGET = Path(__file__).parent / "drive" / "MyDrive" / "churn" / "customers.csv"
COLUMNS = (
    "customer_id",
    "region",
    "senior",
    "partner",
    "tenure_months",
    "contract",
    "payment_method",
    "paperless_billing",
    "internet_service",
    "online_security",
    "tech_support",
    "streaming",
    "support_calls",
    "monthly_charges",
    "total_charges",
    "churn",
)
PRICE = {"DSL": 24.5, "Fiber": 48.0, "No": 0.0}
RISK = {"Month-to-month": 1.0, "One year": -0.55, "Two year": -1.7}


def pick(rng: random.Random, choices: Sequence[tuple[str, float]]) -> str:
    """Return one of the (value, share) pairs' values; the shares add up to 1."""
    left = rng.random()
    for value, share in choices:
        left -= share
        if left < 0:
            return value
    return choices[-1][0]


def yes(rng: random.Random, share: float) -> str:
    """Return "Yes" with the given probability, else "No"."""
    return "Yes" if rng.random() < share else "No"


def customer(rng: random.Random, number: int) -> list[str]:
    """Return one row in the order of COLUMNS, with the blanks a real export would have."""
    region = pick(rng, (("North", 0.27), ("South", 0.31), ("East", 0.22), ("West", 0.20)))
    senior = int(rng.random() < 0.16)
    partner = yes(rng, 0.48)
    contract = pick(rng, (("Month-to-month", 0.54), ("One year", 0.22), ("Two year", 0.24)))
    # People on longer contracts have been there longer; the square makes newcomers common.
    draw = rng.random()
    tenure = int(72 * (draw**1.4 if contract == "Month-to-month" else draw**0.75))
    payment = pick(
        rng,
        (
            ("Electronic check", 0.34),
            ("Credit card", 0.24),
            ("Bank transfer", 0.23),
            ("Mailed check", 0.19),
        ),
    )
    paperless = yes(rng, 0.6)
    internet = pick(rng, (("Fiber", 0.44), ("DSL", 0.35), ("No", 0.21)))
    online = internet != "No"
    security = yes(rng, 0.37) if online else "No internet"
    support = yes(rng, 0.36) if online else "No internet"
    streaming = yes(rng, 0.49) if online else "No internet"
    calls = sum(rng.random() < 0.21 for _ in range(7))

    extras = 5.2 * (security == "Yes") + 5.4 * (support == "Yes") + 11.9 * (streaming == "Yes")
    monthly = round(19.4 + PRICE[internet] + extras + 9.0 * (rng.random() - 0.5), 2)
    total = round(monthly * tenure * (0.96 + 0.08 * rng.random()), 2)

    score = -1.6 + RISK[contract] - 0.03 * tenure + 0.012 * (monthly - 60)
    score += 0.75 * (internet == "Fiber") - 0.5 * (internet == "No") + 0.42 * calls
    score += 0.4 * (payment == "Electronic check") + 0.35 * senior + 0.25 * (paperless == "Yes")
    score -= 0.45 * (security == "Yes") + 0.5 * (support == "Yes") - 0.2 * (region == "South")
    # A standard logistic draw, so that the score is the log odds of leaving.
    noise = rng.random()
    churn = "Yes" if score + math.log(noise / (1 - noise)) > 0 else "No"

    if rng.random() < 0.008:
        region = ""
    # The billing export leaves the total of a customer without a first bill as a single space.
    total_text = f"{total:.2f}" if tenure else " "
    monthly_text = "" if rng.random() < 0.006 else f"{monthly:.2f}"
    return [
        f"C{100000 + number * 7 + int(rng.random() * 7)}",
        region,
        str(senior),
        partner,
        str(tenure),
        contract,
        payment,
        paperless,
        internet,
        security,
        support,
        streaming,
        str(calls),
        monthly_text,
        total_text,
        churn,
    ]


def table() -> list[list[str]]:
    """Return all rows: the customers, then a few of them a second time, as exports do."""
    rng = random.Random(SEED)
    rows = [customer(rng, number) for number in range(CUSTOMERS)]
    return rows + [rows[int(rng.random() * CUSTOMERS)] for _ in range(REPEATED)]


def write(path: Path) -> None:
    """Write the table with its header to `path`; OSError when that is not possible."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(table())


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET)
