"""Console is the web pages; it owns nothing but sessions."""
