"""
The atlas
=========

Grades, composite, dimensions and indicators of every year, clusters, gaps and what if, in one file
that needs no network. It opens here as it does from a disk.
"""

import geo_resilience as gr

results = gr.study.run()
gr.maps.atlas(results, headline=gr.report.headline(results))
