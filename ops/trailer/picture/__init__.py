"""The pictures of a trailer: pieces, joins, crops and grades, encoded side by side and joined."""
