"""Write the handbook of a company that does not exist, and the questions about it.

Run it without arguments to write into `drive/MyDrive/handbook` beside this file, or with one
directory to write there instead. Nothing is left to chance, so the same bytes come out each time.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

TARGET = Path(__file__).parent / "drive" / "MyDrive" / "handbook"

TEXTS = {
    "01_welcome": """
        Welcome to Brackwater Kites

        Brackwater Kites makes kites for beaches, clubs and surveyors. We cut and sew everything in
        the long shed at the harbour; the shop, the office and the spray booth are in the old net
        store next to it.

        This handbook says how things are done here. It is not a contract. Where it disagrees with
        your contract, the contract counts. Suggestions go into the red box beside the kettle or to
        the handbook channel in the chat.
        """,
    "02_working_hours": """
        Working hours

        A full week has 37 hours. The core time, when everybody should be reachable, is from 10:00
        to 14:30. Before and after that you arrange your hours with your team.

        Hours are booked in the time sheet by Friday noon. Overtime needs a word with the team lead
        first and is taken as time off within three months; it is paid out only in the boat show
        weeks.

        The shed is closed between 22:00 and 5:30 because of the neighbours.
        """,
    "03_leave": """
        Leave

        Everybody has 28 days of leave a year, plus the public holidays. Up to five days can be
        carried over and must be used by the end of March.

        Ask for leave in the calendar, at least two weeks ahead for more than three days. In May and
        June, when the clubs order, no more than two sewers can be away at the same time.

        Leave in the year you join is counted by full months.
        """,
    "04_sickness": """
        When you are ill

        Call or write to your team before 8:30 on the first day. From the fourth day we need a note
        from the doctor. A photo of it by e-mail is enough, the original stays with you.

        If a child of yours is ill, you can stay at home for up to ten days a year with full pay.

        Please do not come in with a fever to finish an order. Somebody else will finish it.
        """,
    "05_expenses": """
        Travel and expenses

        Trains are second class, and first class above four hours. For your own car we pay 0.32 per
        kilometre. Hotels up to 120 a night need no approval.

        Send receipts with the expense form within 30 days. Meals are paid by flat rate: 14 for more
        than eight hours away, 28 for a full day. Whatever was paid with the company card still
        needs a receipt.
        """,
    "06_cutting_table": """
        The cutting table

        The hot knife runs at 380 degrees for ripstop nylon and at 340 for polyester. Let it cool in
        its stand, never on the table. Extraction must be on before the knife is.

        Check the zero point with the brass square each morning and after every change of the blade.
        A cut that is more than 0.8 millimetres off goes to the scrap bin and into the fault list.

        Only those with the green badge cut on their own.
        """,
    "07_sewing": """
        Sewing and seams

        Sails are sewn with bonded polyester thread number 40 and a stitch length of 3.5
        millimetres. Leading edges get a double seam. Spine pockets get a triple zigzag.

        Change the needle after eight hours or after hitting a spar. Oil the machines on Mondays.

        Every sail carries the sewer's mark and the week on the inside of the pocket.
        """,
    "08_quality": """
        Final check

        Each kite is flown or hung in the wind frame before it is packed. We look at symmetry, at
        the bridle, at all knots and at the seams near the nose. A kite for surveyors is always
        flown, for at least fifteen minutes, with the camera dummy.

        What fails goes to the repair shelf with a yellow tag that says why. Two faults of the same
        kind in one week are a reason to stop the line and talk.
        """,
    "09_orders": """
        Orders and delivery

        Orders from the web shop are packed by 13:00 on the next working day. Club orders are
        confirmed with a date within two days. Kites longer than 1.8 metres travel by forwarder
        instead of parcel post.

        When we are late, the customer hears it from us first, with a new date. Shipping is free
        above 150, except to islands.
        """,
    "10_returns": """
        Returns and repairs

        Customers can send back an unflown kite within 30 days and get their money back. Torn sails
        and broken spars are repaired at cost; the first repair in the first year is free unless it
        was a tree.

        Write the number of the return on the parcel. Refunds are booked by the office on Tuesdays
        and Thursdays.
        """,
    "11_computers": """
        Computers and passwords

        Use the password manager. Passwords have at least fourteen characters and are never sent by
        chat. Turn on the second factor for mail, the shop and the bank.

        A lost phone or laptop is reported to the IT desk at once, day or night. Do not plug found
        memory sticks into anything. Backups of the shared folder run every night at 1:00 and are
        kept for ninety days.
        """,
    "12_data_protection": """
        Customer data

        We keep names and addresses of customers for as long as the tax office wants, ten years, and
        nothing else for longer than two. Pictures that surveyors send us for a repair are deleted
        after the repair.

        When customers ask what we know about them, the office answers within two weeks. No lists of
        customers on private devices.
        """,
    "13_harbour_tests": """
        Test flights at the harbour

        The north mole is ours for test flights between sunrise and 9:00, and again after 18:00.
        Above 60 metres of line the harbour office must be told by radio on channel 11.

        No flights above wind force 6, in thunderstorms or while the ferry is turning. Two people
        are needed for everything larger than four square metres. Wear gloves and a whistle.
        """,
    "14_training": """
        Learning

        Each of us has four days and 600 a year for courses, books and fairs. What is not used is
        lost at the end of the year, except for apprentices.

        The green badge for the cutting table takes one day with the foreman and a test piece. The
        course for forklifts is held every spring. Tell the others what you learned at the Thursday
        tea.
        """,
}

RTF_TEXTS = {
    "15_spray_booth": """
        The spray booth

        Only water based inks are used. Wear the half mask with the brown A2 filter; filters are
        changed every 40 hours, and the date is written on them. The fan runs for ten minutes after
        the last coat.

        Rags with ink on them go into the metal bin with the lid -- never into the paper bin. The
        booth is cleaned on the last Friday of the month.
        """,
    "16_fire_and_first_aid": """
        Fire and first aid

        The alarm number is 112, the meeting point is the crane. Extinguishers hang at both doors of
        the shed and beside the spray booth. First aid boxes are in the kitchen and at the cutting
        table; whatever is taken out is written on the list in the lid.

        Burns from the hot knife: twenty minutes of cool water, then the accident book. An
        evacuation drill is held twice a year.
        """,
    "17_company_bikes": """
        Company bikes and the van

        The three cargo bikes are free to use, also on weekends, for nothing. Book them in the
        calendar. Batteries are charged in the net store only, never overnight.

        The van needs a driving licence that we have seen, and a full tank on return. Fines are paid
        by whoever was driving. Damage is reported the same day, with photos -- also a scratch.
        """,
}

QUESTIONS = (
    ("How many days of leave do I have?", "03_leave"),
    ("Can I carry over leave into the next year?", "03_leave"),
    ("When do I have to bring a note from the doctor?", "04_sickness"),
    ("My child is ill, can I stay at home?", "04_sickness"),
    ("How much is paid per kilometre when I take my own car?", "05_expenses"),
    ("What is the temperature of the hot knife for nylon?", "06_cutting_table"),
    ("Which thread do we use for sails?", "07_sewing"),
    ("When do I change the needle?", "07_sewing"),
    ("How long is a surveyor kite flown before packing?", "08_quality"),
    ("Is shipping free?", "09_orders"),
    ("Does a customer pay for the first repair?", "10_returns"),
    ("I left my notebook on the train, whom do I tell?", "11_computers"),
    ("How long are backups kept?", "11_computers"),
    ("How long do we store addresses?", "12_data_protection"),
    ("Which radio channel does the harbour office use?", "13_harbour_tests"),
    ("What is the budget for courses?", "14_training"),
    ("How often are mask filters replaced?", "15_spray_booth"),
    ("Where do dirty rags go?", "15_spray_booth"),
    ("Where is the meeting point in an emergency?", "16_fire_and_first_aid"),
    ("Who pays for a parking ticket with the van?", "17_company_bikes"),
    ("May I borrow a cargo bike on Sunday?", "17_company_bikes"),
    ("What is the core time?", "02_working_hours"),
)


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of an indented text, the title first, each on one line."""
    return [" ".join(part.split()) for part in text.strip().split("\n\n")]


def rtf(text: str) -> str:
    """Return a text as the rich text that an old word processor writes, in plain ASCII."""
    title, *rest = (part.replace("--", "\\endash ") for part in paragraphs(text))
    body = "".join(f"{part}\\par\\par\n" for part in rest)
    head = "{\\rtf1\\ansi\\ansicpg1252\\deff0{\\fonttbl{\\f0\\fswiss Arial;}}\n"
    return f"{head}\\f0\\fs28{{\\b {title}}}\\par\\par\\fs22\n{body}}}\n"


def write(directory: Path) -> None:
    """Write all files into `directory`; OSError when that is not possible."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in TEXTS.items():
        plain = "\n\n".join(paragraphs(text)) + "\n"
        (directory / f"{name}.txt").write_text(plain, encoding="utf-8")
    for name, text in RTF_TEXTS.items():
        (directory / f"{name}.rtf").write_text(rtf(text), encoding="ascii")
    with (directory / "questions.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("question", "document"))
        writer.writerows(QUESTIONS)


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET)
