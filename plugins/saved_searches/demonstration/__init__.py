"""What the demonstration centre's teachers follow."""
