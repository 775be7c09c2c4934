"""Briefings 简报材料: the basket, issues with their sections, 拟稿—核稿—签发. What a section holds is kept as it was given:
JSON that ``dashboard.exports.kept`` writes and reads."""
