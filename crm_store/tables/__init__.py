"""Every table of the store. Importing this package makes `Base.metadata` complete."""

from crm_store.tables import billing, clients, contacts, requests, staff

__all__ = ["billing", "clients", "contacts", "requests", "staff"]
