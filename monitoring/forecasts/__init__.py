"""The refresh step of forecasts 预计, and the process that fits them."""
