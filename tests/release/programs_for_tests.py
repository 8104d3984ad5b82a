"""The programs in release/, which are no package."""

import sys
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parents[2]


def load(name):
    """Give a program as a module; the other finds it under the same name."""
    folder = str(ROOT / "release")
    if folder not in sys.path:
        sys.path.insert(0, folder)
    return import_module(name)
