#!/usr/bin/env bash
# What is written to a disk that is full, and to one that cannot be written: a clear message, status 2,
# and every file as it was. The disks are small ones of this script's own, in a mount namespace; that
# needs root or user namespaces.
#
#   tests/e2e/disks.sh MIRRORLINT
set -euo pipefail

if [[ ${DISKS_ARE_OURS-} != yes ]]; then
  namespaces=(--mount)
  [[ $(id -u) -eq 0 ]] || namespaces+=(--user --map-root-user)
  DISKS_ARE_OURS=yes exec unshare "${namespaces[@]}" -- "$0" "$(realpath -- "$1")"
fi

mirrorlint=$1
work=$(mktemp -d)
disk=$work/disk
mkdir "$disk"
trap 'umount -- "$disk" 2>/dev/null || true; rm -rf -- "$work"' EXIT
cd -- "$work"

mapping=core-services/image-mirroring/acme/mapping_acme_latest
baseline=.mirrorlint-baseline.json
formats=(pretty concise json sarif junit github gitlab rdjson html)

fail() {
  printf 'FAILED: %s\n' "$*"
  cat -- "$work/shown" "$work/said" 2>/dev/null || true
  exit 1
}

# with_disk OPTIONS: a new disk with a checkout on it that has much to say, some of it with a fix, an
# old baseline and an old report of each format.
with_disk() {
  if mountpoint -q -- "$disk"; then umount -- "$disk"; fi
  mount -t tmpfs -o "$1" tmpfs "$disk"
  mkdir -p -- "$disk/$(dirname -- "$mapping")" "$disk/reports"
  # As many lines name the registry of today, so that the old one is a mistake.
  local n
  for ((n = 0; n < 300; n++)); do
    printf 'registry.svc.ci.openshift.org/acme/widget:%s quay.io/acme/widget:%s\n' "$n" "$n"
    printf 'registry.ci.openshift.org/acme/gadget:%s quay.io/acme/gadget:%s\n' "$n" "$n"
  done > "$disk/$mapping"
  printf '{"version": 1, "findings": [\n]}\n' > "$disk/$baseline"
  local format
  for format in "${formats[@]}"; do
    printf 'the old report\n' > "$disk/reports/$format"
  done
}

# Every path on the disk, with its mode and what it holds.
state() {
  (cd -- "$disk" && find . -printf '%p %m ' -type f -exec sha256sum {} + -o -printf '\n')
}

# refused WHAT SAYS ARGUMENT…: the check fails, says so and why, and leaves the disk as it was.
refused() {
  local what=$1 says=$2 status=0 before
  shift 2
  before=$(state)
  "$mirrorlint" check "$disk" "$@" > "$work/shown" 2> "$work/said" || status=$?
  [[ $status -eq 2 ]] || fail "$what: status $status, not 2"
  tail -n 1 -- "$work/said" | grep -q "^mirrorlint: .*$says" || fail "$what: it does not say: $says"
  [[ $(state) == "$before" ]] || fail "$what: the disk is not as it was"
  printf 'ok: %s\n' "$what"
}

# refuses_all WHAT SAYS: nothing whatever can be written.
refuses_all() {
  refused "$1: --fix" "$mapping.*$2" --fix
  refused "$1: --write-baseline" "$baseline.*$2" --write-baseline
  local format
  for format in "${formats[@]}"; do
    refused "$1: an old report, $format" "reports/$format.*$2" --output "$format=$disk/reports/$format"
    refused "$1: a new report, $format" "reports/new.*$2" --output "$format=$disk/reports/new"
  done
}

with_disk size=512k
cp -r -- "$disk" "$work/kept"
# What is left is less than anything that is to be written.
head -c 1M /dev/zero > "$disk/filler" 2>/dev/null && fail 'the disk is larger than it should be'
refuses_all 'a full disk' 'No space left on device'
rm -- "$disk/filler"

with_disk size=64m,nr_inodes=64
for ((n = 0; n < 64; n++)); do : > "$disk/filler$n" || break; done 2>/dev/null
refuses_all 'a disk that takes no more files' 'No space left on device'

with_disk size=8m
mount -o remount,bind,ro -- "$disk"
refuses_all 'a disk for reading' 'Read-only file system'
mount -o remount,bind,rw -- "$disk"

# The same disk, when it can be written: what was refused above was refused because of it.
for arguments in "--output json=$disk/reports/new" --fix --write-baseline; do
  read -ra words <<< "$arguments"
  before=$(state)
  "$mirrorlint" check "$disk" "${words[@]}" > "$work/shown" 2> "$work/said" || [[ $? -eq 1 ]] ||
    fail "a disk with room: $arguments"
  [[ $(state) != "$before" ]] || fail "a disk with room: $arguments wrote nothing"
  printf 'ok: a disk with room: %s\n' "${arguments%%=*}"
done
