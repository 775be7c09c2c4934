"""What provinces and the centre pay each other: the adjustment fund of 2018–2021, the national pool since 2022."""
