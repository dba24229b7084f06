"""What a source is and how it is to be read, found from its bytes."""

from workers.engine.detection.file_format import ACCEPTED, HEAD_BYTES, detect_format
from workers.engine.detection.inspection import inspect_source

__all__ = ["ACCEPTED", "HEAD_BYTES", "detect_format", "inspect_source"]
