"""What the demonstration centre's staff have asked, sent back, and whom they trust to decide."""
