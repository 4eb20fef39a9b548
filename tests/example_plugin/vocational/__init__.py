"""A view of a level as a plugin of one file."""
