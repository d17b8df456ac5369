# Sourced by engine.sh and base-images.sh: packages of the Debian that this machine's apt is configured with.

say() { echo "surfaces: $*" >&2; }

apt_quietly() {
  DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 -o Dpkg::Use-Pty=0 "$@" >/dev/null
}

# apt_have PROGRAM:PACKAGE …  installs the packages whose program is missing.
apt_have() {
  local each missing=()
  for each in "$@"; do command -v "${each%%:*}" >/dev/null || missing+=("${each#*:}"); done
  [ ${#missing[@]} -gt 0 ] || return 0
  say "installing ${missing[*]}"
  apt_quietly update || true
  # Debian starts what it installs; what is started here is started by us.
  local policy=/usr/sbin/policy-rc.d made=
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod +x "$policy"
    made=1
  fi
  local result=0
  apt_quietly install -y --no-install-recommends "${missing[@]}" || result=1
  [ -z "$made" ] || rm -f "$policy"
  return $result
}

# The address of a repository of this machine's apt: debian_mirror Debian | Debian-Security
debian_mirror() {
  apt-get indextargets --format '$(LABEL)|$(REPO_URI)|$(COMPONENT)|$(CREATED_BY)' 2>/dev/null |
    awk -F'|' -v label="$1" '$1 == label && $3 == "main" && $4 == "Packages" { sub("/$", "", $2); print $2; exit }'
}

# packages_of_suite SUITE FOLDER PACKAGE:PATH …  one program each out of packages of another Debian release, which is not
# otherwise touched: its lists lie in a folder of their own.
packages_of_suite() {
  local suite=$1 folder=$2 mirror work each
  shift 2
  mirror=$(debian_mirror Debian)
  [ -n "$mirror" ] || return 1
  work=$(mktemp -d)
  mkdir -p "$work"/{lists,archives}/partial "$work"/{debs,root}
  : >"$work/status"
  chmod -R a+rX "$work"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" >"$work/sources.list"
  local options=(-o "Dir::Etc::sourcelist=$work/sources.list" -o Dir::Etc::sourceparts=- -o "Dir::State::Lists=$work/lists"
    -o "Dir::State::status=$work/status" -o "Dir::Cache::archives=$work/archives" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=
    -o APT::Sandbox::User=root -o APT::Update::Post-Invoke-Success::= -o Acquire::Languages=none)
  local result=0
  apt_quietly "${options[@]}" update &&
    (cd "$work/debs" && apt_quietly "${options[@]}" download "${@%%:*}") || result=1
  if [ $result = 0 ]; then
    for each in "$work"/debs/*.deb; do dpkg-deb -x "$each" "$work/root" || result=1; done
    for each in "$@"; do install -m 0755 "$work/root/${each#*:}" "$folder/" || result=1; done
  fi
  rm -rf "$work"
  return $result
}
