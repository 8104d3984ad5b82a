"""Tables of the index: scores, weights, how sure they are, what holds regions back, what moves."""

from __future__ import annotations

from geo_resilience.tables._notation import tables
from geo_resilience.tables._schema import Table

_MADE = tables(
    "index",
    """
scores: adcode year (plain)
    text adcode name, integer year, share?@column.dimension_code {dimension}, share composite,
    grade grade, integer rank
group_scores: adcode year parent group
    text adcode name, integer year, text group parent, integer level, share weight, share? score
indicators: adcode year (plain)
    text adcode, integer year, number?@column.indicator_code {indicator}, text<adcode name
measured: adcode year
    text adcode name, integer year, number?@column.indicator_measured {indicator}
trace: adcode year indicator reason (plain)
    text adcode, integer year, text indicator, number? before, number after, text=trace reason,
    text<adcode name, text<indicator indicator_name
crosswalk: table adcode year from
    text table adcode, integer year, text from, share share, share? share_low share_high,
    text=crosswalk_kind kind
records_left_out: records reason column
    text records, text=left_out reason, text~ column, integer rows
rasters_left_out: rasters adcode year reason
    text rasters adcode, integer year, text=raster_gap reason, share share
screening: what key year
    text=choice.screened what, text key name, integer? year, integer measured of,
    share share least
weights: code (plain)
    text code, share? published, share equal, share? ahp, share entropy, share? combined,
    share used, share? critic variation pca
""",
)

_DOUBTED = tables(
    "certainty",
    """
weights_comparison: year method
    integer year, text=weights method, share distance, number? weights_correlation,
    number scores_correlation, number[places] mean_shift, integer[regions] grades_changed,
    text~ most_moved, number? rank_used rank_other
weight_margins: against upper lower
    integer year, text=choice.against against, integer rank, text upper lower, share? margin moved,
    text~ less more indicator, number? change
effective_weights: year code
    integer year, text code, share stated, number effective, share? balanced
shared_columns: column code
    text column code, text=choice.column_side side
correlation_flags: year one other
    integer year, text one other, text=choice.together together, number correlation,
    text=choice.flag flag
nominal: adcode year
    text adcode name, integer year, share composite nominal, integer nominal_rank
reliability: year check code
    integer year, text=choice.check check, text~ code, number? value low high, share? p_value,
    number? threshold, text~ verdict meaning
uncertainty: adcode year
    text adcode name, integer year, number composite_low composite_median composite_high,
    integer rank_low rank_median rank_high, share@column.uncertainty.p_grade p_{grade},
    share? p_rise p_fall, share p_top_5
rank_acceptability: adcode year rank
    text adcode, text<adcode name, integer year rank, share probability
rank_pairs: year upper lower
    integer year rank, text upper lower, share probability
sensitivity: year source
    integer year, text=choice.source source, number? first first_low first_high total total_low
    total_high
driving_cells: adcode year
    text adcode name, integer year, text indicator, share value, integer rank_low rank_high
    rank_low_without rank_high_without, share p_top_5 p_top_5_without, truth drives
rankings: adcode year
    text adcode name, integer year, share composite topsis grey_relation benefit_of_the_doubt,
    integer composite_rank topsis_rank grey_relation_rank benefit_of_the_doubt_rank
rankings_correlation: year method
    integer year, text=choice.ranking method, number correlation, number[places] mean_shift
fuzzy: adcode year
    text adcode name, integer year, share@column.fuzzy.membership_grade membership_{grade},
    grade by_maximum by_average, share average, truth differs
""",
)

_DESCRIBED = tables(
    "index",
    """
peers: adcode year
    text adcode name, integer year, share composite, text~ zone, number? zone_mean, number mean
    best, text best_region, number similar_mean, text similar
obstacles: adcode year level code
    text adcode, text<adcode name, integer year, text=choice.level level, text code,
    text<code code_name, share degree, integer order
obstacles_by_zone: group year code
    text group, text<group group_name, integer year order, text code, text<code code_name,
    share degree, integer[regions] first_in
coupling: adcode year form
    text adcode name, integer year, text=choice.form form, share coupling development
    coordination, text=coordination stage
trends: adcode variable
    text adcode name variable, integer first_year last_year years, number? compound_growth
    mean_growth slope, integer s, share p_value, integer rank_first rank_last,
    integer[places] rank_change
mobility: from to
    integer from to, number? correlation, number[places] mean_shift, text~ most_risen,
    integer[places] rise, text~ most_fallen, integer[places] fall
contributions: from to adcode group level code
    integer from to, text? adcode, text?<adcode name, text? group, text?<group group_name,
    text=choice.level level, text code, text<code code_name, number contribution, number? share
distribution: year
    integer year, integer[regions] n, number mean standard_deviation q0 q10 q25 q50 q75 q90
    q100, number? bandwidth, integer? peaks, number? polarization
density: year score
    integer year, share score, number density
""",
)

_SUPPOSED = tables(
    "what_if",
    """
what_if: scenario adcode
    text scenario adcode name, integer year, share composite, grade grade, integer rank,
    share new_composite, grade new_grade, integer new_rank, text?=chain.warning warning
    new_warning, text? new_warning_indicator indicator, share? needed, number? needed_measured,
    text? reason
what_if_sectors: scenario sector
    text scenario, integer? year, text supplier, truth abroad, text~ buyer, share cut,
    text sector name, number[money] downstream upstream, number? downstream_share upstream_share
""",
)

_CAUSES = "number data years indicators weights scaling cleaning mean"

_COMPARED = tables(
    "compare",
    f"""
changes: adcode year measure year_before alternative
    text adcode name, integer year, text=choice.measure measure, number before after change,
    {_CAUSES} grading others, integer year_before, share? holds, text* alternative
changes_by_region: adcode year level code
    text adcode name, integer year, text=choice.level level, text code, text<code code_name,
    number before after change, {_CAUSES}, integer year_before
changes_in_plan: key alternative
    text key, text~ before after, text* alternative
changes_in_values: adcode year indicator kind
    text adcode name, integer year, text indicator, text<indicator indicator_name,
    number? before after, text=choice.cell kind
changes_in_findings: finding item alternative
    text=choice.finding finding, text item, number? value_before value, text~ verdict_before
    verdict, truth changed, share? p_change, text* alternative
alternatives: alternative
    text alternative, integer[regions] regions_moved, number[places] mean_shift, text~ most_moved,
    integer[places] places, number? correlation, integer[regions] grades_changed,
    integer verdicts_changed
changes_undone: adcode by
    text adcode name, integer year rank_before rank, text=choice.undone by, text indicator,
    text<indicator indicator_name, number now needed, number? needed_measured
""",
)

_FOLDER = tables(
    "folder",
    """
codebook: file column (plain)
    text file column meaning
regions: adcode (.gpkg)
    text adcode name name_en name_zh, integer year, share?@column.dimension_code {dimension},
    share composite, grade grade, integer rank
""",
)

#: In the order of the pages.
INDEX_TABLES: tuple[Table, ...] = (
    *_MADE,
    *_DOUBTED,
    *_DESCRIBED,
    *_SUPPOSED,
    *_COMPARED,
    *_FOLDER,
)

#: Over all studies of a portfolio, beside their folders; a study without results has a row too.
(PORTFOLIO_SCORES,) = tables(
    "portfolio",
    """
scores: study adcode year
    text study, text? adcode, integer? year, share? composite, grade? grade, integer? rank
""",
)

#: What `import` writes beside the table of a yearbook.
YEARBOOK_UNITS, YEARBOOK_DECISIONS = tables(
    "yearbook",
    """
units: column
    text@column.yearbook.column column, text~@column.yearbook.unit unit
decisions:
    text@column.yearbook.file file, text~@column.yearbook.sheet sheet,
    text~@column.yearbook.cell cell, text@column.yearbook.decision decision,
    text@column.yearbook.reason reason
""",
)

#: Tables of commands other than `run`.
BESIDE: tuple[Table, ...] = (PORTFOLIO_SCORES, YEARBOOK_UNITS, YEARBOOK_DECISIONS)
