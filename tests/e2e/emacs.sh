#!/usr/bin/env bash
# Uses the language server in Emacs with eglot, set up as docs/editors.md says.
#
#   tests/e2e/emacs.sh MIRRORLINT
set -euo pipefail

binary=$(realpath -- "$1")
here=$(realpath -- "$(dirname -- "$0")")
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
command -v emacs > /dev/null || { printf 'FAILED: emacs is not installed\n'; exit 1; }
emacs --version | head -n 1

export HOME=$work/home
mkdir -p "$HOME" "$work/bin"
ln -s "$binary" "$work/bin/mirrorlint"
{
  # The stand-in for a package.
  printf '(define-derived-mode yaml-mode prog-mode "YAML")\n'
  printf "(add-to-list 'auto-mode-alist '(\"\\\\\\\\.ya?ml\\\\\\\\'\" . yaml-mode))\n"
  # The lines to copy.
  awk '/^```elisp$/ { copy = 1; next } /^```$/ { copy = 0 } copy' "$here/../../docs/editors.md"
} > "$work/init.el"
grep -q '"mirrorlint" "lsp"' "$work/init.el"

export CHECKOUT=$work/release
export MAPPING=core-services/image-mirroring/supplemental-ci-images/mapping_supplemental_ci_images_ci
export CONFIG=ci-operator/config/acme/widget/acme-widget-main.yaml
file() {
  mkdir -p "$CHECKOUT/$(dirname -- "$1")"
  cat > "$CHECKOUT/$1"
}
file "$MAPPING" << 'END'
quay.io/example/first:1 registry.ci.openshift.org/ci/first:1
quay.io/example/tools:v1 registry.ci.openshift.org/ci/tools:v1
END
file "$CONFIG" << 'END'
base_images:
  tools:
    name: tools
    namespace: ci
    tag: v1
images:
- from: tools
  to: widget
END
git -C "$work" init --quiet release

PATH=$work/bin:$PATH timeout 300 emacs --batch -f package-initialize \
  -l "$work/init.el" -l "$here/emacs.el" > "$work/said" 2>&1 || {
  cat -- "$work/said"
  printf 'FAILED\n'
  exit 1
}
grep '^ok:' "$work/said"
# A script that ends early is no success either.
grep '^all passed' "$work/said"
