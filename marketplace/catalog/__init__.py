"""What: brands, categories, products and variants, and how a manufacturer's file becomes them."""
