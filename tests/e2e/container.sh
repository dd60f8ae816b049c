#!/usr/bin/env bash
# Makes the image of Containerfile from a static binary, and runs it on a checkout of another user as Kubernetes would.
#
#   tests/e2e/container.sh MIRRORLINT
#
# MIRRORLINT lies below target/ of this repository. Needs buildah, git, and to be root.
set -euo pipefail

binary=$(realpath -- "$1")
project=$(realpath -- "$(dirname -- "$0")/../..")
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT

fail() {
  printf 'FAILED: %s\n' "$1"
  [[ ! -s $work/said ]] || cat -- "$work/said"
  exit 1
}

# Nothing that would load a library.
! readelf --program-headers --wide "$binary" | grep -q INTERP || fail "$binary is not static"
printf 'ok: the binary is static\n'

buildah() {
  command buildah --root "$work/storage" --runroot "$work/run" --storage-driver vfs "$@"
}
buildah bud --isolation chroot --quiet --file "$project/Containerfile" --tag mirrorlint \
  --build-arg "BINARY=${binary#"$project/"}" "$project" > "$work/said" 2>&1 || fail 'the image cannot be made'
container=$(buildah from mirrorlint)
root=$(buildah mount "$container")
[[ $(cd -- "$root" && find . -type f | sort | tr '\n' ' ') == './etc/gitconfig ./usr/local/bin/mirrorlint ' ]] \
  || fail "there is more in the image than the binary: $(find "$root" -type f)"
printf 'ok: an image of two files\n'

# A checkout of somebody else, with a base and a change.
checkout=$work/checkout set=core-services/image-mirroring/acme
mkdir -p "$checkout/$set"
git() { command git -C "$checkout" -c user.name=T -c user.email=t@example.org -c safe.directory='*' "$@"; }
git init -q -b main
printf 'approvers:\n- bob\n' > "$checkout/$set/OWNERS"
git add -A
git commit -q -m base
echo alone > "$checkout/$set/mapping_acme"
git add -A
git commit -q -m change
mkdir "$work/artifacts"
chown -R 1000:1000 "$checkout"
chown 65532:65532 "$work/artifacts"
chmod 755 "$work"

buildah run --isolation chroot --volume "$checkout:/checkout:ro" --volume "$work/artifacts:/artifacts" "$container" -- \
  /usr/local/bin/mirrorlint check /checkout --base=HEAD^ --head=HEAD --output=concise \
  --output=junit=/artifacts/junit_mirrorlint.xml > "$work/said" 2>&1 && fail 'a bad line passes'
grep -q -F 'error[mapping-syntax]' "$work/said" || fail 'a bad line is not found'
grep -q -F 'mapping-syntax' "$work/artifacts/junit_mirrorlint.xml" || fail 'there is no report'
[[ $(stat --format %u "$work/artifacts/junit_mirrorlint.xml") == 65532 ]] || fail 'it does not run as nobody'
printf 'ok: it lints the checkout of another user, as nobody in particular\n'
buildah rm "$container" > /dev/null
printf 'all passed\n'
