"""How fast the product is, as ratios to floors: plain clients doing the same work in the same run."""
