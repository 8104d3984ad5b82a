"""What atlas and figures share: geometry, style, series, context."""
