"""What watches the world and asks for runs: the inbox, the work orders, the failures."""
