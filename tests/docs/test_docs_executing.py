"""Pages are executed as typed, and what does not end as a page says stops the build."""

import json
import os
from pathlib import Path

import pytest

pytest.importorskip("babel")
pytest.importorskip("grimp")
pytest.importorskip("myst_parser")

from docs.builder import checking, executing
from docs.builder.__main__ import end
from docs.builder.executing import ROOT, blocks_of, execute, languages_of

pytestmark = pytest.mark.skipif(not (ROOT / "docs").is_dir(), reason="only a checkout has docs")


@pytest.fixture
def done(tmp_path, monkeypatch):
    """Execute a page's text; give what went wrong and what it showed."""
    monkeypatch.setattr(executing, "ROOT", tmp_path)

    def executed(text, language="en"):
        page, kept = tmp_path / "page.md", tmp_path / "kept"
        page.write_text(text, encoding="utf-8")
        fault = execute(page, language, tmp_path / "bundled", kept)
        shown = kept / "outcome.json"
        return fault, json.loads(shown.read_text("utf-8")) if shown.exists() else None

    return executed


def fence(kind, text):
    return f"```{{{kind}}}\n{text}\n```\n"


def test_python_shows_what_it_prints_and_its_last_value_and_keeps_its_names(done):
    text = fence("python", "x = 2\nprint('two')\nx + 1") + fence("python", "x * 10")
    fault, outcome = done(text + "It is {value}`x ** 3`.")
    assert fault == ""
    assert outcome["shown"] == ["two\n3", "20"]
    assert outcome["values"] == {"x ** 3": "8"}


def test_a_file_is_written_for_the_commands_below_it(done):
    text = "```{file} in/a.csv\nkey,v\n1,2\n```\n" + fence("run", "$ head -1 in/a.csv\n$ ls in")
    fault, outcome = done(text)
    assert (fault, outcome["shown"][1]) == ("", "$ head -1 in/a.csv\nkey,v\n$ ls in\na.csv")


def test_a_line_that_a_backslash_carries_on_is_one_command(done):
    fault, outcome = done(fence("run", "$ mkdir \\\n    a\n$ ls"))
    assert (fault, outcome["shown"]) == ("", ["$ mkdir \\\n    a\n$ ls\na/"])


def test_the_program_is_called_with_the_readers_language(done):
    text = fence("run", ":lines: 2\n$ geo-resilience init study --blank 2 --language {language}")
    fault, outcome = done(text, "zh")
    assert fault == "" and "--language zh" in outcome["shown"][0]
    assert "study" in outcome["shown"][0] and outcome["shown"][0].endswith("…")


def test_a_command_goes_on_below_a_backslash(done):
    fault, outcome = done("```{file} a.csv\n1\n2\n```\n" + fence("run", "$ head \\\n    -1 a.csv"))
    assert (fault, outcome["shown"][1]) == ("", "$ head \\\n    -1 a.csv\n1")


def test_stages_that_a_terminal_writes_over_are_not_shown(done):
    study = ROOT / "examples" / "towns"
    files = [f"```{{file}} {f.name}\n{f.read_text('utf-8')}```\n" for f in study.iterdir()]
    fault, outcome = done("".join(files) + fence("run", "$ geo-resilience check study.toml"))
    assert fault == "" and outcome["shown"][-1].splitlines()[1] == "6 regions, 2021–2023"


def test_a_folder_as_it_stands_is_run_once_and_a_changed_one_again(tmp_path, monkeypatch):
    ran = []

    def called(arguments, folder):
        text = (folder / "study.toml").read_text(encoding="utf-8")
        (folder / "results").mkdir(exist_ok=True)
        (folder / "results" / "summary.txt").write_text(text, encoding="utf-8")
        ran.append(arguments)
        return 0, f"{text}\n"

    monkeypatch.setattr(executing, "_called", called)
    monkeypatch.setattr(executing, "ROOT", tmp_path)
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "study.toml").write_text("as it is", encoding="utf-8")
    (tmp_path / "shared").mkdir()
    changed = "```{file} study.toml\nother\n```\n"
    shown = []
    for number, first in enumerate(("", "", changed)):
        page, kept = tmp_path / f"{number}.md", tmp_path / f"kept{number}"
        text = "<!-- folder: set -->\n" + first + fence("run", "$ geo-resilience run study.toml")
        page.write_text(text + fence("run", "$ cat results/summary.txt"), encoding="utf-8")
        assert execute(page, "en", tmp_path, kept, shared=tmp_path / "shared") == ""
        shown.append(json.loads((kept / "outcome.json").read_text("utf-8"))["shown"][-2:])
    assert len(ran) == 2
    assert shown[0] == shown[1] and "as it is" in shown[0][0] and "as it is" in shown[0][1]
    assert "other" in shown[2][0] and "other" in shown[2][1]


@pytest.mark.parametrize(
    "text, said",
    [
        (fence("run", "$ geo-resilience check nowhere.toml"), "ended with 2 rather than 0"),
        (fence("run", ":exit: 2\n$ geo-resilience --version"), "ended with 0 rather than 2"),
        (fence("run", "$ rm -rf x"), "pages may not run 'rm'"),
        (fence("run", "$ cat nowhere.csv"), "ended with 1"),
        (fence("python", "1 / 0"), "ZeroDivisionError"),
        ("```{picture} nowhere.svg\n```\n", "no file nowhere.svg"),
        ("{value}`nothing`", "nothing"),
    ],
)
def test_what_does_not_end_as_the_page_says_is_named(done, text, said):
    fault, outcome = done(text)
    assert fault.startswith("page.md: ") and said in fault
    assert outcome is None


def test_blocks_keep_their_order_options_and_text():
    text = "```{run}\n:exit: 2\n\n$ a\n```\n```python\nno\n```\n```{table} t.csv\n:rows: 3\n```\n"
    assert [(b.kind, b.argument, b.options) for b in blocks_of(text)] == [
        ("run", "", {"exit": "2"}),
        ("table", "t.csv", {"rows": "3"}),
    ]
    shown = f"````\n{text}````\n"
    assert blocks_of(shown) == []
    assert languages_of("<!-- languages: en zh -->\n# A") == ["en", "zh"]


def test_links_that_lead_nowhere_and_what_is_loaded_from_elsewhere_are_found(tmp_path):
    (tmp_path / "b.html").write_text('<h1 id="here">B</h1>', encoding="utf-8")
    (tmp_path / "a.html").write_text(
        '<a href="b.html#here">x</a><a href="b.html#gone">x</a><a href="c.html">x</a>'
        '<a href="https://example.org">x</a><script src="https://example.org/x.js"></script>',
        encoding="utf-8",
    )
    assert checking.faults(tmp_path) == [
        "a.html: b.html#gone: no such place on the page",
        "a.html: c.html: leads nowhere",
        "a.html: https://example.org/x.js: loaded from elsewhere",
    ]


def test_small_numbers_of_a_table_are_not_shown_as_zero():
    from docs.builder.directives import _cell

    shown = [_cell(value) for value in (0.0, 0.0002, -0.00041, 0.12345, 12.0, float("nan"))]
    assert shown == ["0", "0.0002", "-0.00041", "0.123", "12", ""]


@pytest.mark.parametrize("faults, code", [([], 0), (["a: b"], "a: b")])
def test_a_build_without_faults_ends_well(faults, code):
    with pytest.raises(SystemExit) as ended:
        end(faults)
    assert ended.value.code == code


def test_scripts_of_the_gallery_read_runs_and_pages_tell_of_the_real_functions():
    """The API page of `run` is read after the gallery: not to tell of what stood in for it."""
    import geo_resilience as gr
    from docs.builder.gallery import shared_runs

    real, place = (gr.study.run, gr.study.compare), Path.cwd()
    try:
        shared_runs({}, "plot_atlas.py", "before")
        assert gr.study.run is not real[0] and gr.study.compare is not real[1]
        shared_runs({}, "plot_atlas.py", "after")
        assert (gr.study.run, gr.study.compare) == real
    finally:
        os.chdir(place)


def test_options_of_a_command_are_marked_and_its_answer_is_not():
    """A page never breaks a line behind the dashes of what is marked."""
    pytest.importorskip("sphinx")
    from pygments.token import Name

    from docs.builder.directives import _Console

    typed = "$ geo-resilience run a-b.toml --out c \\\n    -q\n- told of --it\n"
    said = list(_Console().get_tokens(typed))
    assert [text for kind, text in said if kind is Name.Attribute] == ["--out", "-q"]
    assert "".join(text for _, text in said) == typed


def test_the_gallery_has_one_order_whatever_order_a_folder_is_read_in():
    pytest.importorskip("sphinx_gallery")
    from docs.builder.gallery import Order

    read = [f"plot_{name}.py" for name in ("yearly_maps", "graded_map", "choropleth", "atlas")]
    assert sorted(read, key=Order("")) == read[::-1]
