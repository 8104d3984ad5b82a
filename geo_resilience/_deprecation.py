"""What is on its way out: it still works, and warns until the version that removes it."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

_P = ParamSpec("_P")
_R = TypeVar("_R")

#: What warns, and the version that removes it: a test holds the package's version below each.
REMOVALS: dict[str, str] = {}


def _warn(old: str, new: str, removed: str) -> None:
    sentence = f"{old} is deprecated and goes in version {removed}; use {new}"
    warnings.warn(sentence, FutureWarning, stacklevel=3)


def renamed(function: Callable[_P, _R], old: str, *, removed: str) -> Callable[_P, _R]:
    """Give a function under its old name.

    >>> old = renamed(len, "room.size_of", removed="0.3")
    >>> with warnings.catch_warnings(record=True) as seen:
    ...     warnings.simplefilter("always")
    ...     old("ab"), str(seen[0].message)
    (2, 'room.size_of is deprecated and goes in version 0.3; use len')
    """
    REMOVALS[old] = removed

    @functools.wraps(function)
    def called(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        _warn(old, function.__name__, removed)
        return function(*args, **kwargs)

    return called


def argument_renamed(
    old: str, new: str, *, removed: str
) -> Callable[[Callable[_P, _R]], Callable[_P, _R]]:
    """Let a function take a keyword under its old name as well; both at once is a TypeError."""

    def made(function: Callable[_P, _R]) -> Callable[_P, _R]:
        REMOVALS[f"{function.__qualname__}({old})"] = removed

        @functools.wraps(function)
        def called(*args: Any, **kwargs: Any) -> Any:
            if old in kwargs:
                if new in kwargs:
                    raise TypeError(f"{function.__name__}() got both {old!r} and {new!r}")
                _warn(f"{function.__name__}({old}=)", f"{new}=", removed)
                kwargs[new] = kwargs.pop(old)
            return function(*args, **kwargs)

        return called

    return made
