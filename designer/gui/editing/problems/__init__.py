"""What is wrong with the network, live: each problem leads to its layer and offers what puts it right."""
