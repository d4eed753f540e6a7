"""Rule the brand: who may sell it where, and until when."""
