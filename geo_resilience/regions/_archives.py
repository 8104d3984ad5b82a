"""Boundary files inside archives, unpacked by themselves so that they go through the same door."""

from __future__ import annotations

import codecs
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from geo_resilience.errors import InputError
from geo_resilience.notes import Note
from geo_resilience.regions._formats import (
    ARCHIVES,
    DRAWN,
    GEODATABASE,
    check_content,
    companions,
    is_json,
)
from geo_resilience.tables._textfiles import decode_text

#: So many times its size an archive may hold, where that is much: more is no map.
_MOST_GROWTH, _MUCH = 100, 1 << 28


@contextmanager
def opened(file: Path, layer: str | None = None) -> Iterator[tuple[Path, tuple[Note, ...]]]:
    """Give a file that was looked into and may be read: itself, a copy, or what an archive holds.

    The notes say in which encoding a text was, which is then in UTF-8.
    """
    place, packed = file.absolute(), file.suffix.casefold() in ARCHIVES
    if not packed and "!" not in str(place) and _is_plain(place):
        check_content(file)
        yield place, ()
        return
    if packed:
        check_content(file)
    with TemporaryDirectory(prefix="geo-resilience-") as folder:
        called, inside = str(file), Path(folder)
        if packed:
            place, called = _unpacked(file, layer, inside)
        else:  # pyogrio takes what follows "!" for a file inside an archive
            place = _copied(place, inside)
        notes = () if _is_plain(place) else _put_in_utf8(place, file.name)
        check_content(place, called)
        yield place, notes


def _is_plain(file: Path) -> bool:
    """Whether a file is no text, or one in UTF-8."""
    if not is_json(file):
        return True
    decoder = codecs.getincrementaldecoder("utf-8")()
    with file.open("rb") as stream:
        try:
            while block := stream.read(1 << 24):
                decoder.decode(block)
        except UnicodeDecodeError:
            return False
    return True


def _put_in_utf8(file: Path, called: str) -> tuple[Note, ...]:
    text, notes = decode_text(file.read_bytes(), called)
    file.write_text(text, encoding="utf-8")
    return tuple(notes)


def members(file: Path) -> list[str]:
    """Name the boundary files inside an archive."""
    check_content(file)
    with _archive(file) as archive:
        return _drawn(archive)


def _copied(file: Path, folder: Path) -> Path:
    if file.is_dir():
        return Path(shutil.copytree(file, folder / f"copy{GEODATABASE}"))
    for part in (file, *companions(file)):
        shutil.copy(part, folder / part.name.replace("!", "_"))
    return folder / file.name.replace("!", "_")


def _unpacked(file: Path, layer: str | None, folder: Path) -> tuple[Path, str]:
    """Unpack the one boundary file, or the one so named, with what lies beside it."""
    with _archive(file) as archive:
        inside = _drawn(archive)
        named = [name for name in inside if PurePosixPath(name).stem == layer]
        names = named if len(inside) > 1 else inside
        if len(names) != 1:
            raise InputError("regions.zip_content", file=file, found=inside or "-")
        chosen = PurePosixPath(names[0])
        parts = [each for each in archive.infolist() if _belongs(each.filename, chosen)]
        size = sum(part.file_size for part in parts)
        if size > max(_MUCH, _MOST_GROWTH * file.stat().st_size):
            raise InputError("regions.zip_size", file=file, member=names[0], size=size >> 20)
        # A name inside an archive may lead elsewhere; the last part of it does not.
        target = folder / chosen.name.replace("!", "_")
        for part in parts:
            name = PurePosixPath(part.filename)
            place = target.with_name(name.name.replace("!", "_"))
            if name.parent == chosen:
                target.mkdir(exist_ok=True)
                place = target / name.name
            with archive.open(part) as source, place.open("wb") as unpacked:
                shutil.copyfileobj(source, unpacked)
    return target, f"{file}/{chosen}"


def _belongs(name: str, chosen: PurePosixPath) -> bool:
    """Whether a file of an archive is the chosen one, in it, or beside it by its name."""
    each = PurePosixPath(name)
    if name.endswith("/"):
        return False
    if chosen.suffix.casefold() == GEODATABASE:
        return each.parent == chosen
    return each.parent == chosen.parent and each.name.startswith(chosen.stem)


def _archive(file: Path) -> zipfile.ZipFile:
    """Open an archive; names that do not say their encoding are Chinese or Western."""
    try:
        return zipfile.ZipFile(file, metadata_encoding="gb18030")
    except UnicodeDecodeError:
        return zipfile.ZipFile(file)
    except zipfile.BadZipFile:
        raise InputError("regions.not_zip", file=file) from None


def _drawn(archive: zipfile.ZipFile) -> list[str]:
    """Name the boundary files inside an archive; a folder of a geodatabase is one."""
    names = [name for name in archive.namelist() if "__MACOSX" not in name]
    places = [PurePosixPath(name) for name in names if not name.endswith("/")]
    folders = {str(each.parent) for each in places if each.parent.suffix == GEODATABASE}
    files = {
        str(each)
        for each in places
        if each.suffix.casefold() in DRAWN - {GEODATABASE} and str(each.parent) not in folders
    }
    return sorted(folders | files)
