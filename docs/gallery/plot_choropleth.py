"""
A map of one column
===================

Any table with a key and a number, without a study. Regions without a figure are drawn as such.
"""

import geo_resilience as gr

results = gr.study.run()
values = results["indicators"].query("year == 2023").set_index("adcode")["D111"]
gr.maps.choropleth(values, results.regions, title="Local matching rate, 2023")
