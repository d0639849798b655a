"""Ready-made blocks: functions from what is around a place in a network to the layers put there."""
