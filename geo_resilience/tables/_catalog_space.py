"""Tables of space and of what drives resilience: where it gathers, gaps, regressions, dynamics."""

from __future__ import annotations

from geo_resilience.tables._notation import tables
from geo_resilience.tables._schema import Table

_GATHERED = tables(
    "space",
    """
global: year variable statistic (always)
    integer year, text variable, text=choice.statistic statistic, number? value expected z,
    share? p_normal p_sim, integer permutations, integer[regions] n
local: adcode year variable statistic (always)
    text adcode, text* name, integer year, text variable, text=local_statistic.value statistic,
    number? value z_value z_lag, share? p_sim q_value, text=cluster cluster
correlogram: year variable order
    integer year, text variable, integer order links, number? value expected z, share? p_normal
    p_sim p_holm, integer[regions] n
distance_correlogram: year variable distance
    integer year, text variable, text[km] distance, integer links, number? value expected z,
    share? p_normal p_sim p_holm, integer[regions] n
moran_change: variable
    text variable, integer first_year last_year, number? first last change, share? p_change,
    number? slope, integer draws
neighbors: rule
    text rule description, integer regions links links_added islands components fewest,
    number mean, integer most, share density, truth symmetric_links symmetric_weights
    row_standardized, number? eigenvalue_low eigenvalue_high
neighbors_sensitivity: year variable rule statistic measure
    integer year, text variable rule, text=choice.finding statistic, text~ measure,
    number? value expected z, share? p_normal p_sim, integer? permutations, integer[regions] n,
    integer links, integer[regions] islands, share? p, truth? holds, integer agree rules
specialization: adcode year measure industry (always)
    text~ adcode, integer year, text=choice.specialization measure, text~ industry,
    number? value, text~<adcode name, text~<industry industry_name
inequality: year measure grouping component
    integer year, text=choice.inequality measure, text~ grouping, text component, number? value
gaps: year measure (always)
    integer year, text=atlas_measure measure, number? value, share? p_value, number? low high,
    share? p_free, number? low_free high_free, share? p_holm, number? estimate
gaps_trend: measure
    text=atlas_measure measure, integer years first_year last_year, number first last change,
    share? p_change, number? low high estimate n_effective, number slope, integer s
pattern: year group kind variable (always)
    integer year, text group, text=choice.kind kind, text variable, integer[regions] n,
    number mean, number? rest_mean difference, share? p_free, share?* p_contiguous p_compact
    p_spatial q_spatial, text~* family, share?* p_min, text*=atlas_verdict verdict
holds: year finding item
    integer year, text=choice.held finding, text item, number value low high, share?
    same_sign same_test holds, integer draws
pattern_null: year group kind variable null
    integer year, text group, text=choice.kind kind, text variable, text=figure.null null,
    integer draws, number q005 q025 q250 q500 q750 q975 q995
gradient: year direction
    integer year, text=choice.gradient direction, number?[points per 1,000 km] slope, share? r2,
    number? ratio, share? p_spatial
regionalization: grouping
    text grouping, integer parts, number? adjusted_rand, share? explained_by_plan
    explained_by_data
""",
)

_EXPLAINED = tables(
    "drivers",
    """
regressions: model term (plain)
    text model term, number? estimate se z, share? p, number? low high, text se_type,
    integer rows, number? detectable, share? p_null p_holm, number? without_low without_high,
    text~ most_influential, number? low_null high_null
regression_table:
    text=choice.section section, text~ row, text~*@column.regression_table.model {own}
impacts: model variable effect
    text model variable, text=figure.effect effect, number? estimate se z, share? p, number? low
    high, share? p_null p_holm, number? without_low without_high, text~ most_influential,
    number? low_null high_null
lm_tests: model test
    text model, text=choice.lm_test test, number? statistic, integer df, share? p
dynamic_tests: model test
    text model, text=choice.dynamic_test test, number? statistic, integer df, share? p, integer
    instruments, integer[regions] regions, integer[years] periods, share windows
regression_path: regression step
    text regression, integer step, text finding reason
detectable: model term
    text model term, number? estimate se detectable standardized, integer rows
""",
)

_MOVED = tables(
    "drivers",
    """
convergence: kind model term
    text=choice.convergence kind, text model term, number? value se, share? p
rank_mobility: from to
    integer from to, number? tau, share? p, integer[pairs] concordant discordant,
    number[places] mean_rank_change, number? tau_neighbors tau_expected, share? p_sim,
    share?* theta theta_expected theta_p_sim
lisa_transitions: measure quadrant next
    text measure, text~ quadrant next, number? value
markov: chain measure class next
    text chain measure, integer class next, number? value
ellipse: variable year
    text variable, integer year, number[degrees] lon lat, number[km] semi_major_km
    semi_minor_km, share? ratio, number[km²] area_km2, number[degrees] azimuth,
    number?[km] shift_km, number?[degrees] shift_azimuth, text~=choice.compass direction,
    number[km] total_shift_km, text projection
""",
)

#: In the order of the pages.
SPACE_TABLES: tuple[Table, ...] = _GATHERED
DRIVER_TABLES: tuple[Table, ...] = (*_EXPLAINED, *_MOVED)
