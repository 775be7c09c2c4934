"""The demonstration: a simulated world, loaded through the ordinary import. Nothing of the product imports it."""
