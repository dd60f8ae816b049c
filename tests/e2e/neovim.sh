#!/usr/bin/env bash
# Uses the language server in a headless Neovim, in a generated checkout and, where
# MIRRORLINT_CORPUS says where they are, in a real one.
#
#   tests/e2e/neovim.sh MIRRORLINT
set -euo pipefail

binary=$(realpath -- "$1")
here=$(realpath -- "$(dirname -- "$0")")
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
command -v nvim > /dev/null || { printf 'FAILED: nvim is not installed\n'; exit 1; }
nvim --version | head -n 1

# Nothing of the user's own settings, nor any trace left behind.
export HOME=$work/home XDG_CONFIG_HOME=$work/home XDG_DATA_HOME=$work/home
export XDG_STATE_HOME=$work/home XDG_CACHE_HOME=$work/home NVIM_LOG_FILE=$work/home/log
mkdir -p "$HOME"

# in_editor CHECKOUT MAPPING CONFIG IMAGE
in_editor() {
  printf -- '--- %s\n' "$1"
  if ! MIRRORLINT=$binary CHECKOUT=$1 MAPPING=$2 CONFIG=$3 IMAGE=$4 timeout 600 \
    nvim --headless -u NONE -i NONE -n -c "luafile $here/neovim.lua" -c 'cquit 3' > "$work/said" 2>&1
  then
    cat -- "$work/said"
    printf 'FAILED\n'
    exit 1
  fi
  cat -- "$work/said"
  # A script that ends early is no success either.
  grep -q '^all passed' "$work/said"
}

checkout=$work/release
mapping=core-services/image-mirroring/supplemental-ci-images/mapping_supplemental_ci_images_ci
config=ci-operator/config/acme/widget/acme-widget-main.yaml
file() {
  mkdir -p "$checkout/$(dirname -- "$1")"
  cat > "$checkout/$1"
}
file "$mapping" << 'END'
quay.io/example/first:1 registry.ci.openshift.org/ci/first:1
quay.io/example/tools:v1 registry.ci.openshift.org/ci/tools:v1
END
file core-services/image-mirroring/supplemental-ci-images/OWNERS << 'END'
approvers:
- somebody
END
file "$config" << 'END'
base_images:
  tools:
    name: tools
    namespace: ci
    tag: v1
images:
- from: tools
  to: widget
zz_generated_metadata:
  branch: main
  org: acme
  repo: widget
END
git -C "$work" init --quiet release
git -C "$checkout" add --all
git -C "$checkout" -c user.name=test -c user.email=test@example.org commit --quiet --message=all
in_editor "$checkout" "$mapping" "$config" ci/tools:v1

if [[ -n ${MIRRORLINT_CORPUS:-} ]]; then
  in_editor "$(realpath -- "$MIRRORLINT_CORPUS")/2024-03-20" "$mapping" \
    ci-operator/config/app-sre/deployment-validation-operator/app-sre-deployment-validation-operator-master.yaml \
    ci/deployment-validation-operator-tests:latest
fi
printf 'all passed\n'
