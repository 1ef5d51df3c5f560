"""Tables of facts: each a data file with its source and date, each behind a thin accessor.

The lowest floor: standard library only, nothing is read before the first question, and each file is
read once. `tools/make_tables.py` regenerates the derived tables; the others are kept by hand.
A question that the tables cannot answer gets `None` or nothing, never a guess.
"""
