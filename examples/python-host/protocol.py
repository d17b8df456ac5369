"""The shapes of docs/agent-protocol.schema.json, which lies beside this file where the folder was copied elsewhere."""

import json
import re
from pathlib import Path

PROTOCOL = "surfaces.agent/1"
MAX_FRAME_BYTES = 1024 * 1024
_HERE, _NAME = Path(__file__).resolve().parent, "agent-protocol.schema.json"
_FILES = (_HERE / _NAME, _HERE / "../../docs" / _NAME)
SHAPES = json.loads(next((path for path in _FILES if path.exists()), _FILES[0]).read_text())["$defs"]


class Failure(Exception):
    """An `error` answer, or the `error` of `turn.ended`; for the codes see "Error codes"."""

    def __init__(self, code: str, message: str, **extra):
        super().__init__(message)
        self.code, self.message, self.extra = code, message, extra


def as_answer(failure: Failure) -> dict:
    retryable = failure.code in ("session_busy", "overloaded", "rate_limited")
    about = {"code": failure.code, "message": failure.message, "retryable": retryable}
    return {"type": "error", **about, **failure.extra}


def parse(raw: str | bytes) -> tuple[dict, str | None]:
    """The message, as far as it is one, and what is wrong with it, if something is."""
    message = {}
    try:
        value = json.loads(raw) if isinstance(raw, str) else None
        if not isinstance(value, dict):
            raise ValueError("a frame is a JSON object, as text")
        message = value
        if not isinstance(message.get("type"), str):
            raise ValueError("`type` is missing")
        if f"client.{message['type']}" in SHAPES:
            check("client", message)
    except (ValueError, RecursionError) as problem:
        return message, str(problem)
    return message, None


def check(side: str, message: dict) -> None:
    """Raises ValueError where it is not what a `client`, or a `host`, sends."""
    problem = misfit(message, SHAPES[f"{side}.{message['type']}"], message["type"])
    if problem:
        raise ValueError(problem)


_TYPES = {"object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "boolean": bool}
_LIMITS = {
    "const": lambda value, only: value == only,
    "enum": lambda value, all_of_them: value in all_of_them,
    "minLength": lambda value, least: len(value) >= least,
    "maxLength": lambda value, most: len(value) <= most,
    "minItems": lambda value, least: len(value) >= least,
    "maxItems": lambda value, most: len(value) <= most,
    "minimum": lambda value, least: value >= least,
    "exclusiveMinimum": lambda value, below: value > below,
    "maximum": lambda value, most: value <= most,
    "pattern": lambda value, pattern: re.search(pattern, value),
}


def misfit(value, schema: dict, at: str) -> str | None:
    """What is wrong, in words, by as much of JSON Schema as that file uses. Unknown fields are never wrong."""
    if "oneOf" in schema:
        return None if any(misfit(value, one, at) is None for one in schema["oneOf"]) else f"{at} fits nothing known"
    kind = schema["type"]
    if not isinstance(value, _TYPES[kind]) or (isinstance(value, bool) and kind != "boolean"):
        return f"{at} is no {kind}"
    for name, holds in _LIMITS.items():
        if name in schema and not holds(value, schema[name]):
            return f"{at} does not keep {name} {schema[name]}"
    if kind == "object":
        missing = next((name for name in schema.get("required", ()) if name not in value), None)
        parts = [(value[name], part, name) for name, part in schema["properties"].items() if name in value]
        problems = (misfit(inner, part, f"{at}.{name}") for inner, part, name in parts)
        return f"{at}.{missing} is missing" if missing else next(filter(None, problems), None)
    if kind == "array":
        return next(filter(None, (misfit(item, schema["items"], f"{at}[]") for item in value)), None)
    return None
