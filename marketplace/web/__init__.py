"""The HTTP shell: application, portals, sign-in, errors, layout."""
