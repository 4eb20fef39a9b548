"""Views of the levels of education: one page each, with words, order and cards of its own."""
