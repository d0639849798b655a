"""What is done on the canvas with the mouse, one object for each gesture."""
