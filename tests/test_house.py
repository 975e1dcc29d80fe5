"""The house: data flows one way, nothing heavy is imported before it is needed, and no door is left ajar."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("documents", "index", "qa", "eval")  # each may import itself and those before it
HEAVY = (
    "torch sentence_transformers transformers tokenizers faiss gradio lxml pypdfium2 matplotlib langchain onnxruntime"
).split()
MODULES = sorted(
    path.relative_to(ROOT) for room in ROOMS for path in (ROOT / room).rglob("*.py") if "__pycache__" not in path.parts
)


def dotted(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def tree(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


def imported(module: ast.Module) -> Iterator[str]:
    """Every module that is imported anywhere in a file, inside functions too."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports name their room"
            yield node.module or ""


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_data_flows_one_way(path: Path) -> None:
    room = ROOMS.index(path.parts[0])
    wrong = {name for name in imported(tree(path)) if name.split(".")[0] in (*ROOMS[room + 1 :], "footnote", "tests")}
    assert not wrong, f"{path} must not import {', '.join(sorted(wrong))}"


def test_one_file_each_knows_sqlite_and_faiss() -> None:
    def users(name: str) -> list[str]:
        return [dotted(p) for p in MODULES if any(i.split(".")[0] == name for i in imported(tree(p)))]

    assert users("faiss") == ["index.vectors"]
    assert [m for m in users("sqlite3") if m.startswith("index")] == [
        "index.database", "index.sidefile", "index.store",
    ]  # fmt: skip
    assert users("pickle") == []
    assert users("shelve") == []


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_no_broad_except_and_no_code_from_text(path: Path) -> None:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ExceptHandler):
            caught = ast.unparse(node.type) if node.type else "everything"
            raises = any(isinstance(inner, ast.Raise) and inner.exc is None for inner in ast.walk(node))
            broad = {"everything", "Exception", "BaseException"} & set(caught.strip("()").split(", "))
            assert not broad or raises, f"{path}:{node.lineno} catches {caught} and goes on"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in {"eval", "exec", "print"}, f"{path}:{node.lineno}"


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_public_names_are_sorted_and_there(path: Path) -> None:
    module = tree(path)
    lists = [
        ast.literal_eval(node.value)
        for node in module.body
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", None) == "__all__"
    ]
    if not lists:
        return
    (names,) = lists
    defined = {n.name for n in module.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)}
    for node in module.body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            defined |= {n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)}
        elif isinstance(node, ast.Import | ast.ImportFrom):
            defined |= {alias.asname or alias.name for alias in node.names}
    by_kind = sorted(names, key=lambda n: (not n.isupper(), not n[0].isupper(), n))  # constants, classes, functions
    assert list(names) in (sorted(names), by_kind)
    assert set(names) <= defined
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_every_module_says_what_it_does(path: Path) -> None:
    assert ast.get_docstring(tree(path))


def test_nothing_heavy_at_import() -> None:
    """Each module in turn, in one process: the first that pulls in something heavy is named."""
    code = f"""
import importlib, sys
for name in {[dotted(path) for path in MODULES]!r}:
    importlib.import_module(name)
    loaded = [heavy for heavy in {HEAVY!r} if heavy in sys.modules]
    assert not loaded, f"importing {{name}} loads {{', '.join(loaded)}}"
"""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]


def test_documents_and_index_need_no_langchain() -> None:
    code = f"""
import importlib, sys
for name in {[dotted(p) for p in MODULES if p.parts[0] in ("documents", "index")]!r}:
    importlib.import_module(name)
assert not [m for m in sys.modules if m.startswith(("langchain", "pydantic"))]
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]


def test_what_imports_langchain_core_at_once() -> None:
    """Only where it is a base class; everything else imports it inside the function that needs it."""
    allowed = {"qa.chain", "qa.writer.local", "qa.retriever"}
    for path in MODULES:
        top = [node for node in tree(path).body if isinstance(node, ast.Import | ast.ImportFrom)]
        if any(name.startswith("langchain") for name in imported(ast.Module(list(top), []))):
            assert dotted(path) in allowed, path
