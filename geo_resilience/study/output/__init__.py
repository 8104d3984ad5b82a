"""What a run hands over: files of tables, layers for GIS, and databases."""
