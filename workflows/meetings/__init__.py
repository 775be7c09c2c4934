"""The joint conference 联席会议: which meetings there were and are to be, and what was put before them."""
