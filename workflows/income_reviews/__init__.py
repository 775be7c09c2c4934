"""The monthly comparison of the income plan 收入计划按月比对: compared, analysed, reported, taken note of."""
