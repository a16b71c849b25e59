"""The desk: Datasette on the service's database, read-only and on this machine only, with pages of its own."""
