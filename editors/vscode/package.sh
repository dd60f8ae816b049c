#!/usr/bin/env bash
# Packs the extension for a platform, with the program in it.
#
#   editors/vscode/package.sh PLATFORM MIRRORLINT OUT.vsix    # linux-x64, linux-arm64, darwin-arm64, …
#   editors/vscode/package.sh OUT.vsix                        # without the program, for every platform
#
# Needs Node.js 22 or later, after `npm ci` here.
set -euo pipefail

out=$(realpath -- "${*: -1}")
[[ $# -ne 3 ]] || binary=$(realpath -- "$2")
cd -- "$(dirname -- "$0")"
trap 'rm -rf bin' EXIT
rm -rf bin
target=()
if [[ $# -eq 3 ]]; then
  mkdir bin
  install -m 755 -- "$binary" "bin/mirrorlint$([[ $1 != win32-* ]] || echo .exe)"
  target=(--target "$1")
fi
# As long as the repository has no address, the README's pictures come along.
npx vsce package --no-dependencies "${target[@]}" --out "$out" --allow-missing-repository --no-rewrite-relative-links
