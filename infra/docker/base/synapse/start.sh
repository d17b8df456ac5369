#!/bin/sh
# run [--config-path FILE …]: as the official image's /start.py has it.
set -eu
[ "${1:-run}" = run ] || { echo "this image only knows “run”" >&2; exit 2; }
[ $# -eq 0 ] || shift
[ $# -gt 0 ] || set -- --config-path "${SYNAPSE_CONFIG_PATH:-/data/homeserver.yaml}"
exec /opt/synapse/bin/python -m synapse.app.homeserver "$@"
