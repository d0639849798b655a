"""What may be chosen, as frozen tables; things of torch are named as strings. No Qt, no torch."""
