"""Master data of a site as written in sheets: what a sheet holds, what a row means, what is wrong with it. Pure."""
