"""The register of problems 问题台账 and its steps."""
