"""Whether the store says what the program wrote into it 数据完整性: what is vouched for, by which means, and the means."""
