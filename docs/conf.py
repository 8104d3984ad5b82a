"""How Sphinx binds the site; `python -m docs.builder` calls it once a language."""

import os
import sys
from importlib.metadata import version as installed
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from docs.builder.gallery import Order, scraper, shared_runs  # noqa: E402

project = "geo_resilience"
author = "The geo_resilience developers"
project_copyright = author
version = release = installed("geo-resilience")
language = os.environ.get("DOCS_LANGUAGE", "en").replace("zh", "zh_CN")

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "numpydoc",
    "sphinx_design",
    "sphinx_copybutton",
    "sphinx_gallery.gen_gallery",
    "sphinxcontrib.bibtex",
    "docs.builder.directives",
    "docs.builder.anchors",
    "docs.builder.related",
]
exclude_patterns = ["gallery_scripts", "examples", "maps", "_made"]
templates_path = ["_templates"]
locale_dirs = [str(ROOT / "docs" / "locales")]
gettext_compact = False
gettext_location = False
gettext_uuid = False
suppress_warnings = ["config.cache"]

myst_enable_extensions = ["dollarmath", "colon_fence", "deflist"]
myst_heading_anchors = 4
autosummary_generate = False
numpydoc_show_class_members = False
autodoc_typehints = "none"
bibtex_bibfiles = ["references.bib"]
bibtex_default_style = "plain"
copybutton_prompt_text = r"\$ |>>> "
copybutton_prompt_is_regexp = True
copybutton_line_continuation_character = "\\"

sphinx_gallery_conf = {
    "examples_dirs": "gallery_scripts",
    "gallery_dirs": "gallery",
    "within_subsection_order": Order,
    "filename_pattern": "plot_",
    "image_scrapers": (scraper,),
    "reset_modules": (shared_runs,),
    "capture_repr": (),
    "backreferences_dir": "backreferences",
    "doc_module": ("geo_resilience",),
    "show_api_usage": False,
    "inspect_global_variables": True,
    "download_all_examples": False,
    "show_signature": False,
    "write_computation_times": False,
    "show_memory": False,
    "min_reported_time": 1e9,
    "abort_on_example_error": True,
    "parallel": False,
}

html_theme = "pydata_sphinx_theme"
html_title = "geo_resilience"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_math_renderer = "mathml"
html_theme_options = {
    "navbar_end": ["language", "theme-switcher"],
    "navbar_persistent": ["search-button"],
    "header_links_before_dropdown": 8,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "show_prev_next": True,
    "use_edit_page_button": False,
}
html_sidebars = {"index": []}
