"""Export: from a network and its weights to an ONNX file that is proved to agree with torch."""

from designer.engine.export.exporting import export_onnx

__all__ = ["export_onnx"]
