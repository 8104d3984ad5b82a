"""The conductor: a study file becomes a plan, a plan becomes results."""

from geo_resilience.saved import read_results
from geo_resilience.study.conductor import Checked, check, run
from geo_resilience.study.plan import Plan
from geo_resilience.study.plan_reading import plan_from_mapping, read_plan

__all__ = ["Checked", "Plan", "check", "plan_from_mapping", "read_plan", "read_results", "run"]
