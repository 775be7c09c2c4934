"""The person-level ledger 个人明细账: payments and contributions by person and month, beside the store, rolled up into it.

Identifiers end at the door (:mod:`identity`); rows stand in a lake of Parquet files (:mod:`lake`), which an engine on this
machine or on many reads (:mod:`engines`); what leaves it are sums by the ledger's own keys (:mod:`rollup`).
"""
