#!/usr/bin/env bash
# engine.sh start | stop | status
#
# A container engine with both versions of Compose, for CI and for machines that have none.
#   start   uses an engine that answers. Otherwise, as root on Debian, installs docker.io, docker-compose (1.29) and, beside it,
#           Compose v2 with buildx, and starts the engine. Exit code 3: none can be had here, and stderr says why.
#           Also installs faketime, with which tests set the clock of a container (docs/FAULTS.md).
#   stop    ends the engine that `start` started, and no other.
#   status  says what is there.
# Images, containers and volumes lie in /var/lib/docker; the engine's log and pid in /run/surfaces-engine.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/apt.sh"
state=/run/surfaces-engine
pidfile=/var/run/docker.pid
plugins=${DOCKER_CONFIG:-$HOME/.docker}/cli-plugins

cannot() { say "no container engine: $*"; exit 3; }
answers() { command -v docker >/dev/null && timeout 10 docker version --format '{{.Server.Version}}' 2>/dev/null; }

# The pid of the engine that was started here, if that very process still lives.
ours() {
  local pid born
  read -r pid born 2>/dev/null <"$state/started" || return 1
  [ "$(born "$pid")" = "$born" ] && echo "$pid"
}
born() { awk '/^[0-9]+ \(dockerd\)/ { sub(/^.*\) /, ""); if ($1 != "Z") print $20 }' "/proc/$1/stat" 2>/dev/null; }

start() {
  if ! answers >/dev/null; then
    case "${DOCKER_HOST:-unix:///var/run/docker.sock}" in
      unix:///var/run/docker.sock) ;;
      *) cannot "DOCKER_HOST=$DOCKER_HOST does not answer" ;;
    esac
    [ "$(id -u)" = 0 ] || cannot "none answers, and only root can start one"
    command -v dockerd >/dev/null && command -v iptables >/dev/null || command -v apt-get >/dev/null || cannot "there is no dockerd, and no apt-get to install it with"
    apt_have dockerd:docker.io docker:docker.io iptables:iptables || cannot "docker.io could not be installed"
    run_dockerd
  fi
  add_compose
  add_faketime
  status
}

run_dockerd() {
  mkdir -p "$state"
  exec 9>"$state/lock"
  flock -w 120 9 || cannot "another start is under way"
  answers >/dev/null && return 0
  # Left by a machine's last life; a number that another program has now would keep the engine from starting.
  local file pid name
  for file in "$pidfile" /var/run/docker/containerd/containerd.pid; do
    pid=$(cat "$file" 2>/dev/null) || continue
    name=$(cat "/proc/$pid/comm" 2>/dev/null || true)
    case "$name" in
      dockerd) cannot "dockerd (pid $pid) runs and does not answer" ;;
      containerd) ;;
      *) rm -f "$file" ;;
    esac
  done
  # Packets of containers have to fit the machine's own way out.
  local device mtu
  device=$(awk '$2 == "00000000" { print $1; exit }' /proc/net/route)
  mtu=$(cat "/sys/class/net/${device:-none}/mtu" 2>/dev/null || echo 1500)
  # A session of its own: it outlives this script. Without 9: it would keep the lock.
  setsid nohup dockerd --mtu "$mtu" --log-opt max-size=20m --log-opt max-file=2 </dev/null >>"$state/dockerd.log" 2>&1 9>&- &
  pid=$!
  local deadline=$((SECONDS + 60))
  until answers >/dev/null; do
    if ! kill -0 "$pid" 2>/dev/null || [ $SECONDS -ge $deadline ]; then
      tail -n 20 "$state/dockerd.log" >&2
      cannot "dockerd does not come up ($state/dockerd.log)"
    fi
    sleep 0.2
  done
  echo "$pid $(born "$pid")" >"$state/started"
}

# Debian 12 has Compose 1.29 in docker-compose, later releases have v2 there. What is missing is no reason to do without an engine.
add_compose() {
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 0
  apt_have docker-compose:docker-compose || say "docker-compose could not be installed"
  if docker compose version >/dev/null 2>&1 && docker buildx version >/dev/null 2>&1; then return 0; fi
  mkdir -p "$plugins"
  packages_of_suite trixie "$plugins" docker-compose:usr/libexec/docker/cli-plugins/docker-compose \
    docker-buildx:usr/libexec/docker/cli-plugins/docker-buildx || say "Compose v2 could not be fetched"
}

# Without it, tests of clocks do not run. The program is of the package `faketime`, the library of what that depends on.
add_faketime() {
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 0
  apt_have faketime:faketime || say "faketime could not be installed"
}

stop() {
  local pid
  pid=$(ours) || { say "no engine that was started here runs"; return 0; }
  kill -TERM "$pid"
  for _ in $(seq 300); do
    [ -n "$(born "$pid")" ] || { rm -f "$state/started"; say "the engine has ended"; return 0; }
    sleep 0.1
  done
  say "dockerd ($pid) still runs after 30 s"
  exit 1
}

status() {
  local engine
  engine=$(answers) || { say "no engine answers"; exit 3; }
  say "engine $engine, compose v1 $(docker-compose version --short 2>/dev/null || echo none), compose v2 $(docker compose version --short 2>/dev/null || echo none)"
}

case "${1:-}" in start | stop | status) "$1" ;; *) sed -n '2,10p' "$0" >&2; exit 64 ;; esac
