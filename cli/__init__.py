"""The command line: one file per noun, bodies thin; the work is done by the packages below."""
