"""`ui/src/protocol.gen.ts` from `workstation.protocol`: the page never retypes a message.

`python -m workstation.web.typescript` writes the file; a test compares it with the source.
"""

from __future__ import annotations

import sys
import types
import typing
from pathlib import Path

import msgspec

from workstation import protocol
from workstation.protocol import actions, messages, views

TARGET = Path(__file__).parent / "ui" / "src" / "protocol.gen.ts"
HEAD = ("// Generated from workstation/protocol by `python -m workstation.web.typescript`.\n"
        "// Do not edit.\n")
PLAIN: dict[object, str] = {str: "string", int: "number", float: "number", bool: "boolean",
                            type(None): "null", typing.Any: "unknown", msgspec.Raw: "unknown"}


def source() -> str:
    """The whole module as text."""
    structs = [value for module in (views, messages, actions, *_areas())
               for value in vars(module).values() if _is_struct(value, module.__name__)]
    parts = [HEAD, *(_alias(name) for name in ("OperatorState", "CallState",
                                               "ConversationState", "Collection"))]
    parts += [_struct(struct) for struct in structs]
    parts += [_union("ServerMessage"), _union("ScreenMessage"), _shelves(), _actions()]
    return "\n".join(parts)


def _areas() -> list[types.ModuleType]:
    """The protocol's modules beside the three, which hold views and actions of one area each."""
    known = {module.__name__ for module in (protocol, views, messages, actions)}
    return [sys.modules[name] for name in sorted(sys.modules)
            if name.startswith(f"{protocol.__name__}.") and name not in known]


def _is_struct(value: object, module: str) -> typing.TypeGuard[type[msgspec.Struct]]:
    return (isinstance(value, type) and issubclass(value, msgspec.Struct)
            and value.__module__ == module
            and value not in (protocol.View, protocol.Args))


def _alias(name: str) -> str:
    return f"export type {name} = {_type(getattr(protocol, name))};"


def _union(name: str) -> str:
    members = " | ".join(member.__name__ for member in typing.get_args(getattr(protocol, name)))
    return f"export type {name} = {members};"


def _struct(struct: type[msgspec.Struct]) -> str:
    hints = typing.get_type_hints(struct)
    fields = [(field, hints[field.name]) for field in msgspec.structs.fields(struct)]
    config = struct.__struct_config__
    if config.array_like:
        row = ", ".join(f"{field.name}: {_type(hint)}" for field, hint in fields)
        return f"export type {struct.__name__} = [{row}];\n"
    lines = [f"  {field.name}{'' if field.required else '?'}: {_type(hint)};"
             for field, hint in fields]
    if config.tag is not None:
        lines.insert(0, f'  {config.tag_field}: "{config.tag}";')
    body = "\n".join(lines)
    return f"export interface {struct.__name__} {{\n{body}\n}}\n"


def _type(hint: object) -> str:
    if hint in PLAIN:
        return PLAIN[hint]
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return hint.__name__
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Literal:
        return " | ".join(f'"{value}"' for value in args)
    if origin in (typing.Union, types.UnionType):
        return " | ".join(_type(arg) for arg in args)
    if origin is list:
        inner = _type(args[0])
        return f"({inner})[]" if " | " in inner else f"{inner}[]"
    if origin is dict:
        return f"Record<string, {_type(args[1])}>"
    raise TypeError(f"no TypeScript for {hint!r}")


def _shelves() -> str:
    """Which view a collection holds: the names agree but for the last letter and the case."""
    lines = [f"  {name}: Record<string, {name.removesuffix('s').capitalize()}View>;"
             for name in typing.get_args(protocol.Collection)]
    return "export interface Views {\n" + "\n".join(lines) + "\n}\n"


def _actions() -> str:
    lines = [f'  "{name}": {args.__name__};' for name, args in protocol.ACTIONS.items()]
    return "export interface Actions {\n" + "\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    TARGET.write_text(source(), encoding="utf-8")
