"""A spec as Markdown, in the template's headings and order, and back again without loss."""
