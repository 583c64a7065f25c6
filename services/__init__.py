"""One package a service; none imports another, they meet only in what they say."""
