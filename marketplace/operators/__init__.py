"""The fourth portal: back office, demo data, command line."""
