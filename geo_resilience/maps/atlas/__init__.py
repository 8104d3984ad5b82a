"""The interactive atlas: what the page is told, and the document it is told in."""
