"""What Python 2 had and Python 3 has not.

Source: "What's New In Python 3.0", builtins and PEP 3108 (the reorganisation of the library).
"""

from __future__ import annotations

from collections.abc import Mapping

# Builtins that went, with what takes their place. Names that people also give to things of their
# own (`long`, `file`, `cmp`) are left out.
NAMES: Mapping[str, str] = {
    "xrange": "range",
    "raw_input": "input",
    "unicode": "str",
    "unichr": "chr",
    "basestring": "str",
    "execfile": "exec",
}
# Modules that went. Names that distributions or people's own files have as well are left out.
MODULES: Mapping[str, str] = {
    "ConfigParser": "configparser",
    "Tkinter": "tkinter",
    "cPickle": "pickle",
    "cStringIO": "io",
    "httplib": "http.client",
    "urllib2": "urllib.request",
    "urlparse": "urllib.parse",
}
# Words of which Python 2 has one, unless it does not parse.
WORDS = frozenset((*NAMES, *MODULES, "has_key"))
