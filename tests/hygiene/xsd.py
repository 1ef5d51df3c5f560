"""XML Schema as far as schemas of JUnit reports use it: elements, their order and number,
attributes, and patterns of their values. Whatever else a schema holds is an error here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

XS = "{http://www.w3.org/2001/XMLSchema}"
Element = ElementTree.Element


class Schema:
    """A schema's declarations."""

    def __init__(self, path: Path) -> None:
        self._named: dict[str, dict[str, Element]] = {}
        for declared in ElementTree.parse(path).getroot():
            kind = declared.tag.removeprefix(XS)
            self._named.setdefault(kind, {})[declared.attrib["name"]] = declared

    def problems(self, document: str) -> list[str]:
        """What the schema does not allow in a document."""
        root = ElementTree.fromstring(document)
        if root.tag not in self._named["element"]:
            return [f"<{root.tag}> is not declared"]
        return list(self._element(root, self._named["element"][root.tag]))

    def _element(self, found: Element, declared: Element) -> Iterator[str]:
        name = declared.get("type")
        kind = self._named["complexType"].get(name or "")
        inline = declared.find(f"{XS}complexType")
        kind = inline if kind is None else kind
        if kind is None:
            assert name == "xs:string", name
            if len(found) or found.attrib:
                yield f"<{found.tag}> holds more than text"
            return
        particles = [part for part in kind if part.tag != f"{XS}attribute"]
        model = "".join(map(self._model, particles))
        if not re.fullmatch(model, "".join(f"{child.tag};" for child in found)):
            yield f"<{found.tag}> has other elements than {model}"
        texts = [found.text, *(child.tail for child in found)]
        if kind.get("mixed") != "true" and any(text and text.strip() for text in texts):
            yield f"<{found.tag}> has text"
        yield from self._attributes(found, kind)
        for child in found:
            if child.tag in self._named["element"]:
                yield from self._element(child, self._named["element"][child.tag])

    def _model(self, particle: Element) -> str:
        """A regular expression for the names of children."""
        kind = particle.tag.removeprefix(XS)
        if kind == "element":
            inner = re.escape(particle.get("ref", particle.get("name", ""))) + ";"
        else:
            assert kind in ("choice", "sequence"), kind
            inner = ("|" if kind == "choice" else "").join(map(self._model, particle))
        most = particle.get("maxOccurs", "1")
        most = "" if most == "unbounded" else most
        return f"(?:{inner}){{{particle.get('minOccurs', '1')},{most}}}"

    def _attributes(self, found: Element, kind: Element) -> Iterator[str]:
        declared = {one.attrib["name"]: one for one in kind.findall(f"{XS}attribute")}
        for name, one in declared.items():
            if one.get("use") == "required" and name not in found.attrib:
                yield f"<{found.tag}> has no {name}"
        for name, value in found.attrib.items():
            if name not in declared:
                yield f"<{found.tag}> has {name}"
            elif (of := declared[name].get("type")) != "xs:string":
                pattern = self._named["simpleType"][str(of)].find(f".//{XS}pattern")
                assert pattern is not None
                if not re.fullmatch(pattern.attrib["value"], value):
                    yield f"{name} of <{found.tag}> is {value!r}"
