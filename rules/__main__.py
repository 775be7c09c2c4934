"""The auditor's calculators: ``python -m rules RULE < input.json > output.json``."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import BinaryIO, TextIO

from rules.calculators.reading import decode, shown
from rules.calculators.registry import Calculator, calculators
from rules.errors import InputError

USAGE = """usage: python -m rules RULE [--steps] < input.json > output.json
       python -m rules schema RULE
       python -m rules list

--steps adds the working. A bad input ends with exit code 2 and one line that names the field."""

DONE, REFUSED = 0, 2


def main(arguments: list[str], stdin: BinaryIO, stdout: BinaryIO, stderr: TextIO) -> int:
    """Runs one command; returns the exit code. A refusal writes one line to ``stderr`` and nothing to ``stdout``."""
    if arguments in (["-h"], ["--help"]):
        stdout.write(f"{USAGE}\n".encode())
        return DONE
    try:
        text = _answer(arguments, stdin)
    except InputError as problem:
        path = problem.parameters.get("path") or "input"
        print(" ".join(f"{path}: {problem}".split()), file=stderr)
        return REFUSED
    stdout.write(text.encode())
    return DONE


def _answer(arguments: list[str], stdin: BinaryIO) -> str:
    known = calculators()
    match arguments:
        case ["list"]:
            return "".join(f"{name}\t{calculator.title}\n" for name, calculator in known.items())
        case ["schema", name]:
            calculator = _named(name, known)
            if calculator.schema is None:
                raise InputError(f"{name} has no schema, needs a rule", path="RULE")
            return _json(calculator.schema)
        case [name] | [name, "--steps"] | ["--steps", name]:
            calculator = _named(name, known)
            return _json(calculator.run(decode(stdin.read()), "--steps" in arguments))
    raise InputError("got other arguments, needs RULE [--steps], schema RULE or list", path="arguments")


def _named(name: str, known: Mapping[str, Calculator]) -> Calculator:
    if name not in known:
        raise InputError(f"got {shown(name)}, needs one of {', '.join(known)}", path="RULE")
    return known[name]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], sys.stdin.buffer, sys.stdout.buffer, sys.stderr))
