"""Runs a network on whatever the machine offers: one interface over OpenVINO, torch, CUDA and TensorRT.

The detector and the reader describe their networks as a `NetworkSpec`; `registry.load` chooses a runtime for a device
name and returns a `Runner`. Importing this package loads none of the runtimes: each imports its own libraries when it
is asked to run something.
"""
