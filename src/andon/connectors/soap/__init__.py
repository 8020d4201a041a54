"""SOAP services by their WSDL."""

__all__ = ["Call", "Feed", "Find", "Soap", "SoapSettings", "UsernameToken", "Verdict"]

from andon.connectors.soap.call import Call, Find, Verdict
from andon.connectors.soap.connector import Soap
from andon.connectors.soap.feed import Feed
from andon.connectors.soap.settings import SoapSettings, UsernameToken
