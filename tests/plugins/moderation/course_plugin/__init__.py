"""A plugin of the tests: what a title ends with says what the item was made for, and a word in it is a warning."""
