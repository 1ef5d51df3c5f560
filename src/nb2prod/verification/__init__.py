"""Whether a package computes what its notebook computes: running both, and comparing what they
show, write and end with.
"""
