"""Who: organizations, their people, and what each may do."""
