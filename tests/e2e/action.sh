#!/usr/bin/env bash
# Runs the steps of action.yml that lint and comment as a GitHub runner's shell does, the latter against
# a small GitHub of our own (github.py).
#
#   tests/e2e/action.sh MIRRORLINT
set -euo pipefail

binary=$(realpath -- "$1")
project=$(realpath -- "$(dirname -- "$0")/../..")
work=$(mktemp -d)
server=
trap '[[ -z $server ]] || kill "$server"; rm -rf -- "$work"' EXIT
mkdir -p "$work/mirrorlint/bin" "$work/core-services/image-mirroring/it's here"
ln -s "$binary" "$work/mirrorlint/bin/mirrorlint"
echo alone > "$work/core-services/image-mirroring/it's here/mapping_x"

# The block below `run: |` of the step called so, without its indent.
step() {
  awk -v name="  - name: $1" '
    /^  - name: / { in_step = $0 == name }
    in_step && in_block { print substr($0, 7) }
    in_step && /^    run: \|$/ { in_block = 1 }
  ' "$project/action.yml" > "$work/step"
  grep -q mirrorlint "$work/step"
}
step Lint

export COMMENT=false
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

# A comment, which the next push changes.
export GITHUB_SERVER_URL=https://github.com GITHUB_REPOSITORY=o/r GITHUB_SHA=0a1b2c NUMBER=7
export HEAD_REPOSITORY=o/r TOKEN=good
mkdir "$work/github"
printf '%s' '[{"id": 1, "user": {"type": "User"}, "body": "<!-- mirrorlint --> forged"}]' \
  > "$work/github/comments.json"
# Isolated: a neighbour of it is called like a module that it needs.
python3 -I "$project/tests/e2e/github.py" "$work/github" &
server=$!
for (( wait = 0; wait < 100; wait++ )); do [[ ! -e $work/github/port ]] || break; sleep 0.1; done
GITHUB_API_URL=http://127.0.0.1:$(cat -- "$work/github/port")
export GITHUB_API_URL
comments() { jq -r "$1" "$work/github/comments.json"; }

COMMENT=true CHECKED="$work/core-services/image-mirroring/it's here" expect 1 'the comment is written'
grep -q '^\*\*mirrorlint: [0-9]* errors* found' "$work/mirrorlint-comment.md"
grep -qF "(https://github.com/o/r/blob/0a1b2c/core-services/image-mirroring/it%27s%20here/mapping_x#L1)" \
  "$work/mirrorlint-comment.md"
step Comment
expect 0 'the comment is posted'
[[ $(comments length) -eq 2 && $(comments '.[1].body') == "$(cat "$work/mirrorlint-comment.md")" ]]
[[ $(comments '.[0].body') == *forged ]]
if grep -q 'Bearer\|good' "$work/said"; then
  printf 'FAILED: the token is shown\n'
  exit 1
fi

printf 'quay.io/a/b:1 quay.io/c/b:1\n' > "$work/core-services/image-mirroring/it's here/mapping_x"
step Lint
COMMENT=true FAIL_ON=never expect 0 'the next push is linted'
grep -q 'Since the last push: .* 1 fixed' "$work/mirrorlint-comment.md"
step Comment
expect 0 'the comment is changed'
[[ $(comments length) -eq 2 && $(comments '.[1].body') == "$(cat "$work/mirrorlint-comment.md")" ]]
[[ ! -e $GITHUB_STEP_SUMMARY ]]

HEAD_REPOSITORY=stranger/r expect 0 'a fork gets a summary'
grep -q '^<!-- mirrorlint -->$' "$GITHUB_STEP_SUMMARY"
asked=$(wc -l < "$work/github/asked")
HEAD_REPOSITORY='' expect 0 'so does one that is gone'
[[ $(wc -l < "$work/github/asked") -eq $asked ]]
TOKEN=other expect 0 'a token that may not write is no failure'
grep -q '^<!-- mirrorlint -->$' "$GITHUB_STEP_SUMMARY"
GITHUB_API_URL=http://127.0.0.1:1 expect 0 'nor is a GitHub that does not answer'

# Its own comment is found behind a hundred others.
jq '[range(150) | {id: (. + 10), user: {type: "User"}, body: "x"}] + .' "$work/github/comments.json" \
  > "$work/many" && mv "$work/many" "$work/github/comments.json"
expect 0 'the comment is found among many'
[[ $(comments length) -eq 152 ]]

step Lint
printf 'no report' > "$work/mirrorlint-report.json"
COMMENT=true FAIL_ON=never expect 0 'a report of another version is left alone'
if grep -q 'Since the last push' "$work/mirrorlint-comment.md"; then
  printf 'FAILED: it was compared with no report\n'
  exit 1
fi
printf 'all passed\n'
