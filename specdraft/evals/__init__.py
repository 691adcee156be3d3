"""Evals: how good drafts and critiques are, measured so that anybody can measure it again without a key."""
