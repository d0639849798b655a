"""What the user sees, one folder per step."""
