"""Every table of the store. Importing this package makes `Base.metadata` complete."""

from crm_store.tables import (
    audit,
    billing,
    campaigns,
    client_facts,
    clients,
    contacts,
    duplicates,
    gaps,
    imports,
    recordings,
    requests,
    search,
    sources,
    staff,
    tasks,
)

__all__ = [
    "audit",
    "billing",
    "campaigns",
    "client_facts",
    "clients",
    "contacts",
    "duplicates",
    "gaps",
    "imports",
    "recordings",
    "requests",
    "search",
    "sources",
    "staff",
    "tasks",
]
