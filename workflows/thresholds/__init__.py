"""The register of limits 预警标准: reading, changing, proposing, as a file."""
