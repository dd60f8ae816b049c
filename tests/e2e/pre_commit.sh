#!/usr/bin/env bash
# Runs the pre-commit hook as a contributor meets it: the real `pre-commit`, real commits.
#
#   tests/e2e/pre_commit.sh MIRRORLINT
#
# The hook is the one of .pre-commit-hooks.yaml with `language: system` for `language: rust`, so
# that the binary MIRRORLINT is used and not built anew. Needs git, Python and `pre-commit`.
set -euo pipefail

binary=$(realpath -- "$1")
project=$(realpath -- "$(dirname -- "$0")/../..")
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT

mkdir "$work/bin" "$work/home" "$work/release"
ln -s "$binary" "$work/bin/mirrorlint"
export PATH="$work/bin:$PATH" HOME="$work/home" PRE_COMMIT_HOME="$work/home/pre-commit"
export GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=T GIT_AUTHOR_EMAIL=t@example.org
export GIT_COMMITTER_NAME=T GIT_COMMITTER_EMAIL=t@example.org
cd -- "$work/release"

# The sound checkout that every rule's examples stand on.
awk '
  /^```/ && path != "" { close(path); path = ""; next }
  /^```/ && match($0, /path=.*/) {
    path = substr($0, RSTART + 5)
    folder = path; sub(/\/?[^\/]*$/, "", folder)
    if (folder != "") system("mkdir -p \"" folder "\"")
    printf "" > path
    next
  }
  path != "" { print > path }
' "$project/rules/_example.md"
{
  printf 'repos:\n- repo: local\n  hooks:\n'
  sed -e 's/language: rust/language: system/' -e 's/^/  /' "$project/.pre-commit-hooks.yaml"
} > .pre-commit-config.yaml

git init -q -b main
git add -A
git commit -q -m 'A sound checkout'
pre-commit install >/dev/null

set_of=core-services/image-mirroring/acme
mapping=$set_of/mapping_acme_latest
good='quay.io/openshift/ci:acme_widget_latest quay.io/acme/widget:next'

passes() {
  if ! git commit -q -m "$1" > "$work/said" 2>&1; then
    printf 'FAILED: %s: the hook blocks this\n' "$1"
    cat -- "$work/said"
    exit 1
  fi
  printf 'ok: %s\n' "$1"
}

blocks() {
  if git commit -q -m "$1" > "$work/said" 2>&1; then
    printf 'FAILED: %s: the hook lets this pass\n' "$1"
    exit 1
  fi
  if ! grep -q -F -- "[$2]" "$work/said"; then
    printf 'FAILED: %s: blocked, but not by %s\n' "$1" "$2"
    cat -- "$work/said"
    exit 1
  fi
  printf 'ok: %s\n' "$1"
  git reset -q --hard
}

echo alone >> $mapping
git add $mapping
blocks 'a bad staged line blocks' mapping-syntax

echo alone >> $mapping
echo '# words' >> $set_of/OWNERS
git add $set_of/OWNERS
passes 'a bad line that is not staged does not'
git checkout -q -- $mapping

echo "$good" >> $mapping
git add $mapping
echo alone >> $mapping
passes 'a file is judged by its staged half: good staged, bad behind it'
git checkout -q -- $mapping

echo alone >> $mapping
git add $mapping
sed -i '$d' $mapping
blocks 'a file is judged by its staged half: bad staged, repaired behind it' mapping-syntax

# A warning, as the rule grades the loss of a whole config: shown, and no reason to block.
git rm -q ci-operator/config/acme/widget/acme-widget-main.yaml
pre-commit run > "$work/said" 2>&1
for words in 'warning[image-provider-removed]' 'help[image-provider-removed]: ' 'mirrorlint explain'; do
  grep -q -F "$words" "$work/said"
done
printf 'ok: a commit that only deletes the provider of an image is judged\n'
sed -i 's/^    entry: /    args: [--fail-on, warning]\n&/' .pre-commit-config.yaml
git add .pre-commit-config.yaml
blocks 'and blocked where the hook is told to fail on warnings' image-provider-removed

git rm -q $set_of/OWNERS
blocks 'a commit that only deletes an OWNERS file is judged' mirror-set-owners

printf 'all passed\n'
