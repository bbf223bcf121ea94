#!/usr/bin/env bash
# Make .venv from a lock file, without root: `setup/bootstrap.sh run|dev`.
# Debian ships python3 without ensurepip; then pip's own wheel is taken from Debian's packages.
set -euo pipefail
cd "$(dirname "$0")/.."
kind=$1
lock=requirements/$kind.lock
stamp=.venv/.deskline-$kind
[ -f "$stamp" ] && cmp -s "$lock" "$stamp" && exit 0

python=${PYTHON:-python3}
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
  { echo "Deskline needs Python 3.11 or newer; $python is $("$python" -V 2>&1)." >&2; exit 1; }

pip_from_debian() {
  local debs; debs=$(mktemp -d)
  (cd "$debs" && apt-get download -q python3-pip-whl >/dev/null && dpkg-deb -x ./*.deb .) ||
    { echo "No pip here, and python3-pip-whl could not be fetched: install python3-venv." >&2; exit 1; }
  .venv/bin/python "$(ls "$debs"/usr/share/python-wheels/pip-*.whl)/pip" install -q pip
  rm -rf "$debs"
}

if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
  echo "setting up .venv …"
  rm -rf .venv
  if "$python" -c 'import ensurepip' 2>/dev/null; then "$python" -m venv .venv
  else "$python" -m venv --without-pip .venv && pip_from_debian; fi
fi
echo "installing Python packages ($kind) …"
.venv/bin/python -m pip install -q --no-deps -r "$lock" 2> >(grep -v 'is ignored: it is neither' >&2)
site=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
pwd > "$site/deskline.pth"
printf '#!%s\nfrom workstation.cli.main import main\nmain()\n' "$PWD/.venv/bin/python" > .venv/bin/deskline
chmod +x .venv/bin/deskline
cp "$lock" "$stamp"
[ "$kind" = dev ] && cp requirements/run.lock .venv/.deskline-run
exit 0
