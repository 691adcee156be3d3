"""What drafts a section: the embedded offline drafter, or a language model."""
