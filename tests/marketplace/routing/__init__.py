"""Tests of the offer-matching layer."""
