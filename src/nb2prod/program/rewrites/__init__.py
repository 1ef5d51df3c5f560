"""Rewrites, one small module an idiom. `registry` says which speaks for which statement."""
