"""Stands for pip in a verification: an install is noted and not carried out.

Anything else is the real pip's, where there is one.
"""
