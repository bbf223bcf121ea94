"""Asterisk's own files: folders, modules, manager accounts, HTTP, RTP, records. Pure text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cti.pbx.plan import PbxPlan

# Order counts: res_agi wants res_speech, cdr_custom and cel_custom want res_cdrel_custom.
COMMON_MODULES = (
    "res_timing_timerfd", "res_sorcery_config", "res_sorcery_memory", "res_sorcery_astdb",
    "res_crypto", "res_srtp", "res_rtp_asterisk", "res_pjproject", "res_pjsip",
    "res_pjsip_session", "res_pjsip_sdp_rtp", "res_pjsip_authenticator_digest",
    "res_pjsip_outbound_authenticator_digest", "res_pjsip_outbound_registration",
    "res_pjsip_endpoint_identifier_user", "res_pjsip_endpoint_identifier_ip",
    "res_pjsip_registrar", "res_pjsip_caller_id", "res_pjsip_nat", "res_pjsip_refer",
    "res_pjsip_rfc3326", "res_pjsip_dtmf_info", "res_pjsip_header_funcs",
    "res_pjsip_diversion", "res_pjsip_pubsub", "res_pjsip_messaging", "chan_pjsip",
    "bridge_simple", "bridge_native_rtp", "bridge_softmix", "bridge_holding",
    "bridge_builtin_features", "codec_ulaw", "codec_alaw", "codec_a_mu", "codec_g722",
    "codec_resample", "format_wav", "format_pcm", "format_sln", "res_musiconhold",
    "pbx_config", "app_dial", "app_playback", "app_playtones", "app_stack", "app_userevent",
    "app_verbose", "app_senddtmf", "app_exec", "app_originate", "app_while", "app_echo",
    "app_read", "func_callerid", "func_channel", "func_dialplan", "func_logic",
    "func_strings", "func_math", "func_rand", "func_timeout", "func_global",
    "func_hangupcause", "func_uri", "func_cut", "func_pjsip_endpoint", "func_pjsip_aor",
    "func_pjsip_contact",
)
MAIN_MODULES = (
    "res_http_websocket", "res_pjsip_transport_websocket", "codec_opus",
    "codec_opus_open_source", "res_format_attr_opus", "res_speech", "res_agi", "app_queue",
    "app_bridgeaddchan", "app_chanspy", "func_devstate", "func_cdr", "func_json",
    "func_groupcount", "func_periodic_hook", "app_mixmonitor", "func_volume", "func_talkdetect",
    "res_mutestream", "res_manager_devicestate", "res_cdrel_custom", "cdr_custom", "cel_custom",
)
NEEDED_MODULES = frozenset({
    "res_pjsip", "chan_pjsip", "app_dial", "pbx_config", "res_rtp_asterisk", "app_playback",
    "bridge_simple", "format_wav", "codec_ulaw"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where one instance lives and what its build offers; absolute folders."""
    folder: Path
    run_dir: Path           # holds the control socket, whose path may have 107 characters
    module_dir: Path
    data_dir: Path
    sounds_dir: Path
    modules: frozenset[str]


@dataclass(frozen=True, slots=True)
class Account:
    """A manager account of least right.

    `only` names the events it is told (none named: those of its classes, less `not_these`).
    """
    name: str
    read: str
    write: str
    only: tuple[str, ...] = ()
    not_these: tuple[str, ...] = ()
    not_like: tuple[str, ...] = ()      # patterns of whole events, from their name on


_NOISE = ("VarSet", "Newexten", "RTCPSent", "RTCPReceived", "TestEvent", "ChallengeSent",
          "SuccessfulAuth", "ExtensionStatus", "PresenceStateChange",
          "MonitorStart", "DTMFBegin", "DTMFEnd", "NewConnectedLine", "LocalOptimizationBegin",
          # One a queue and state of a phone, which DeviceStateChange tells once:
          "QueueMemberStatus",
          "AgentCalled",    # DialBegin says it of each phone that a queue rings
          "DialState")
# Of phones only whether they can be reached; NOT_INUSE comes after each of these.
_NO_PHONES = r"DeviceStateChange[[:space:]].*Device: (Queue:|PJSIP/trunk)"
_IN_USE = r"DeviceStateChange[[:space:]].*State: (INUSE|BUSY|RINGING|RINGINUSE|ONHOLD)[[:space:]]"
# That a phone rings; its Dial began. No party's name comes before the state.
_RINGS = (r"Newstate[[:space:]]+Privilege: [^[:space:]]*[[:space:]]+Timestamp: [0-9.]*"
          r"[[:space:]]+SystemName: [^[:space:]]*[[:space:]]+Channel: [^[:space:]]*"
          r"[[:space:]]+ChannelState: 5[[:space:]]")
# That a queue no longer rings a phone, said twice; its Hangup follows. Where the phone sent the
# call on, the event has one line more and is told. A caller who is named so hides only his own.
_CANCELLED = (r"DialEnd[[:space:]].*[[:space:]]Context: deskline-queue[[:space:]]"
              r".*[[:space:]]DialStatus: CANCEL[[:space:]]*$")
MAIN_ACCOUNTS = (
    Account("observer", "system,call,agent,user", "reporting", not_these=_NOISE,
            not_like=(_NO_PHONES, _IN_USE, _RINGS, _CANCELLED)),
    Account("control", "system,call", "call,agent,reporting,originate",
            only=("FullyBooted", "OriginateResponse", "Shutdown")),
    Account("dialler", "system,call", "call,originate",
            only=("FullyBooted", "OriginateResponse", "Shutdown")),
)
WORLD_ACCOUNTS = (Account("world", "system,call", "call,originate,reporting",
                          only=("FullyBooted", "OriginateResponse", "Hangup")),)


def asterisk_conf(site: Site, *, system_name: str, sends_silence: bool) -> str:
    here = site.folder
    folders = {
        "astetcdir": here / "etc", "astmoddir": site.module_dir, "astvarlibdir": here / "lib",
        "astdbdir": here / "lib", "astkeydir": here / "lib", "astdatadir": site.data_dir,
        "astagidir": here / "lib" / "agi-bin", "astspooldir": here / "spool",
        "astrundir": site.run_dir, "astlogdir": here / "log", "astsbindir": here / "lib"}
    lines = ["[directories]", *(f"{name} => {path}" for name, path in folders.items()),
             "", "[options]", f"systemname = {system_name}",
             "entityid = 02:de:5c:00:00:01", "live_dangerously = no", "execincludes = no",
             "hideconnect = yes", "defaultlanguage = en", "maxfiles = 65536",
             f"transmit_silence = {'yes' if sends_silence else 'no'}", "",
             "[files]", "astctlpermissions = 0600"]
    return "\n".join(lines) + "\n"


def modules_conf(site: Site, wanted: Iterable[str]) -> str:
    there = [name for name in wanted if name in site.modules]
    return "[modules]\nautoload = no\n" + "".join(f"load = {name}.so\n" for name in there)


def manager_conf(plan: PbxPlan, port: int, accounts: Iterable[Account]) -> str:
    head = ["[general]", "enabled = yes", "webenabled = no", f"port = {port}",
            f"bindaddr = {plan.host}", "timestampevents = yes", "displayconnects = no",
            "authtimeout = 10", "authlimit = 20"]
    return "\n".join(head) + "\n\n" + manager_accounts(plan, accounts)


def manager_accounts(plan: PbxPlan, accounts: Iterable[Account]) -> str:
    """The part an existing Asterisk can include."""
    return "\n".join(_account(plan, account) for account in accounts)


def _account(plan: PbxPlan, account: Account) -> str:
    # Anchored: a caller whose *name* reads "Event: VarSet" must not make his events vanish.
    filters = [*(f"eventfilter = ^Event: {name}[[:space:]]" for name in account.only),
               *(f"eventfilter = !^Event: {name}[[:space:]]" for name in account.not_these),
               *(f"eventfilter = !^Event: {pattern}" for pattern in account.not_like)]
    lines = [f"[{account.name}]", f"secret = {plan.password('ami:' + account.name)}",
             "deny = 0.0.0.0/0.0.0.0", f"permit = {plan.host}/255.255.255.255",
             f"read = {account.read}", f"write = {account.write}", *filters]
    return "\n".join(lines) + "\n"


def http_conf(plan: PbxPlan) -> str:
    return (f"[general]\nenabled = yes\nbindaddr = {plan.host}\nbindport = {plan.ports.http}\n"
            "enable_static = no\nenable_status = no\nsessionlimit = 200\n")


def rtp_conf(first: int, last: int) -> str:
    return f"[general]\nrtpstart = {first}\nrtpend = {last}\n"


def logger_conf() -> str:
    return ("[general]\ndateformat = %F %T.%3q\nqueue_log = yes\nqueue_log_to_file = yes\n"
            "rotatestrategy = rotate\n\n[logfiles]\nmessages => notice,warning,error\n")


def cdr_conf() -> str:
    return "[general]\nenable = yes\nunanswered = yes\ncongestion = yes\n"


def cdr_custom_conf() -> str:
    fields = ("start", "answer", "end", "src", "dst", "channel", "dstchannel", "billsec",
              "disposition", "uniqueid", "linkedid", "sequence")
    return "[mappings]\nMaster.csv => " + ",".join(
        f"${{CSV_QUOTE(${{CDR({name})}})}}" for name in fields) + "\n"


CEL_FIELDS = {      # column → expression; the header of log/cel-custom/Master.csv, in this order
    "eventtype": "eventtype", "eventtime": "eventtime",     # seconds.microseconds since 1970
    "uniqueid": "CHANNEL(uniqueid)",
    "linkedid": "CHANNEL(linkedid)", "channel": "CHANNEL(channame)", "number": "CALLERID(num)",
    "exten": "CHANNEL(exten)", "context": "CHANNEL(context)", "application": "CHANNEL(appname)",
    "extra": "eventextra", "name": "CALLERID(name)", "appdata": "CHANNEL(appdata)"}


CEL_GENERAL = ("enable = yes\napps = queue,dial,userevent\n"
               "events = CHAN_START,CHAN_END,ANSWER,HANGUP,BRIDGE_ENTER,BRIDGE_EXIT,BLINDTRANSFER,"
               "ATTENDEDTRANSFER,PICKUP,LOCAL_OPTIMIZE,LINKEDID_END,APP_START,APP_END\n")


def cel_conf() -> str:
    return "[general]\n" + CEL_GENERAL


def cel_custom_conf() -> str:
    return "[mappings]\n" + cel_custom_line("Master.csv")


def cel_custom_line(file: str = "Deskline.csv") -> str:
    """The mapping that writes our columns to `file` in Asterisk's log/cel-custom."""
    columns = (f"${{CSV_QUOTE(${{{expression}}})}}" for expression in CEL_FIELDS.values())
    return f"{file} => " + ",".join(columns) + "\n"


def musiconhold_conf(music: Path) -> str:
    return f"[default]\nmode = files\ndirectory = {music}\nsort = alpha\n"


def indications_conf() -> str:
    return ("[general]\ncountry = us\n\n[us]\ndescription = North America\n"
            "ringcadence = 2000,4000\n"
            "dial = 350+440\nbusy = 480+620/500,0/500\nring = 440+480/2000,0/4000\n"
            "congestion = 480+620/250,0/250\ncallwaiting = 440/300,0/10000\n"
            "dialrecall = !350+440/100,!0/100,350+440\nrecord = 1400/500,0/15000\n"
            "info = !950/330,!1400/330,!1800/330,0\nstutter = !350+440/100,!0/100,350+440\n")
