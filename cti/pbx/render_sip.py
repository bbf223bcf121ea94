"""pjsip.conf: the trunk, known by its address, and two phones for every operator. Pure text."""

from __future__ import annotations

from collections.abc import Mapping

from cti.pbx.plan import OperatorPlan, PbxPlan

Section = tuple[str, Mapping[str, object]]


def section(name: str, values: Mapping[str, object]) -> str:
    """One `[name]` block of `key = value` lines."""
    return f"[{name}]\n" + "".join(f"{key} = {value}\n" for key, value in values.items()) + "\n"


def sections(parts: list[Section]) -> str:
    return "".join(section(name, values) for name, values in parts)


def pjsip_conf(plan: PbxPlan) -> str:
    return sections(pjsip_general(plan.host, plan.ports.sip)) + pjsip_parts(plan)


def pjsip_general(host: str, port: int) -> list[Section]:
    """By user name before address, else the trunk's address swallows phones on this machine."""
    return [
        ("global", {"type": "global", "endpoint_identifier_order": "username,ip,anonymous",
                    "user_agent": "Deskline", "ignore_uri_user_options": "yes"}),
        ("udp", {"type": "transport", "protocol": "udp", "bind": f"{host}:{port}"}),
    ]


def pjsip_parts(plan: PbxPlan) -> str:
    """The part an existing Asterisk can include."""
    parts = [] if plan.trunk_endpoint else _trunk(plan)
    for operator in plan.operators:
        desk, web = operator.endpoints
        if plan.has_desk_phones:
            parts += _phone(plan, operator, desk, _DESK)
        parts += _phone(plan, operator, web, _WEB)
    return sections(parts)


_DESK = {"disallow": "all", "allow": "ulaw,alaw,g722", "rtp_symmetric": "yes",
         "force_rport": "yes", "rewrite_contact": "yes"}
_WEB = {"webrtc": "yes", "disallow": "all", "allow": "opus,ulaw",
        "rtp_timeout": 10, "rtp_timeout_hold": 60}      # a closed tab must not keep its call


def _trunk(plan: PbxPlan) -> list[Section]:
    matches = dict.fromkeys(("127.0.0.1", plan.trunk_host))
    contact = f"sip:{plan.trunk_host}:{plan.trunk_port}"
    return [
        ("trunk", {"type": "endpoint", "context": "deskline-from-trunk", "disallow": "all",
                   "allow": "ulaw,alaw", "aors": "trunk", "identify_by": "ip",
                   "dtmf_mode": "rfc4733", "direct_media": "no", "allow_transfer": "no",
                   "allow_subscribe": "no", "language": "en", "rtp_symmetric": "yes"}),
        ("trunk", {"type": "aor", "contact": contact}),
        ("trunk", {"type": "identify", "endpoint": "trunk", "match": ",".join(matches)}),
    ]


def _phone(plan: PbxPlan, operator: OperatorPlan, name: str,
           kind: Mapping[str, object]) -> list[Section]:
    return [
        (name, {"type": "endpoint", "context": "deskline-phones", "auth": name, "aors": name,
                "identify_by": "username", "callerid": f"{operator.name} <{operator.id}>",
                "dtmf_mode": "rfc4733", "direct_media": "no", "language": "en", **kind}),
        (name, {"type": "auth", "auth_type": "userpass", "username": name,
                "password": plan.password(f"sip:{name}")}),
        (name, {"type": "aor", "max_contacts": 1, "remove_existing": "yes",
                "qualify_frequency": 5, "default_expiration": 120}),    # before rtp_timeout
    ]
