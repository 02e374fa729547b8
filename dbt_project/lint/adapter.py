"""What dbt's `adapter` is to sqlfluff, which renders the models without dbt (.sqlfluff: library_path).

Belongs here: stand-ins that give text of the right shape. Does not: the macros; dbt renders the real ones.
"""

from __future__ import annotations

from collections.abc import Callable


def dispatch(name: str, package: str | None = None) -> Callable[..., str]:
    """A macro that reads as a call of a function of its name."""
    return lambda *arguments: f"{name}({', '.join(str(argument) for argument in arguments)})"


def quote(identifier: str) -> str:
    return f'"{identifier}"'
