"""A sample group for a first look: three estates on three manuals, their people, a duty roster and residents."""

from shouwen.demo.loading import load

__all__ = ["load"]
