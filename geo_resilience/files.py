"""Files put in place whole: written beside, renamed at the end."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from geo_resilience.errors import OutputError


@contextmanager
def put_in_place(out: Path) -> Iterator[Path]:
    """Give a file beside to write; it is renamed at the end, so that no half file stands there."""
    beside = out.with_name(f".{secrets.token_hex(4)}.{out.name}")
    try:
        yield beside
        beside.replace(out)
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError("cli.map_out_failed", file=out, reason=reason) from error
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
