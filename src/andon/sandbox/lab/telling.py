"""What analytics, and those who speak with customers, were told, compared with what is so."""

__all__ = ["entered", "events", "late", "news", "orders", "readiness", "rows", "shown"]

import msgspec

from andon.sandbox.company import Company
from andon.sandbox.lab import analytics, customer
from andon.sandbox.lab.reckoning import Reckoned, compare
from andon.sandbox.systems.analytics import Analytics
from andon.sandbox.systems.carrier import Carrier
from andon.sandbox.systems.crm import Crm
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.portal import Portal
from andon.sandbox.systems.qms import Qms
from andon.sandbox.systems.tms import Tms
from andon.sandbox.systems.wms import Wms


def rows(company: Company) -> Reckoned:
    """Rows of its files, with what happened."""
    told = analytics.happened(company.world.truth).elements()
    return compare(told, analytics.booked(company.the(Analytics).store).elements())


def events(company: Company) -> Reckoned:
    """Events of its topic, with what happened."""
    stored = company.the(Analytics).stream.store.values()
    told = analytics.happened(company.world.truth).elements()
    found = compare(told, analytics.booked(stored).elements())
    return msgspec.structs.replace(found, out_of_order=analytics.turned(stored))


def orders(company: Company) -> Reckoned:
    """Production orders by file, with what planners want."""
    return analytics.planned(company.the(Erp), company.the(Analytics).store)


def entered(company: Company) -> Reckoned:
    """Orders of the portal in the books."""
    return compare(customer.ordered(company.the(Portal)), customer.entered(company.the(Erp)))


def news(company: Company) -> Reckoned:
    """What happened on the road, in the customers' files."""
    passed = customer.news(company.the(Tms), company.the(Carrier))
    return compare(passed, customer.told(company.the(Crm)))


def late(company: Company) -> Reckoned:
    """Cases of orders that did not leave in time."""
    books, crm, today = company.the(Erp), company.the(Crm), company.world.now().date()
    return customer.promises(books, crm, company.the(Tms), company.the(Carrier), today=today)


def shown(company: Company) -> Reckoned:
    """What the buyers of the portal see."""
    books, road = company.the(Erp), company.the(Carrier)
    return customer.shown(company.the(Portal), books, company.the(Tms), road)


def readiness(company: Company) -> Reckoned:
    """Which sales orders may leave, in the customers' files."""
    books, crm = company.the(Erp), company.the(Crm)
    return customer.readiness(books, company.the(Wms), company.the(Qms), crm)
