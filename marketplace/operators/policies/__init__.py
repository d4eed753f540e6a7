"""The operator's pages and API for the routing policy: what each setting is, its versions, and what changed."""
