"""Collects every text of the window for translators: `python tools/translations.py [LANGUAGE]`.

Writes assets/translations/platescribe.ts, or platescribe_LANGUAGE.ts with the translations it holds already kept. Qt
Linguist edits such a file, and Qt's `lrelease` makes from it the .qm that the window loads for that language. PyQt's
pylupdate5 knows neither the settings' texts nor that PyQt looks a text up under the name of the object's own class.
"""

import ast
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[1]
GUI, FOLDER = ROOT / "app" / "gui", ROOT / "assets" / "translations"
SETTINGS = "Settings"

Text = tuple[str, str]  # context, English


def texts() -> list[Text]:
    """Return every text with its context, sorted. ValueError: a text is made at run time and cannot be collected."""
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(GUI.rglob("*.py"))}
    subclasses = _subclasses(trees.values())
    found: set[Text] = {(SETTINGS, text) for text in _settings()}
    functions = {path: _context_of_tr(tree) for path, tree in trees.items()}
    imported = {_module(path): context for path, context in functions.items() if context}
    for path, tree in trees.items():
        context = functions[path] or _imported_tr(tree, imported)
        for name, call in _calls(tree):
            found.update(_of_call(path, call, name, context, subclasses))
    return sorted(found)


def template(language: str = "", known: dict[Text, str] | None = None) -> str:
    """Return the .ts file; known: translations by context and English."""
    whole = ElementTree.Element("TS", {"version": "2.1", "sourcelanguage": "en"})
    if language:
        whole.set("language", language)
    context, place = "", whole
    for name, text in texts():
        if name != context:
            context, place = name, ElementTree.SubElement(whole, "context")
            ElementTree.SubElement(place, "name").text = name
        message = ElementTree.SubElement(place, "message")
        ElementTree.SubElement(message, "source").text = text
        translation = ElementTree.SubElement(message, "translation")
        translation.text = (known or {}).get((name, text))
        if not translation.text:
            translation.set("type", "unfinished")
    ElementTree.indent(whole)
    body = ElementTree.tostring(whole, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n{body}\n'


def translations_in(path: Path) -> dict[Text, str]:
    """Return what a .ts file translates; empty where there is no such file."""
    if not path.is_file():
        return {}
    contexts = ElementTree.parse(path).getroot().iter("context")
    return {
        (place.findtext("name", ""), message.findtext("source", "")): message.findtext("translation", "")
        for place in contexts
        for message in place.iter("message")
    }


def _of_call(path: Path, call: ast.Call, name: str, context: str, subclasses: dict[str, set[str]]) -> Iterator[Text]:
    """Give the texts of one call of tr or translate; name is the class it stands in, context that of a bare tr."""
    function = call.func
    if isinstance(function, ast.Name) and function.id == "tr":
        yield context, _literal(path, call.args[0])
    elif isinstance(function, ast.Attribute) and function.attr == "translate" and len(call.args) == 2:
        if isinstance(call.args[1], ast.Constant):  # else it is the inside of a function tr
            yield _literal(path, call.args[0]), _literal(path, call.args[1])
    elif isinstance(function, ast.Attribute) and function.attr == "tr":
        if not (isinstance(function.value, ast.Name) and function.value.id == "self"):
            raise ValueError(f"{path}:{call.lineno}: tr of another object; use one of the module")
        text = _literal(path, call.args[0])
        yield from ((each, text) for each in {name, *subclasses.get(name, ())})


def _literal(path: Path, node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    raise ValueError(f"{path}:{node.lineno}: a text to translate must stand there as it is")


def _calls(tree: ast.AST, name: str = "") -> Iterator[tuple[str, ast.Call]]:
    """Give every call with the class it stands in."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Call):
            yield name, node
        yield from _calls(node, node.name if isinstance(node, ast.ClassDef) else name)


def _subclasses(trees: Iterable[ast.Module]) -> dict[str, set[str]]:
    """Return the names of all classes below each class of the window."""
    parents: dict[str, set[str]] = {}
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                parents[node.name] = {base.id for base in node.bases if isinstance(base, ast.Name)}
    below: dict[str, set[str]] = {}
    for name in parents:
        waiting = set(parents[name])
        while waiting:
            above = waiting.pop()
            below.setdefault(above, set()).add(name)
            waiting |= parents.get(above, set())
    return below


def _context_of_tr(tree: ast.Module) -> str:
    """Return the context of the module's own function tr, empty where it has none."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == "tr":
            calls = [inner for inner in ast.walk(node) if isinstance(inner, ast.Call)]
            return next(str(arg.value) for call in calls for arg in call.args if isinstance(arg, ast.Constant))
    return ""


def _imported_tr(tree: ast.Module, contexts: dict[str, str]) -> str:
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and any(alias.name == "tr" for alias in node.names):
            return contexts[node.module or ""]
    return ""


def _module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def _settings() -> Iterator[str]:
    """Give the texts of the settings' schema, which knows no Qt."""
    sys.path.insert(0, str(ROOT))
    from app.config.settings import schema, section_label

    for entry in schema():
        option = entry.option
        yield from (section_label(entry.section), option.label, option.help)
        yield from (choice.capitalize() for choice in option.choices)
        yield from (text for text in (option.unit, option.zero) if text)


def main() -> None:
    """Write the template, or bring one language's file up to date."""
    language = sys.argv[1] if len(sys.argv) > 1 else ""
    path = FOLDER / (f"platescribe_{language}.ts" if language else "platescribe.ts")
    path.write_text(template(language, translations_in(path)), encoding="utf-8")
    print(f"{path}: {len(texts())} texts")


if __name__ == "__main__":
    main()
