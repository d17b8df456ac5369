#!/usr/bin/env bash
# new-production.sh [FOLDER]
#
# What docker-compose.prod.yml wants beside the image: prod.env, the settings, and secrets/, a file each. Passwords are made; the bot's token is
# yours to write, and so is the agents' where they run elsewhere. What is there is left as it is. FOLDER is that of the compose file, if not given.
set -euo pipefail
umask 077
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "${1:-$root}"

# Every setting of .env.example that Compose hands to a role: secrets are files here, and what the image says is not asked for.
settings() {
  cat <<'END'
# The settings of docker-compose.prod.yml (docs/DEPLOYMENT.md, “With Compose”). Secrets are files, in secrets/.
# A line is NAME=value, without quotes, without a comment behind the value. What is changed holds from the next `up -d` on.

# ── Compose ───────────────────────────────────────────────────────────────────────────────────────
COMPOSE_PROJECT_NAME=surfaces-prod
COMPOSE_FILE=docker-compose.prod.yml

# What runs here beside the bot: `bundled`, Postgres and Redis; `agents`, the agent host of surfaces, which needs AGENT below.
COMPOSE_PROFILES=bundled,agents

# Turn workers: one answers up to SURFACES_CONCURRENCY rooms at once.
#TURN_WORKERS=1

# The port of the operator’s page on 127.0.0.1.
#OPS_PORT=9099

# A folder of this machine for the workspaces, in place of a volume of the engine, and its group.
#AGENTS_VOLUME=/srv/agents
#AGENTS_GROUP=1000

END
  # 127.0.0.1 is the container itself.
  awk -v roles="$root/infra/docker/roles.yml" '
    BEGIN { while ((getline line < roles) > 0) if (line ~ /^ +[A-Z_]+:$/) { gsub(/[ :]/, "", line); passed[line] } RS = ""; ORS = "\n\n" }
    match($0, /(^|\n)#?[A-Z_]+=/) { name = substr($0, RSTART, RLENGTH); gsub(/[\n#=]/, "", name); if (!(name in passed)) next }
    FNR > 1 { print }' "$root/.env.example" | sed 's|//127\.0\.0\.1:11434|//host.docker.internal:11434|'
}
[ -e prod.env ] || settings >prod.env

mkdir -p secrets
# secret NAME VALUE: the containers' users may read it; the folder, that of its owner alone, keeps everybody else out.
secret() {
  [ -e "secrets/$1" ] || printf '%s' "$2" >"secrets/$1"
  chmod 644 "secrets/$1"
}
random() { openssl rand -hex 16; }
password_in() { sed -E 's|^[a-z]+://[^:]*:([^@]*)@.*|\1|' "secrets/$1"; }
secret database-url "postgres://surfaces:$(random)@postgres:5432/surfaces"
secret redis-url "redis://:$(random)@redis:6379/0"
secret postgres-password "$(password_in database-url)"
secret redis-conf "requirepass $(password_in redis-url)"
secret ops-password "$(random)"
secret agent-token "$(random)"
# Refused by every role until the bot's own stands there.
secret matrix-access-token change-me
echo "$PWD/prod.env and $PWD/secrets are there. Yours to fill in: what stands first in prod.env, and secrets/matrix-access-token."
