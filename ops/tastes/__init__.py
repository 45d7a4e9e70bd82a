"""What viewers like to see films in: what they did as evidence, what is believed of it, and the mix that follows."""
