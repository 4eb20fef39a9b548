"""Our search beside plain Whoosh, tantivy and SQLite's FTS5: the same documents and questions in one run."""
