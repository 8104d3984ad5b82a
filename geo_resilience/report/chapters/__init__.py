"""The chapters of a report, in their order: each a function from a teller to blocks."""
