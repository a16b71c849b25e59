"""The rule language: query text to syntax tree to an index that matches every rule at once."""
