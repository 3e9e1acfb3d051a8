"""How each kind of delivery is made: what to ask of the world, and what to keep once it is done."""
