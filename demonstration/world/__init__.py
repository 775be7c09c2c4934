"""Demonstration data 演示数据: simulated, seeded ledgers of four schemes, with planted stories (docs/demo.md).

The entries of a month depend on the seed, the scheme, the region and the month alone, so that a store loaded tomorrow
holds the same history as one loaded today.
"""
