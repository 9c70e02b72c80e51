"""Anomaly mode, under the name that PyTorch gives the module; the code is in minigrad/anomaly.py."""

from ..anomaly import detect_anomaly, set_detect_anomaly

__all__ = ["detect_anomaly", "set_detect_anomaly"]
