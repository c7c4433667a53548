"""Slices of people, fairness audits, and proxies of protected facts."""
