"""Mail: a mailbox read by IMAP, messages sent by SMTP, and holds that people write about."""

__all__ = ["Hold", "Imap", "Mail", "MailSettings", "Smtp", "Template", "hold_proposals", "mailed"]

from andon.connectors.mail.connector import Mail
from andon.connectors.mail.mapping import hold_proposals, mailed
from andon.connectors.mail.settings import Hold, Imap, MailSettings, Smtp, Template
