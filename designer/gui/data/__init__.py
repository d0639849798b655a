"""The data page: a folder of pictures, its classes, its split, and the pictures themselves."""
