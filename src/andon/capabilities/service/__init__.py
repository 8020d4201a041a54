"""Field service: quality hears of a defect, the books of the parts, the service of the result."""

__all__ = ["answer_case", "post_parts"]

from andon.capabilities.service.complaint import answer_case
from andon.capabilities.service.parts import post_parts
