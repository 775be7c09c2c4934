"""用款计划: units' needs, the application, its review and order, and what was not paid out in full on time."""
