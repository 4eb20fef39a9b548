"""What the plugin adds to the demonstration centre: adaptations."""
