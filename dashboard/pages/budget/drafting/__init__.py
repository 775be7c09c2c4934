"""编制与下达 and 调整 of the page 预算执行: budgets on their way from the draft to the receipt."""
