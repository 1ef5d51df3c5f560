"""What runs in the environment of a verification, beside a notebook or its package.

It needs the standard library of Python 3.8, and what runs notebooks for the notebook's side; it
knows nothing of nb2prod, which need not be installed there.
"""
