"""Writers of reports: the same blocks as a page, a document, slides; the tables as a workbook."""
