"""The start page, and opening of projects, pretrained models and samples."""
