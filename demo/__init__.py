"""The bundled newsroom: local news sites, an inbox, and the run that joins them to the real service."""
