"""Rewrites, one small module an idiom. The tables in `registry` say what applies and in which order."""
