"""Leaf package: values, errors and small tools that every other package may import; imports none of ours."""

VERSION = "0.1.0"
