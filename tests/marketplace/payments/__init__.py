"""The payments room against the sandbox, over loopback."""
