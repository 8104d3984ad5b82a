"""Tables of the chain: input-output, shocks, and what a planner manages by."""

from __future__ import annotations

from dataclasses import replace

from geo_resilience.tables._notation import tables
from geo_resilience.tables._schema import Table

_HELD = tables(
    "chain",
    """
io_linkages: year technology sector
    integer? year, text=choice.technology technology, text sector name, number[money] output,
    number multiplier, number? value_added_multiplier income_multiplier, number backward
    forward, number? forward_ghosh backward_cv forward_cv, category?=chain.quadrant quadrant,
    number? upstreamness downstreamness import_direct import_total, share? import_share,
    text? import_product, share? supplier_hhi supplier_cr3, text~ name_en name_zh
network: year sector
    integer? year, text sector name, number[money] in_strength out_strength strength,
    share betweenness pagerank, share? supplier_hhi supplier_cr3, text? largest_supplier,
    share? largest_share, integer[sectors] suppliers sole_for, truth? splits
single_points: year supplier buyer
    integer? year, text supplier supplier_name buyer buyer_name, share share, truth splits
removal: year measure removed
    integer? year, text=figure.removal measure, integer[sectors] removed, text? sector name,
    share flow component random_flow random_flow_low random_flow_high random_component
    random_component_low random_component_high
propagation: year supplier buyer
    integer? year, text supplier supplier_name buyer buyer_name, number linkage,
    number[steps] length, number[money] loss
extraction: year kind sector
    integer? year, text=choice.extraction kind, text sector name, number[money] loss,
    share? share, number[money] own others, integer rank
inoperability: year side sector
    integer? year, text=choice.side side, text sector name, number? shock, number?[money] loss,
    number? share own, text? most_hit, number? most_hit_inoperability exposure, integer rank
decomposition: first_year year sector
    integer? first_year year, text sector name, number[money] before after change technology
    demand, number?*[money]@column.decomposition.category {own}
regional_linkages: year method adcode sector
    integer? year, text=choice.regional method, text adcode name sector sector_name,
    number? quotient, number[money] output, number? multiplier backward forward, share? inside,
    number?[money] loss, share? loss_share, integer? rank, truth fitted
regional_ranges: year adcode
    integer? year, text adcode name, integer methods, number multiplier_low multiplier_high,
    share? inside_low inside_high
recovery_paths: side form step sector
    integer? year, text=choice.side side, text=choice.recovery_form form, integer step,
    text sector name, number resilience, share inoperability, number[money] loss cumulative
cut: year sector
    integer? year, text supplier, truth abroad, text~ buyer, share cut, text sector name,
    number[money] downstream upstream, number? downstream_share upstream_share
""",
)

_STRUCK = tables(
    "chain",
    """
shock: adcode group variable
    text~ adcode, text=choice.scope scope, text~ group, text name variable shock recovered,
    number? resistance recovery, category?=chain.shock type, number? shock_growth
    recovery_growth national_shock_growth national_recovery_growth, truth? fell,
    truth nation_fell, integer?[years] years_to_regain, number? composite_before
shock_paths: adcode scope group variable year
    text~ adcode, text=choice.scope scope, text~ group name, text variable, integer year,
    number? value index national_index relative
shock_variation: adcode variable shock recovered
    text adcode name variable shock recovered, number? resistance recovery,
    category?=chain.shock type, truth stable
foretelling: predictor outcome variable
    text predictor, text=choice.outcome outcome, text variable, integer[regions] n,
    number? spearman, share? p_holm p_space p_spearman, number? spearman_level, share? p_level,
    number? pearson, share? p_pearson
""",
)

_MANAGED = tables(
    "management",
    """
warnings: adcode year
    text adcode name, integer year, truth forecast, category=chain.warning level gravest,
    category?*=chain.warning best worst, text? indicator, number? value threshold, truth held,
    share? risk, integer[indicators] fired watched, text=choice.warning_rule rule,
    integer?* response, given?*@column.given {own}
thresholds: code
    text code name direction, number? blue yellow orange red, number hysteresis weight,
    text=choice.thresholds source, truth same_rows, share? beyond,
    number?* quantile noise_to_signal, share?* caught noise precision base_rate, integer?* n,
    share?* caught_unseen noise_unseen p_value p_holm, truth?* useful
forecasts: adcode year code
    text adcode name, integer year, text code, text=choice.forecast method,
    number? forecast low high, share coverage, integer n
backtest: code method (plain)
    text~ code, text=choice.forecast method, integer n years, number? rmse, share? coverage,
    number widening, truth chosen
warnings_foretold: variable year
    text variable, integer? year, integer[years] years, integer[regions] n, number? spearman,
    share? p_value p_holm
risks: code
    text code, given?*@column.given {own}, share probability impact product,
    category=chain.risk level by_impact by_product, truth agree, integer order
targets: code
    text code, given?*@column.given {own}, number? current, number target, text* direction,
    number? gap relative_gap, truth? met, number? required_step required_growth,
    number?[years] years_at_pace
priorities: code
    text code, given?*@column.given {own}, share overall, integer priority
maturity: code
    text code, given?*@column.maturity.part {own}, share score upper, text stage, number sum
""",
)

_BY_STEM = {each.stem: each for each in _MANAGED}
#: Tables of the worked example of the command ``chain``, by the table whose columns they have.
_EXAMPLES = {
    **dict.fromkeys(("table_4_1", "table_4_5", "table_4_7"), "targets"),
    "table_4_3": "priorities",
    "table_4_4": "maturity",
    "table_4_6": "risks",
}
_WORKED = (
    *(
        replace(_BY_STEM[stem], stem=example, topic="example", like=stem)
        for example, stem in _EXAMPLES.items()
    ),
    replace(
        *tables(
            "example",
            """
table_4_8: level
    category=chain.warning level, integer response, given?*@column.given {own}
""",
        ),
        like="warnings",
    ),
)

#: In the order of the pages.
CHAIN_TABLES: tuple[Table, ...] = (*_HELD, *_STRUCK, *_MANAGED, *_WORKED)
