"""A plugin that does nothing but declare two kinds of mail, for the tests of mail."""
