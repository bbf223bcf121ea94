"""One queue of the demo is recorded, so that a newcomer hears what a contact sounds like.

Its callers are told before they wait. Whoever brings queues of his own decides for himself.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from cti.pbx.errors import BadPlan
from cti.pbx.find import Espeak
from cti.pbx.plan import checked
from ivr.speech import PromptCache, SpeechFailed, Voice
from workstation.demo.prepare import Say
from workstation.menu_plan import prompts_folder, wordings
from workstation.recording_policy import is_any_recorded
from workstation.settings import Settings

SAID = {"en": "This call may be recorded.", "ru": "Разговор может быть записан.",
        "nl": "Dit gesprek kan worden opgenomen.", "fr": "Cet appel peut être enregistré.",
        "tr": "Bu görüşme kaydedilebilir."}


async def with_recording(settings: Settings, voice: Espeak, say: Say) -> Settings:
    """The settings with the first of the sample's queues recorded, and its announcement."""
    samples = Settings.model_fields["queue"].default
    if settings.queue != samples or is_any_recorded(settings):
        return settings
    try:
        announcement = checked("sound", str(await _spoken(settings, voice)))
    except (SpeechFailed, BadPlan, OSError) as exc:
        say(f"no queue is recorded, for nothing can be said of it: {exc}")
        return settings
    first, *others = settings.queue
    return settings.model_copy(update={
        "queue": (first.model_copy(update={"record": "always"}), *others),
        "recording": settings.recording.model_copy(update={"announcement": announcement})})


async def _spoken(settings: Settings, voice: Espeak) -> Path:
    language = settings.menu.language
    wording = wordings(settings)[language]
    prompts = PromptCache(prompts_folder(settings), Voice(
        wording.voice, wording.rate,
        tuple({**voice.environment, "DESKLINE_ESPEAK": voice.command}.items())))
    text = SAID[language]
    await prompts.build([text])
    return prompts.path_of(text)


def environment(settings: Settings) -> Mapping[str, str]:
    """How the demo's servers learn of it."""
    if not settings.recording.announcement:
        return {}
    queues = [queue.model_dump(mode="json") for queue in settings.queue]
    return {"DESKLINE_QUEUE": json.dumps(queues),
            "DESKLINE_RECORDING__ANNOUNCEMENT": settings.recording.announcement}
