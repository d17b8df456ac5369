#!/bin/sh
# Runs a TypeScript entry point of the project with the Node that the project brings. The first command of a fresh
# clone comes through here, so this file needs nothing but a POSIX shell and npm: it installs what is missing first.
# Safe to interrupt and to run again, also by several processes at once.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
stamp=node_modules/.surfaces-ready
want=$(cat package-lock.json prisma/schema.prisma infra/scripts/install.sh | cksum)
if [ "$(cat "$stamp" 2>/dev/null || true)" != "$want" ]; then
  sh infra/scripts/install.sh "$want"
fi
PATH="$root/node_modules/.bin:$PATH"
export PATH
# Type stripping is what runs the sources; its warning would be the first thing that a newcomer reads.
exec node --disable-warning=ExperimentalWarning --disable-warning=DEP0060 "$@"
