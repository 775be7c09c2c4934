"""用款与拨付 of 资金运行: a month's money from the request to the people."""
