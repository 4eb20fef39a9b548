"""Reports for the head of the centre: what came of the courses, what is used, and where something is missing."""
