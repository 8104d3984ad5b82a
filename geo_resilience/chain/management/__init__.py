"""A planner's own tables: risks, targets, priorities, maturity and early warning."""
