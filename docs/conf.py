"""How Sphinx binds the site; `python -m docs.builder` calls it once a language."""

import os
import sys
from importlib.metadata import version as installed
from pathlib import Path

from pybtex.plugin import find_plugin, register_plugin

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from docs.builder.api import public  # noqa: E402
from docs.builder.gallery import Order, scraper, shared_runs  # noqa: E402

project = "geo_resilience"
author = "The geo_resilience developers"
version = release = installed("geo-resilience")
language = os.environ.get("DOCS_LANGUAGE", "en").replace("zh", "zh_CN")
project_copyright = author if language == "en" else "geo_resilience 开发者"

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "numpydoc",
    "sphinx_design",
    "sphinx_copybutton",
    "sphinx_gallery.gen_gallery",
    "sphinxcontrib.bibtex",
    "docs.builder.directives",
    "docs.builder.anchors",
    "docs.builder.frame",
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
autodoc_use_type_comments = False
bibtex_bibfiles = ["references.bib"]
bibtex_default_style = "plain"
# A citation asks four times for a plugin, each time among all packages that are installed.
for kind in ("formatting.plain", "names.plain", "labels.number", "sorting.author_year_title"):
    group, name = f"pybtex.style.{kind}".rsplit(".", 1)
    register_plugin(group, name, find_plugin(group, name), force=True)
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
    "reset_modules_order": "both",
    "capture_repr": (),
    "default_thumb_file": str(ROOT / "maps" / f"atlas{'' if language == 'en' else '_zh'}.png"),
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
    "search_bar_text": "Search" if language == "en" else "搜索",
    "header_dropdown_text": "More" if language == "en" else "更多",
    "navbar_end": ["language", "theme-switcher"],
    "navbar_persistent": ["search-button"],
    "header_links_before_dropdown": 8,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "show_prev_next": True,
    "use_edit_page_button": False,
}
html_sidebars = {"index": [], "api/*": ["sidebar-collapse", "api_sidebar"]}
html_context = {"public_names": public(), "default_mode": "auto"}
