"""Database dialects, one file each, named by the database URL's scheme."""
