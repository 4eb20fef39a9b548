"""What the demonstration centre has to report."""
