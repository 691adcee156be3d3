"""The embedded drafter: no network, no weights.

It sorts the source into the spec, word for word, and asks for what is not there. It never writes a
claim of its own.
"""
