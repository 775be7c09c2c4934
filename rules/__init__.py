"""The law and the indicators, pure: standard library only, no clock, no files but the scheme profiles, no database."""
