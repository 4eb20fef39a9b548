"""The training actions of the demonstration centre: invented people, and materials that wait for a decision."""
