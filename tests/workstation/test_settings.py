"""Settings: the example is the truth, the environment wins, mistakes are named."""

from pathlib import Path

import pytest

from cti.secrets import derive, load
from workstation import settings
from workstation.pbx_plan import plan_of

EXAMPLE = Path(__file__).parents[2] / "deskline.example.toml"


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "deskline.toml"
    file.write_text(text)
    return file


def test_the_example_shows_every_setting_with_its_default() -> None:
    example = settings.load(EXAMPLE)
    assert example.model_dump() == settings.Settings().model_dump()
    assert set(example.model_fields_set) == set(settings.Settings.model_fields)


def test_the_environment_wins_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKLINE_SERVER__PORT", "8099")
    file = written(tmp_path, "[server]\nport = 8081\nsession_hours = 3\n")
    loaded = settings.load(file)
    assert (loaded.server.port, loaded.server.session_hours) == (8099, 3)


def test_queues_of_ones_own_need_nothing_of_the_samples(tmp_path: Path) -> None:
    file = written(tmp_path, '[[queue]]\nid = "billing"\nname = "Ours"\n[[entry]]\n'
                   'number = "+74951200000"\nqueue = "billing"\n[[operator]]\nid = "201"\n'
                   'login = "one"\nname = "One"\nqueues = ["billing"]\n')
    assert [queue.id for queue in settings.load(file).queue] == ["billing"]


@pytest.mark.parametrize(("text", "says"), [
    ("[server]\nport = 0\n", "server.port"),
    ("[sever]\nport = 8080\n", "sever"),
    ("[server\n", "deskline.toml"),
    ("[company]\ntime_zone = 'Mars/Base'\n", "no such time zone"),
    ("[[entry]]\nnumber = '+7495'\nqueue = 'nowhere'\n", "no queue 'nowhere'"),
    ("[[entry]]\nnumber = '+7495;evil'\n", "entry.0.number"),
    ("pause_reasons = ['lunch break']\n", "pause_reasons.0"),
    ("pause_limits = { nap = 5 }\n", "no pause reason 'nap'"),
    ("pause_limits = { lunch = 0 }\n", "pause_limits.lunch"),
    ("[pbx]\ndesk_code = '123'\n", "pbx.desk_code"),
    ("[[operator]]\nid = '101'\nlogin = 'a'\nname = 'A'\nskills = { water = 11 }\n",
     "operator.0.skills.water"),
    ("[[queue]]\nid = 'billing'\nname = 'B'\nrelax = [{ after_s = 9, level = 0 }]\n",
     "relax without a skill"),
    ("[[queue]]\nid = 'billing'\nname = 'B'\nskill = 'water'\nlevel = 3\n"
     "relax = [{ after_s = 9, level = 3 }]\n", "lower level"),
    ("[[operator]]\nid = '101'\nlogin = 'a'\nname = 'A'\n"
     "[[operator]]\nid = '101'\nlogin = 'b'\nname = 'B'\n", "same id"),
    ("[[asterisk]]\nhost = '10.0.2.10'\n", "asterisk.0.name"),
    ("[[asterisk]]\nname = 'main'\nami_port = 5039\n", "same name"),
    ("[[asterisk]]\nname = 'north'\n", "same host and ami_port"),
    ("[[operator]]\nid = '101'\nlogin = 'a'\nname = 'A'\nasterisk = 'north'\n",
     "no asterisk 'north'"),
])
def test_a_mistake_is_named(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(settings.SettingsError, match=says):
        settings.load(written(tmp_path, text))


def test_a_named_file_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(settings.SettingsError, match="no settings file"):
        settings.load(tmp_path / "absent.toml")


def test_a_further_asterisk_has_its_own_operators_passwords_and_folders(tmp_path: Path) -> None:
    loaded = settings.load(written(
        tmp_path, f"data_dir = '{tmp_path}'\n"
        "[[asterisk]]\nname = 'north'\nami_port = 5039\n"
        "[[operator]]\nid = '101'\nlogin = 'a'\nname = 'A'\n"
        "[[operator]]\nid = '201'\nlogin = 'b'\nname = 'B'\nasterisk = 'north'\n"))
    first, north = plan_of(loaded), plan_of(loaded, name="north")
    assert [one.id for one in first.operators] == ["101"]
    assert [one.id for one in north.operators] == ["201"]
    assert first.folder != north.folder
    assert first.system_name != north.system_name
    assert first.password("ami:control") != north.password("ami:control")
    assert first.password("sip:101") == derive(load(loaded.secret_file), "sip:101")
