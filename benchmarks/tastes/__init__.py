"""How much viewers with known tastes lose until the house has found them."""
