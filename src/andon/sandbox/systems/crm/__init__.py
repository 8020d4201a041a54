"""The CRM, a SaaS: objects by REST and queries, OAuth2. It owns what customers are told."""

__all__ = ["Crm"]

from andon.sandbox.systems.crm.system import Crm
