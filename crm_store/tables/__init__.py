"""Every table of the store. Importing this package makes `Base.metadata` complete."""

from crm_store.tables import billing, campaigns, clients, contacts, requests, staff

__all__ = ["billing", "campaigns", "clients", "contacts", "requests", "staff"]
