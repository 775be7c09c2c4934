"""月度比对 of 预算执行: the income plan beside what came in, month by month, and what offices report on it."""
