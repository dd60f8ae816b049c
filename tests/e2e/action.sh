#!/usr/bin/env bash
# Runs the lint step of action.yml as a GitHub runner's shell does.
#
#   tests/e2e/action.sh MIRRORLINT
set -euo pipefail

binary=$(realpath -- "$1")
project=$(realpath -- "$(dirname -- "$0")/../..")
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
mkdir -p "$work/mirrorlint/bin" "$work/core-services/image-mirroring/it's here"
ln -s "$binary" "$work/mirrorlint/bin/mirrorlint"
echo alone > "$work/core-services/image-mirroring/it's here/mapping_x"

# The block below `run: |` of the step called Lint, without its indent.
awk '
  /^  - name: / { in_step = /name: Lint$/ }
  in_step && in_block { print substr($0, 7) }
  in_step && /^    run: \|$/ { in_block = 1 }
' "$project/action.yml" > "$work/step"
grep -q mirrorlint "$work/step"

export RUNNER_TEMP=$work GITHUB_OUTPUT=$work/output GITHUB_STEP_SUMMARY=$work/summary
expect() {
  local status=0
  : > "$GITHUB_OUTPUT"
  rm -f -- "$work/mirrorlint.sarif" "$GITHUB_STEP_SUMMARY"
  bash --noprofile --norc -eo pipefail "$work/step" > "$work/said" 2>&1 || status=$?
  if [[ $status -ne $1 ]]; then
    printf 'FAILED: %s: status %s, not %s\n' "$2" "$status" "$1"
    cat -- "$work/said"
    exit 1
  fi
  printf 'ok: %s\n' "$2"
}

export CHECKED="$work/core-services/image-mirroring/it's here" ARGUMENTS='' FAIL_ON=error
expect 1 'a finding fails the step'
grep -q '^::error file=core-services/image-mirroring/it' "$work/said"
grep -q "^sarif=$work/mirrorlint.sarif$" "$GITHUB_OUTPUT"
grep -q '^### mirrorlint' "$GITHUB_STEP_SUMMARY"

FAIL_ON=never expect 0 'fail-on is heeded'
ARGUMENTS=$'--select mirror-job-*\n  --statistics' expect 0 'arguments are split and not expanded'
# shellcheck disable=SC2016  # that nothing expands it is what is tried
ARGUMENTS='$(touch '"$work"'/forged)' expect 2 'arguments are not run'
[[ ! -e $work/forged ]]
CHECKED=/nowhere/at/all expect 2 'a run that failed fails the step'
[[ ! -s $GITHUB_OUTPUT ]]
printf 'all passed\n'
