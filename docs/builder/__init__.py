"""What makes the documentation site: pages are executed, records become pages, Sphinx binds them."""
