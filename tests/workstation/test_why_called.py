"""Why a client is not called: by his numbers now, and by the lists that he is on."""

from __future__ import annotations

from datetime import UTC, datetime

from crm_store import restraints
from tests.workstation.office import Office, add_client


async def test_a_number_that_may_be_called_and_one_that_may_not_say_so(office: Office) -> None:
    client = await add_client(office, "Ivanov Ivan", "+74951234567")
    async with office.screen("anna") as anna:
        told = (await anna.ask("client.why_not_called", client_id=client)).result
        assert [(one["number"], one["why"]) for one in told["numbers"]] == [("+74951234567", "")]
        assert told["entries"] == []
        async with office.store.begin() as tx:
            await restraints.suppress(tx, e164="+74951234567", client_id=None, reason="asked",
                                      by="test", at=datetime.now(UTC))
        told = (await anna.ask("client.why_not_called", client_id=client)).result
        assert told["numbers"][0]["why"] == "suppressed"
