"""Live curves of training: what they show, how they are drawn, and saving them."""
