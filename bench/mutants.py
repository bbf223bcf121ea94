"""Mutation testing of what decides about calls: law, coverage, pacing. Each mutant changes one
operator, number or condition; a mutant that no test notices is a survivor, and is named.

    python -m bench.mutants [--only rules,pacing] [--json]

Exit code 1 where a mutant survives that is not known to decide the same (`SAME`). Every mutant
runs in a forked child, which imports the changed source in place of the module's own.
"""

from __future__ import annotations

import argparse
import ast
import copy
import importlib.abc
import importlib.util
import json
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[1]
LIMIT_S = 60            # an endless loop is noticed, too
WHAT: dict[str, tuple[str, ...]] = {
    "calling_hours": ("test_decisions", "test_calling_hours", "test_rules"),
    "contact_limits": ("test_decisions", "test_contact_limits", "test_rules"),
    "rules": ("test_decisions", "test_rules", "test_contact_limits"),
    "coverage": ("test_coverage",),
    "pacing": ("test_decisions", "test_pace_and_retries"),
    "retries": ("test_decisions", "test_pace_and_retries"),
}
# Mutants that decide the same as the source: the line, what changed in it, and why it is the same.
SAME: dict[tuple[str, str], str] = {
    ("if opening > moment:", "opening > moment -> opening >= moment"):
        "a moment that is an opening was allowed before openings are looked for",
    ("days = timedelta(days=gap.calendar_days or 0)", "0 -> 1"):
        "a gap has hours or days: `or 0` is for the type alone",
    ("return (first + timedelta(days=31)).replace(day=1)", "31 -> 32"):
        "either way the first of the following month",
    ("_ROUNDS = 8     # limits and hours push each other on, each time to a later opening",
     "8 -> 9"): "rounds beyond those that bounds can push each other",
    ("ring_at_least_s: int = 0", "0 -> 1"): "the reader of rule files always says it",
    ("loopback_only: bool = False     # made for synthetic debtors: never with a real trunk",
     "False -> True"): "the reader of rule files always says it",
    ("if worst is None or worst.until_at is None or asked.until_at > worst.until_at:",
     "asked.until_at > worst.until_at -> asked.until_at >= worst.until_at"):
        "of two rules that ask for the same moment either is named",
}
_COMPARE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is}
_COUNT: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr}
_CALLS = {"min": "max", "max": "min", "any": "all", "all": "any"}


@dataclass(frozen=True, slots=True)
class Mutant:
    module: str
    line: int
    text: str           # the whole line
    was: str
    is_now: str

    @property
    def key(self) -> tuple[str, str]:
        return self.text, f"{self.was} -> {self.is_now}"


def changed(node: ast.AST) -> Iterator[ast.AST]:
    """What may stand in a node's place."""
    match node:
        case ast.Compare(ops=[only]) if type(only) in _COMPARE:
            yield _with(node, ops=[_COMPARE[type(only)]()])
        case ast.BoolOp(op=ast.And()):
            yield _with(node, op=ast.Or())
        case ast.BoolOp(op=ast.Or()):
            yield _with(node, op=ast.And())
        case ast.UnaryOp(op=ast.Not()):
            yield node.operand
        case ast.BinOp() if type(node.op) in _COUNT:
            yield _with(node, op=_COUNT[type(node.op)]())
        case ast.Constant(value=bool()):
            yield _with(node, value=not node.value)
        case ast.Constant(value=int()):
            yield _with(node, value=node.value + 1)
        case ast.Call(func=ast.Name(id=name)) if name in _CALLS:
            yield _with(node, func=ast.Name(id=_CALLS[name], ctx=ast.Load()))
        case ast.If() | ast.IfExp():
            yield _with(node, test=ast.UnaryOp(op=ast.Not(), operand=node.test))


def _with(node: ast.AST, **fields: object) -> ast.AST:
    new = copy.copy(node)
    for name, value in fields.items():
        setattr(new, name, value)
    return new


class _Replace(ast.NodeTransformer):
    def __init__(self, at: ast.AST, new: ast.AST) -> None:
        self._at, self._new = at, new

    def visit(self, node: ast.AST) -> ast.AST:
        return self._new if node is self._at else self.generic_visit(node)


def mutants(module: str) -> Iterator[tuple[Mutant, str]]:
    """Each with the whole changed source. Annotations and docstrings decide nothing."""
    source = (ROOT / "campaigns" / f"{module}.py").read_text(encoding="utf-8")
    tree, lines = ast.parse(source), source.splitlines()
    skipped = {id(part) for node in ast.walk(tree) for part in _idle(node)}
    for place, node in enumerate(ast.walk(tree)):
        if id(node) in skipped or not hasattr(node, "lineno"):
            continue
        for new in changed(node):
            other = ast.parse(source)
            old = next(item for at, item in enumerate(ast.walk(other)) if at == place)
            text = ast.unparse(ast.fix_missing_locations(_Replace(old, new).visit(other)))
            yield Mutant(module, node.lineno, lines[node.lineno - 1].strip(),
                         *_said(node, new)), text


def _said(node: ast.AST, new: ast.AST) -> tuple[str, str]:
    if isinstance(node, ast.If) and isinstance(new, ast.If):
        return f"if {ast.unparse(node.test)}", f"if {ast.unparse(new.test)}"
    return ast.unparse(node), ast.unparse(ast.fix_missing_locations(new))


def _idle(node: ast.AST) -> Iterator[ast.AST]:
    """Parts of a node that are no decision: types, `__main__`, decorators."""
    annotations = [getattr(node, name, None) for name in ("annotation", "returns")]
    for part in [*annotations, *getattr(node, "decorator_list", [])]:
        if part is not None:
            yield from ast.walk(part)
    if isinstance(node, ast.If) and ast.unparse(node.test).startswith("__name__"):
        yield from ast.walk(node)
    if isinstance(node, ast.FunctionDef) and node.name in ("drawing", "__init__"):
        yield from ast.walk(node)


class _Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def __init__(self, module: str, source: str) -> None:
        self._name, self._source = f"campaigns.{module}", source

    def find_spec(self, name: str, path: object = None,
                  target: object = None) -> ModuleSpec | None:
        return importlib.util.spec_from_loader(name, self) if name == self._name else None

    def create_module(self, spec: ModuleSpec) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self._source, f"<{self._name}>", "exec"), module.__dict__)


def is_noticed(module: str, source: str) -> bool:
    """By the module's tests, in a child of its own."""
    child = os.fork()
    if child == 0:
        _run_tests(module, source)
    until = time.monotonic() + LIMIT_S
    while time.monotonic() < until:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status) != 0
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return True


def _run_tests(module: str, source: str) -> None:
    code = 99
    try:
        signal.alarm(LIMIT_S)
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        if source:
            sys.meta_path.insert(0, _Changed(module, source))
        import pytest
        code = int(pytest.main([
            "-q", "-x", "-p", "no:cacheprovider", "-W", "ignore",
            "-m", "not pbx and not postgres", "-k", "not postgresql",
            *(str(ROOT / "tests" / "campaigns" / f"{name}.py") for name in WHAT[module]
              if (ROOT / "tests" / "campaigns" / f"{name}.py").exists())]))
    finally:
        os._exit(code)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default=",".join(WHAT), help="modules, by comma")
    parser.add_argument("--json", action="store_true")
    wish = parser.parse_args(argv)
    import hypothesis  # noqa: F401 - once for all children
    import sqlalchemy.ext.asyncio  # noqa: F401

    import crm_store.store  # noqa: F401
    survivors: list[Mutant] = []
    made: dict[str, int] = {}
    for module in wish.only.split(","):
        if is_noticed(module, ""):
            print(f"{module}: its tests fail as it is", file=sys.stderr)
            return 2
        for mutant, source in mutants(module):
            made[module] = made.get(module, 0) + 1
            if not is_noticed(module, source) and mutant.key not in SAME:
                survivors.append(mutant)
                if not wish.json:
                    print(f"survives: campaigns/{module}.py:{mutant.line}  {mutant.was}  ->  "
                          f"{mutant.is_now}", flush=True)
    if wish.json:
        print(json.dumps({"mutants": made, "survivors": [asdict(one) for one in survivors]}))
    else:
        print(", ".join(f"{name} {count} mutants" for name, count in made.items()),
              f"; {len(survivors)} survive, {len(SAME)} known to decide the same")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
