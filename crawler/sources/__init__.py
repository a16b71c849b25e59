"""Source kinds, one file each: what to request, and bytes in, entries out. No I/O; imports `core` only."""
