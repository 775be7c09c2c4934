"""Backup and restore 备份与恢复: one archive of the store and what belongs to it, taken while the site runs."""
