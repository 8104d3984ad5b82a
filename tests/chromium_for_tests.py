"""The browser of this machine, for tests and for looking at the pages of the site."""

from __future__ import annotations

import os
import shutil

#: Rules of accessibility that pages are held to, by axe's names.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
#: The first of these is taken; the shell opens no windows and so needs a third of the time.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "chrome")


def find_chromium() -> str | None:
    """Give the Chromium of this machine, if there is one."""
    named = os.environ.get("GEO_RESILIENCE_CHROMIUM")
    return named or next(filter(None, map(shutil.which, NAMES)), None)
