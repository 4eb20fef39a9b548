"""What pages cost over HTTP, beside a page with nothing on it."""
