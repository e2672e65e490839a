"""Web: the pages in the browser (site), how they look (look, templates), and who may read them (reader, sign_in, guard)."""
