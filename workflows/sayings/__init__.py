"""What people say about figures: annotations 标注 and explanations 情况说明."""
