#!/usr/bin/env bash
# build.sh [NAME:TAG]: the image of this checkout (surfaces:latest), with its version and commit. NODE_IMAGE is what it stands on. Other
# options of `docker build` in DOCKER_BUILD_OPTIONS. Behind a private certificate authority the base image has to trust it.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
. "$here/docker-build.sh"
version=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' "$root/package.json")
# Of a tree with changes, the commit would be a lie.
revision=unknown
if [ -z "$(git -C "$root" status --porcelain 2>/dev/null || echo none)" ]; then revision=$(git -C "$root" rev-parse HEAD); fi
# shellcheck disable=SC2086
docker_build ${DOCKER_BUILD_OPTIONS:-} ${NODE_IMAGE:+--build-arg "NODE_IMAGE=$NODE_IMAGE"} \
  --build-arg "VERSION=$version" --build-arg "REVISION=$revision" -t "${1:-surfaces:latest}" "$root"
