"""What makes the site: pages are executed, records become pages, Sphinx binds them."""
