"""Pages of the moderation: the queue, deciding, answering, who decides."""
