"""The conductor: a study file becomes a plan, a plan becomes results."""

from geo_resilience.study.conductor import run
from geo_resilience.study.plan import Plan
from geo_resilience.study.plan_reading import plan_from_mapping, read_plan

__all__ = ["Plan", "plan_from_mapping", "read_plan", "run"]
