"""
The same for print
==================

A matplotlib figure of one column, to be saved as SVG, PDF or PNG.
"""

import geo_resilience as gr

results = gr.study.run()
values = results["indicators"].query("year == 2023").set_index("adcode")["D111"]
gr.maps.figures.choropleth_figure(values, results.regions, title="Local matching rate, 2023")
