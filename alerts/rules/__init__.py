"""The rule language: query text to syntax tree to an index that matches every rule at once."""

from alerts.rules.parser import parse
from alerts.rules.ruleset import Explanation, Rule, RuleSet

__all__ = ["Explanation", "Rule", "RuleSet", "parse"]
