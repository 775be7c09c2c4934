"""Who pays 缺口分担: the general gap, the management gap and their registers."""
