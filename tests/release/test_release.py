"""A release is refused for what is wrong with it, in words that say how to mend it."""

import argparse
import shutil
import subprocess
from pathlib import Path

import pytest
from programs_for_tests import load

release = load("release")

GIVEN = """\
[build-system]
requires = ["hatchling"]
[project]
name = "small"
version = "1.2.0"
[tool.release]
title = "Small"
doi = ""
"""
CHANGES = "# Changelog\n\n## [Unreleased]\n\n## [1.2.0] - 2030-01-31\n\n- It.\n"
WHEN = "2030-01-31T12:00:00+0000"


def git(root, *words):
    who = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "tag.gpgSign=false")
    day = {"GIT_AUTHOR_DATE": WHEN, "GIT_COMMITTER_DATE": WHEN, "TZ": "UTC"}
    release.run("git", *who, *words, cwd=root, **day)


@pytest.fixture
def root(tmp_path):
    """A repository whose commit may be released."""
    if shutil.which("git") is None:
        pytest.skip("git is not there")
    folder = tmp_path / "small"
    folder.mkdir()
    (folder / "pyproject.toml").write_text(GIVEN, "utf-8")
    (folder / "CHANGELOG.md").write_text(CHANGES, "utf-8")
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "-m", "Begin")
    git(folder, "tag", "-a", "v1.2.0", "-m", "v1.2.0")
    return folder


def change(root, name, old, new):
    file = root / name
    file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")


def test_what_is_right_is_let_through(root):
    release.check_tree(root)
    release.check_changelog(root)
    release.check_tag(root)


def test_a_changed_file_is_named(root):
    change(root, "CHANGELOG.md", "It", "Another")
    with pytest.raises(release.RefusedError, match=r"not clean(.|\n)*CHANGELOG\.md"):
        release.check_tree(root)


def test_a_version_without_a_day_is_refused(root):
    change(root, "CHANGELOG.md", " - 2030-01-31", "")
    with pytest.raises(release.RefusedError, match=r"no section ## \[1\.2\.0\] - YYYY-MM-DD"):
        release.check_changelog(root)


def test_changes_of_no_version_are_refused(root):
    change(root, "CHANGELOG.md", "[Unreleased]\n", "[Unreleased]\n\n- Left behind.\n")
    with pytest.raises(release.RefusedError, match=r"unreleased changes: move them to 1\.2\.0"):
        release.check_changelog(root)


def test_a_commit_after_the_tag_is_refused(root):
    git(root, "commit", "--quiet", "--allow-empty", "-m", "Later")
    with pytest.raises(release.RefusedError, match=r"has no tag v1\.2\.0"):
        release.check_tag(root)


def test_a_tag_of_another_day_is_refused(root):
    change(root, "CHANGELOG.md", "2030-01-31", "2030-02-01")
    with pytest.raises(release.RefusedError, match=r"is of 2030-01-31, its section .* 2030-02-01"):
        release.check_tag(root)


def test_a_release_without_a_doi_is_refused(root):
    with pytest.raises(release.RefusedError, match=r"no doi.*--no-doi"):
        release.check_doi(root)
    change(root, "pyproject.toml", 'doi = ""', 'doi = "10.5281/x"')
    release.check_doi(root)


def test_suites_that_fail_or_change_a_file_refuse_the_release(root):
    if shutil.which("make") is None:
        pytest.skip("make is not there")
    targets = " ".join(release.SUITES)
    for recipe, told in (
        ("@echo the reason && false", r"make check test slow docs failed(.|\n)*the reason"),
        ("@echo more >> CHANGELOG.md", r"not clean(.|\n)*CHANGELOG\.md"),
    ):
        (root / "Makefile").write_text(f"{targets}:\n\t{recipe}\n", "utf-8")
        git(root, "add", "Makefile")
        git(root, "commit", "--quiet", "-m", "Targets")
        with pytest.raises(release.RefusedError, match=told):
            release.run_suites(root)
        git(root, "checkout", "--quiet", "CHANGELOG.md")


def test_builds_that_differ_are_named(root, tmp_path, monkeypatch):
    made = iter([{"a.whl": b"1", "b": b"2"}, {"a.whl": b"9", "b": b"2"}])
    monkeypatch.setattr(release, "build", lambda *_: next(made))
    with pytest.raises(release.RefusedError, match=r"differ: a\.whl$"):
        release.build_twice(root, tmp_path)
    assert not list(tmp_path.glob("*.whl"))


@pytest.fixture
def signed(root, tmp_path):
    """A folder with sums, two keys, and the first of them named as a signer's."""
    if shutil.which("ssh-keygen") is None:
        pytest.skip("ssh-keygen is not there")
    keys = []
    for name in ("own", "other"):
        keys.append(tmp_path / name)
        release.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", keys[-1])
    (root / "release").mkdir()
    line = f'a@example.org namespaces="{release.NAMESPACE}" '
    public = keys[0].with_suffix(".pub").read_text()
    (root / release.SIGNERS).write_text(line + public, "utf-8")
    out = tmp_path / "out"
    out.mkdir()
    (out / "small.whl").write_bytes(b"wheel")
    release.write_sums(out)
    return root, out, keys


def test_sums_are_signed_and_a_change_is_found(signed):
    root, out, (own, _) = signed
    release.sign(root, out, own)
    told = subprocess.run(["sha256sum", "-c", release.SUMS], cwd=out, capture_output=True)
    assert told.returncode == 0
    (out / release.SUMS).write_text("0" * 64 + "  small.whl\n")
    with pytest.raises(release.RefusedError, match="does not hold"):
        release.verify(root / release.SIGNERS, out)


def test_a_key_that_is_no_signers_is_refused(signed):
    root, out, (_, other) = signed
    with pytest.raises(release.RefusedError, match=r"other is not a key that .*allowed_signers"):
        release.sign(root, out, other)
    assert not list(out.glob("*.sig"))


def test_the_first_refusal_ends_a_release_and_a_trial_tells_all(monkeypatch, capsys, tmp_path):
    def refuse():
        raise release.RefusedError("because")

    monkeypatch.setattr(
        release, "steps", lambda *_: [("one", refuse), ("two", lambda: None), ("three", refuse)]
    )
    real, trial = (argparse.Namespace(dry_run=dry) for dry in (False, True))
    assert release.go(real, Path(tmp_path)) == ["one: because"]
    assert release.go(trial, Path(tmp_path)) == ["one: because", "three: because"]
    assert "two ... yes" in capsys.readouterr().out
