"""Figures that the documentation quotes, each from one command. Speed and memory are measured here and never in a timed test."""
