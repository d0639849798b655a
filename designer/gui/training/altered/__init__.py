"""What the chosen augmentations do to one's own pictures, to be seen before training begins."""
