"""Write CITATION.cff, codemeta.json and recipe/recipe.yaml from pyproject.toml and CHANGELOG.md.

Usage: ``make metadata``, or ``python release/metadata.py``. The tests fail when the files are not
what this writes. A DOI stands in them only once pyproject.toml names one, and a date only once the
version has one in CHANGELOG.md.
"""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
#: Names on conda-forge that are not those of the package index.
CONDA = {"matplotlib": "matplotlib-base"}
LICENSES = "https://spdx.org/licenses/"


class Release(NamedTuple):
    """What pyproject.toml and CHANGELOG.md say of the version."""

    project: dict[str, Any]
    title: str
    doi: str
    date: str
    hatchling: str

    @property
    def version(self) -> str:
        """The version."""
        return str(self.project["version"])

    @property
    def authors(self) -> list[str]:
        """The names of the authors."""
        return [author["name"] for author in self.project["authors"]]


def declared(root: Path = ROOT) -> Release:
    """Read what is declared."""
    given = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    project = given["project"]
    changes = (root / "CHANGELOG.md").read_text("utf-8")
    title, doi = (given["tool"]["release"][key] for key in ("title", "doi"))
    version = re.escape(project["version"])
    dated = re.search(rf"^## \[{version}\] - (\d{{4}}-\d\d-\d\d)$", changes, re.MULTILINE)
    date = dated[1] if dated else ""
    return Release(project, title, doi, date, given["build-system"]["requires"][0])


def citation(release: Release) -> str:
    """Write how the software is cited (Citation File Format 1.2)."""
    lines = [
        "# Written by release/metadata.py.",
        "cff-version: 1.2.0",
        "message: If you use this software, please cite it as below.",
        "type: software",
        f"title: {json.dumps(release.title)}",
        f"abstract: {json.dumps(release.project['description'])}",
        "authors:",
        *(f"  - name: {name}" for name in release.authors),
        f"version: {release.version}",
        *([f"date-released: {release.date}"] if release.date else []),
        *([f"doi: {release.doi}"] if release.doi else ["# doi: none yet"]),
        f"license: {release.project['license']}",
        "keywords:",
        *(f"  - {word}" for word in release.project["keywords"]),
    ]
    return "\n".join(lines) + "\n"


def codemeta(release: Release) -> str:
    """Write the description of the software for catalogs (CodeMeta 3.0)."""
    project = release.project
    said = {
        "@context": "https://w3id.org/codemeta/3.0",
        "@type": "SoftwareSourceCode",
        "name": project["name"],
        "description": project["description"],
        "version": release.version,
        "license": LICENSES + project["license"],
        "author": [{"@type": "Organization", "name": name} for name in release.authors],
        "keywords": project["keywords"],
        "programmingLanguage": "Python",
        "runtimePlatform": f"Python {project['requires-python']}",
        "operatingSystem": ["Linux", "macOS", "Windows"],
        "developmentStatus": "active",
        "softwareRequirements": project["dependencies"],
    }
    if release.date:
        said["datePublished"] = release.date
    if release.doi:
        said["identifier"] = f"https://doi.org/{release.doi}"
    return json.dumps(said, indent=2, ensure_ascii=False) + "\n"


def conda(requirement: str) -> str:
    """Write a requirement as conda-forge does.

    >>> conda("matplotlib>=3.8"), conda("click>=8.1")
    ('matplotlib-base >=3.8', 'click >=8.1')
    """
    name, bounds = re.fullmatch(r"([\w-]+)(.*)", requirement).groups()  # type: ignore[union-attr]
    return f"{CONDA.get(name, name)} {bounds}".strip()


def recipe(release: Release, source: str = "path: ..") -> str:
    """Write the recipe for conda-forge; its source is this checkout unless another is named."""
    project = release.project
    least = project["requires-python"].removeprefix(">=")
    commands = [f"- {name} = {place}" for name, place in project["scripts"].items()]
    return f"""\
# Written by release/metadata.py; make release writes it anew with the archive of the sources.
schema_version: 1

context:
  version: "{release.version}"
  python_min: "{least}"

package:
  name: {project["name"]}
  version: ${{{{ version }}}}

source:
  {source}

build:
  noarch: python
  number: 0
  script: ${{{{ PYTHON }}}} -m pip install . -vv --no-deps --no-build-isolation
  python:
    entry_points:
      {"".join(commands)}

requirements:
  host:
    - python ${{{{ python_min }}}}.*
    - pip
    - {conda(release.hatchling)}
  run:
    - python >=${{{{ python_min }}}}
    {chr(10).join(f"    - {conda(each)}" for each in project["dependencies"]).strip()}

tests:
  - python:
      imports:
        - geo_resilience
      pip_check: true
      python_version:
        - ${{{{ python_min }}}}.*
        - "*"
  - script:
      - geo-resilience --version
      - geo-resilience run --quiet --out results

about:
  summary: {json.dumps(project["description"])}
  license: {project["license"]}
  license_file: {project["license-files"][0]}
"""


#: The files, and what writes each.
FILES = {"CITATION.cff": citation, "codemeta.json": codemeta, "recipe/recipe.yaml": recipe}


def main() -> None:
    """Write the files."""
    for name, write in FILES.items():
        (ROOT / name).write_text(write(declared()), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
