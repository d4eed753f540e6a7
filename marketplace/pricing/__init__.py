"""For how much: price lists, who they are assigned to, markup, tax, and how one price is chosen."""
