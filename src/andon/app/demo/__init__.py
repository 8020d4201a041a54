"""`andon demo`: a company to look at. The simulated one, or a real ERP and a real MES."""

__all__ = ["company_demo", "real_demo"]

from andon.app.demo.company import company_demo
from andon.app.demo.real import real_demo
