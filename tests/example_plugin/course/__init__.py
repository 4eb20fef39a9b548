"""A plugin that says what plugins say to each other about an item, for docs/plugins.md."""
