#!/usr/bin/env bash
# Compares whole runs of mirrorlint with runs of other programs over the same checkout, and whole runs
# over growing checkouts with each other. Prints Markdown tables of medians and their ratios.
#
#   tests/bench/compare.sh [--runs N] [--cold] BINARY CHECKOUT
#   tests/bench/compare.sh [--runs N] --scale TIMES[,TIMES]... BINARY
#
# The first compares pair by pair, each pair in one run of hyperfine, then a check with the lint of a change
# of one file, with its peak memory; with --cold, for which one has to be root, both also when the system has
# nothing of the checkout in memory. The second generates checkouts of so many times today's size, measures
# the floor and the check on each in one run, and takes the peak memory too. Needs cargo, git, hyperfine, jq
# and GNU time; any other program that is missing is named in the table.
set -euo pipefail

usage() {
  sed -n '5,6s/^# *//p' "$0" >&2
  exit 2
}

runs=10
scale=
is_cold=
while [[ ${1-} == --* ]]; do
  case $1 in
    --runs) runs=$2 ;;
    --scale) scale=$2 ;;
    --cold) is_cold=yes ;;
    *) usage ;;
  esac
  [[ $1 == --cold ]] || shift
  shift
done
[[ $# -eq $((scale ? 1 : 2)) ]] || usage
binary=$(realpath -- "$1")
project=$(realpath -- "$(dirname -- "$0")/../..")
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT

# example NAME: where the example is, built in the profile of BINARY.
example() {
  local profile=--release
  [[ $binary != */debug/* ]] || profile=
  cargo build --quiet ${profile:+"$profile"} --manifest-path "$project/Cargo.toml" --example "$1" \
    --message-format json | jq -r 'select(.executable).executable'
}

# measure COMMAND...: each in turn; the results are in $work/results.json.
measure() {
  hyperfine --style none --warmup 2 --runs "$runs" --ignore-failure \
    --export-json "$work/results.json" "$@" >"$work/said" 2>&1 || { cat "$work/said" >&2; exit 1; }
}

# versions PROGRAM...: of those that are installed.
versions() {
  local program said all=
  for program in "$@"; do
    command -v "$program" >/dev/null || continue
    said=$("$program" --version)
    all+=", $(cut -d ' ' -f 1-2 <<<"${said%%$'\n'*}")"
  done
  echo "${all#, }"
}

# jq functions for the cells of a table.
# shellcheck disable=SC2016 # These are jq's variables.
cells='
  def round_to($n): . * $n | round / $n;
  def time: if . < 10 then "\(. * 1000 | round) ms" else "\(round_to(10)) s" end;
  def short: if . < 10 then round_to(10) else round end;
  def ratio($a; $b): if $a * 2 < $b then "1/\($b / $a | short)" else "\($a / $b | short)" end;
  def status: (.exit_codes // [0] | last) as $s | if $s == 0 then "" else " (exit status \($s))" end;
'

machine() {
  local cpu
  cpu=$(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo 2>/dev/null | head -n 1)
  printf 'Medians of %s runs on %s cores (%s, %s), page cache warm; %s.\n\n' \
    "$runs" "$(getconf _NPROCESSORS_ONLN)" "${cpu:-CPU not named}" "$(uname -s)" \
    "$(versions "$binary" hyperfine rg yamllint)"
}

quoted_binary=$(printf %q "$binary")
check() { printf '%s check %q --quiet --fail-on never' "$quoted_binary" "$1"; }

# pair NAME COMMAND: a row, both run in the current folder.
pair() {
  measure "$2" "$(check .)"
  jq -r --arg name "$1" "$cells"'
    .results as [$theirs, $ours]
    | "| \($name)\($theirs | status) | \($theirs.median | time) | \($ours.median | time)"
      + " | \(ratio($ours.median; $theirs.median)) |"' "$work/results.json"
}

missing() { printf '| %s | %s | | |\n' "$1" "$2"; }

compare() {
  local floor checkout sample rg yamllint checkconfig script
  floor=$(example floor)
  checkout=$(realpath -- "$1")
  cd -- "$checkout"
  printf 'Checkout: %s.\n\n' "$("$floor" .)"
  printf '| beside | it takes | mirrorlint takes | ratio |\n| --- | ---: | ---: | ---: |\n'

  pair 'the floor: find, read and count lines of the same files' "$(printf '%q .' "$floor")"

  rg='rg -c base_images ci-operator/config'
  if command -v rg >/dev/null; then
    pair "\`$rg\`" "$rg"
  else
    missing "\`$rg\`" 'not installed'
  fi

  checkconfig='ci-operator-checkconfig --config-dir ci-operator/config --registry ci-operator/step-registry'
  if command -v ci-operator-checkconfig >/dev/null; then
    pair "\`$checkconfig\`" "$checkconfig"
  else
    missing "\`$checkconfig\`" 'not installed'
  fi

  for script in hack/validate-owners.sh hack/validate-supplemental-ci-images-mapping-files.sh \
    'core-services/_hack/validate-core-services.sh core-services'; do
    if [[ -x ${script%% *} ]]; then
      pair "\`$script\`" "$script"
    else
      missing "\`$script\`" 'not in the checkout'
    fi
  done

  sample=$work/sample
  mkdir "$sample"
  find ci-operator/config -name '*.yaml' | LC_ALL=C sort >"$work/configs"
  awk -v all="$(wc -l <"$work/configs")" 'int(NR * 100 / all) > int((NR - 1) * 100 / all)' \
    "$work/configs" | xargs -d '\n' cp --parents -t "$sample"
  cd -- "$sample"
  yamllint='yamllint -d relaxed .'
  if command -v yamllint >/dev/null; then
    pair "\`$yamllint\` over 100 of the configs" "$yamllint"
  else
    missing "\`$yamllint\`" 'not installed'
  fi

  cd -- "$checkout"
  changes
  [[ -z $is_cold ]] || cold "$floor"
}

# changes: a copy of the current folder as a repository, with one file changed in its last commit and another
# one staged; and a bare clone of it.
changes() {
  local repository=$work/repository bare=$work/bare configs git
  cp -r -- . "$repository"
  git=(git -C "$repository" -c user.name=bench -c user.email=bench@example.org -c gc.auto=0)
  rm -rf -- "$repository/.git"
  "${git[@]}" init --quiet
  "${git[@]}" add --all
  "${git[@]}" commit --quiet --message before
  mapfile -t configs < <("${git[@]}" ls-files 'ci-operator/config/*.yaml')
  echo '# changed' >>"$repository/${configs[0]}"
  "${git[@]}" commit --quiet --all --message after
  "${git[@]}" repack -adq
  git clone --quiet --bare -- "$repository" "$bare"
  # git takes a file for unchanged that is as old as the index.
  sleep 1
  echo '# changed' >>"$repository/${configs[-1]}"
  "${git[@]}" add --all
  printf '\n| a change of one file | it takes | beside a check | peak |\n| --- | ---: | ---: | ---: |\n'
  measure "$(check "$repository")" "$(check "$repository") --staged" \
    "$(check "$repository") --base HEAD~1" "$(check "$bare") --base HEAD~1 --head HEAD"
  local at=0 name memory
  # shellcheck disable=SC2016 # This is Markdown.
  for name in '`check`' '`check --staged`' '`check --base`' '`check --base` in a bare repository'; do
    memory=$(eval "peak $(jq -r ".results[$at].command" "$work/results.json")")
    jq -r --arg name "$name" --arg memory "$memory" --argjson at "$at" "$cells"'
      "| \($name) | \(.results[$at].median | time) | \(ratio(.results[$at].median; .results[0].median))"
        + " | \($memory) MiB |"' "$work/results.json"
    at=$((at + 1))
  done
}

# cold FLOOR: the floor and a check of the current folder, when the system has none of it in memory.
cold() {
  measure --prepare 'sync; echo 3 >/proc/sys/vm/drop_caches' "$(printf '%q .' "$1")" "$(check .)"
  jq -r "$cells"'
    .results as [$floor, $ours]
    | "\nWith a cold page cache: the floor \($floor.median | time), a check \($ours.median | time)."
    ' "$work/results.json"
}

# peak COMMAND...: of its memory, in MiB.
peak() {
  env time -f %M -o "$work/peak" "$@" >/dev/null
  echo $(($(tail -n 1 "$work/peak") / 1024))
}

scale() {
  local generate floor folder times all memory first='[]'
  generate=$(example generate)
  floor=$(example floor)
  all=$(getconf _NPROCESSORS_ONLN)
  printf "| size | files | floor | beside today's | 1 thread | beside today's | %s threads | beside today's | beside the floor | peak | beside today's |\n" "$all"
  printf '| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n'
  for times in ${1//,/ }; do
    folder=$work/$times
    "$generate" --times "$times" "$folder"
    measure "$(printf '%q %q' "$floor" "$folder")" \
      "$(check "$folder") --jobs 1" "$(check "$folder") --jobs $all"
    memory=$(peak "$binary" check "$folder" --quiet --fail-on never)
    files=$("$binary" check "$folder" --output json --fail-on never | jq .summary.files)
    rm -rf -- "$folder"
    jq -c --argjson memory "$memory" '[.results[].median] + [$memory]' "$work/results.json" >"$work/row"
    [[ $first != '[]' ]] || first=$(<"$work/row")
    jq -r --arg times "$times" --arg files "$files" --argjson first "$first" "$cells"'
      def grown($at): ratio(.[$at]; $first[$at]);
      "| \($times) | \($files) | \(.[0] | time) | \(grown(0)) | \(.[1] | time) | \(grown(1))"
        + " | \(.[2] | time) | \(grown(2)) | \(ratio(.[2]; .[0]))"
        + " | \(.[3]) MiB | \(grown(3)) |"' "$work/row"
  done
}

machine
if [[ $scale ]]; then
  scale "$scale"
else
  compare "$2"
fi
