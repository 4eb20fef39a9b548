"""Pages of the views."""
