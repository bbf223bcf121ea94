#!/usr/bin/env bash
# What we need from the system: `setup/system.sh demo|test`. Silent when nothing is missing.
# As root it installs what is missing; otherwise the demo goes on without root (Asterisk and
# espeak-ng are unpacked into .deskline) and the tests say what to install.
set -euo pipefail
cd "$(dirname "$0")/.."
kind=${1:-test}

# program package
needs() {
  case $kind in
    demo) echo "espeak-ng espeak-ng" ;;
    test) printf '%s\n' "espeak-ng espeak-ng" "chromium chromium" "tmux tmux" \
            "postgres postgresql" "dovecot dovecot-imapd" "sshd openssh-server" ;;
    *) echo "usage: setup/system.sh demo|test" >&2; exit 2 ;;
  esac
}
is_there() {
  command -v "$1" >/dev/null && return 0
  [ "$1" = sshd ] && [ -x /usr/sbin/sshd ] && return 0
  [ "$1" = postgres ] && ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1
}
missing_packages() {
  needs | while read -r program package; do is_there "$program" || echo "$package"; done
}

needs >/dev/null        # a wrong word ends here
missing=$(missing_packages | tr '\n' ' ')
missing=${missing% }
[ -z "$missing" ] && exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "installing $missing …"
  log=$(mktemp)
  trap 'rm -f "$log"' EXIT
  export DEBIAN_FRONTEND=noninteractive
  # shellcheck disable=SC2086  # a list of package names
  { apt-get update -qq && apt-get -o DPkg::Lock::Timeout=120 install -y -qq \
      --no-install-recommends $missing; } </dev/null >"$log" 2>&1 || true
  missing=$(missing_packages | tr '\n' ' ')
  missing=${missing% }
  [ -z "$missing" ] && exit 0
  tail -5 "$log" >&2
fi
if [ "$kind" = test ]; then
  echo "The tests need these packages: $missing (as root: apt-get install $missing)" >&2
  exit 1
fi
exit 0      # `deskline` unpacks its own espeak-ng, or says so in one line
