"""A stand-in for the payment provider: it speaks the part of its API that we use, and keeps its own books.

It runs as a process of its own, in a small application of its own, and every page of it says that it is a sandbox.
"""
