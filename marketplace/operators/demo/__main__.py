"""`python -m marketplace.operators.demo`: the demo without the application, which only its children need."""

from marketplace.operators.demo.command import demo

demo()
