"""What is open now: the network, its weights, the pictures, runs and results. No Qt, no torch."""
