"""Make a release of the tagged commit, or say what keeps it from being one.

Usage: ``make release KEY=~/.ssh/id_ed25519``, or ``python release/release.py --key FILE``. With
``--dry-run`` (``TRY=--dry-run``) every step is tried, what is wrong is told at the end, and nothing
is kept.

The steps: the tree is clean and carries the tag of its version; CHANGELOG.md has a section of that
version and day and nothing unreleased; what release/metadata.py writes is written; ``make check
test slow docs`` pass and change nothing; two builds from two clones are the same byte for byte;
their descriptions can be shown; the wheel runs the bundled study in an empty environment; what that
environment holds is listed (CycloneDX); the sums of it all are signed, by a key that
release/allowed_signers names. What is made stands in ``dist/``.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import metadata

ROOT = metadata.ROOT
SUITES = ("check", "test", "slow", "docs")
SUMS = "SHA256SUMS"
#: What signatures are made for; who verifies must name it too.
NAMESPACE = "geo-resilience"
SIGNERS = "release/allowed_signers"


class RefusedError(Exception):
    """What keeps the commit from being a release, and how to mend it."""


def run(*command: object, cwd: Path = ROOT, **more: str) -> str:
    """Run a program and give what it prints; its failure refuses the release."""
    words = [str(word) for word in command]
    done = subprocess.run(
        words,
        cwd=cwd,
        env=os.environ | more,
        text=True,
        encoding="utf-8",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if done.returncode:
        raise RefusedError(f"{' '.join(words[:5])} failed:\n{done.stdout.strip()[-2000:]}")
    return done.stdout.strip()


def check_tree(root: Path) -> None:
    """Refuse changes that no commit holds."""
    if changed := run("git", "status", "--porcelain", cwd=root):
        raise RefusedError(f"the tree is not clean; commit or remove:\n{changed}")


def check_changelog(root: Path) -> None:
    """Refuse a version without a dated section, and changes that no version has."""
    release = metadata.declared(root)
    if not release.date:
        heading = f"## [{release.version}] - YYYY-MM-DD"
        raise RefusedError(f"CHANGELOG.md has no section {heading}: give the version its day")
    text = (root / "CHANGELOG.md").read_text("utf-8")
    unreleased = re.search(r"^## \[Unreleased\]\n(.*?)(?=^## )", text, re.MULTILINE | re.DOTALL)
    if unreleased and unreleased[1].strip():
        raise RefusedError(f"CHANGELOG.md has unreleased changes: move them to {release.version}")


def check_tag(root: Path) -> None:
    """Refuse a commit that lacks the tag of its version, or has it of another day."""
    release = metadata.declared(root)
    tag = f"v{release.version}"
    if tag not in run("git", "tag", "--points-at", "HEAD", cwd=root).split():
        raise RefusedError(f"this commit has no tag {tag}: git tag -s {tag} -m {tag}")
    day = run("git", "for-each-ref", "--format=%(creatordate:short)", f"refs/tags/{tag}", cwd=root)
    if day != release.date:
        raise RefusedError(f"tag {tag} is of {day}, its section in CHANGELOG.md of {release.date}")


def check_metadata(root: Path) -> None:
    """Refuse files that say something else than pyproject.toml and CHANGELOG.md."""
    release = metadata.declared(root)
    stale = [
        name
        for name, write in metadata.FILES.items()
        if (root / name).read_text("utf-8") != write(release)
    ]
    if stale:
        raise RefusedError(
            f"{', '.join(stale)} differ from pyproject.toml: make metadata, and commit"
        )


def check_doi(root: Path) -> None:
    """Refuse a release that nobody can cite for good."""
    if not metadata.declared(root).doi:
        raise RefusedError(
            "pyproject.toml names no doi under [tool.release]: reserve one, or --no-doi"
        )


def run_suites(root: Path) -> None:
    """Run what checks the code and builds the pages; neither may change what is kept."""
    run("make", *SUITES, cwd=root)
    check_tree(root)


def build(root: Path, folder: Path) -> dict[str, bytes]:
    """Build both archives in a fresh clone, stamped with the time of the commit."""
    clone = folder / "clone"
    run("git", "clone", "--quiet", "--no-hardlinks", root, clone)
    stamp = run("git", "log", "-1", "--format=%ct", cwd=clone)
    made = folder / "made"
    options = ("--no-isolation", "--outdir", made, clone)
    run(sys.executable, "-m", "build", *options, cwd=folder, SOURCE_DATE_EPOCH=stamp)
    return {path.name: path.read_bytes() for path in sorted(made.iterdir())}


def build_twice(root: Path, out: Path) -> None:
    """Build twice and keep the archives; refuse those that differ."""
    built = []
    for _ in range(2):
        with tempfile.TemporaryDirectory() as folder:
            built.append(build(root, Path(folder)))
    first, second = built
    differ = sorted(name for name in {*first, *second} if first.get(name) != second.get(name))
    if differ:
        raise RefusedError(f"two builds of the same commit differ: {', '.join(differ)}")
    for name, content in first.items():
        (out / name).write_bytes(content)


def check_descriptions(out: Path) -> None:
    """Refuse archives whose description no index can show."""
    run(sys.executable, "-m", "twine", "check", "--strict", *archives(out))


def archives(out: Path) -> list[Path]:
    """Give the archives that were built; refuse where there are not two."""
    found = sorted([*out.glob("*.tar.gz"), *out.glob("*.whl")])
    if len(found) != 2:
        raise RefusedError("an archive of the sources and a wheel are needed; none were built")
    return found


def try_wheel(root: Path, out: Path) -> None:
    """Run the bundled study in an empty environment, and list what that holds."""
    wheel = next(path for path in archives(out) if path.suffix == ".whl")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        venv.create(place / "env", with_pip=False)
        bin_ = place / "env" / ("Scripts" if os.name == "nt" else "bin")
        pip = (sys.executable, "-m", "pip", "--python", bin_ / "python", "--quiet")
        run(*pip, "install", "--constraint", root / "constraints.txt", wheel)
        said = run(bin_ / "geo-resilience", "--version", cwd=place)
        if metadata.declared(root).version not in said:
            raise RefusedError(f"the wheel says that it is {said}")
        run(bin_ / "geo-resilience", "run", "--quiet", "--out", "results", cwd=place)
        if not (place / "results" / "atlas.html").is_file():
            raise RefusedError("the wheel ran the bundled study and wrote no atlas")
        bill = out / f"{wheel.name.partition('-py3')[0]}.cdx.json"
        options = ("--output-reproducible", "--pyproject", root / "pyproject.toml", "-o", bill)
        run(sys.executable, "-m", "cyclonedx_py", "environment", *options, bin_ / "python")


def write_recipe(root: Path, out: Path) -> None:
    """Write the recipe for conda-forge with the archive of the sources and its sum."""
    archive = next(path for path in archives(out) if path.name.endswith(".tar.gz"))
    source = f"path: {archive.name}  # its address, as url, when it has one\n  sha256: "
    text = metadata.recipe(metadata.declared(root), source + sha256(archive))
    (out / "recipe.yaml").write_text(text, encoding="utf-8", newline="\n")


def sha256(file: Path) -> str:
    """Give the sum of a file."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def write_sums(out: Path) -> None:
    """Write the sum of every file that was made."""
    made = sorted(path for path in out.iterdir() if not path.name.startswith(SUMS))
    lines = [f"{sha256(path)}  {path.name}" for path in made]
    (out / SUMS).write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def sign(root: Path, out: Path, key: Path | None) -> None:
    """Sign the sums, and verify that as a user would."""
    if key is None:
        raise RefusedError("no key to sign with: --key FILE, an SSH key of yours")
    signers = root / SIGNERS
    if not signers.is_file():
        raise RefusedError(f"{SIGNERS} names nobody: a line 'NAME namespaces=\"{NAMESPACE}\" KEY'")
    (out / f"{SUMS}.sig").unlink(missing_ok=True)
    run("ssh-keygen", "-Y", "sign", "-n", NAMESPACE, "-f", key, out / SUMS)
    try:
        verify(signers, out)
    except RefusedError as error:
        (out / f"{SUMS}.sig").unlink()
        raise RefusedError(f"{key} is not a key that {SIGNERS} names\n{error}") from error


def verify(signers: Path, out: Path) -> None:
    """Verify the signature of the sums, whoever of the signers made it."""
    signature = out / f"{SUMS}.sig"
    names = run("ssh-keygen", "-Y", "find-principals", "-f", signers, "-s", signature)
    options = ("-f", signers, "-I", names.splitlines()[0], "-n", NAMESPACE, "-s", signature)
    with (out / SUMS).open("rb") as sums:
        command = ["ssh-keygen", "-Y", "verify", *map(str, options)]
        done = subprocess.run(command, stdin=sums, capture_output=True, text=True)
    if done.returncode:
        raise RefusedError(f"the signature does not hold: {done.stdout}{done.stderr}")


def steps(given: argparse.Namespace, out: Path) -> Iterator[tuple[str, Callable[[], None]]]:
    """Give every step by its name."""
    root = ROOT
    yield "the tree is clean", lambda: check_tree(root)
    yield "CHANGELOG.md has the version", lambda: check_changelog(root)
    yield "the tag is that of the version", lambda: check_tag(root)
    yield "citation, codemeta and recipe are up to date", lambda: check_metadata(root)
    if not given.no_doi:
        yield "there is a DOI", lambda: check_doi(root)
    if not given.no_suites:
        yield f"make {' '.join(SUITES)}", lambda: run_suites(root)
    yield "two builds are the same", lambda: build_twice(root, out)
    yield "descriptions can be shown", lambda: check_descriptions(out)
    yield "the wheel runs in an empty environment", lambda: try_wheel(root, out)
    yield "recipe with the archive's sum", lambda: write_recipe(root, out)
    yield "sums", lambda: write_sums(out)
    yield "signature", lambda: sign(root, out, given.key)


def go(given: argparse.Namespace, out: Path) -> list[str]:
    """Take the steps; the first that fails ends them, unless all are only tried."""
    wrong = []
    for name, step in steps(given, out):
        print(f"- {name} ...", end=" ", flush=True)
        try:
            step()
        except RefusedError as error:
            print("NO")
            wrong.append(f"{name}: {error}")
            if not given.dry_run:
                break
        else:
            print("yes", flush=True)
    return wrong


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--key", type=Path, help="SSH key that signs the sums")
    parser.add_argument("--dry-run", action="store_true", help="try every step, keep nothing")
    parser.add_argument("--no-suites", action="store_true", help="they passed on this commit")
    parser.add_argument("--no-doi", action="store_true", help="release without a DOI")
    return parser.parse_args()


def main() -> None:
    """Make the release; what it holds, or what is wrong, is printed."""
    given = arguments()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        wrong = go(given, out)
        if not wrong and not given.dry_run:
            shutil.rmtree(ROOT / "dist", ignore_errors=True)
            shutil.copytree(out, ROOT / "dist")
        print(
            *(f"{path.name} {path.stat().st_size:,} bytes" for path in sorted(out.iterdir())),
            sep="\n",
        )
    for sentence in wrong:
        print(f"\n{sentence}", file=sys.stderr)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
