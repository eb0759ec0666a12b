#!/usr/bin/env bash
# Makes sure that the programs are here which `make run` or `make test` needs
# besides Go. Says nothing when they are. As root on Debian it installs what is
# missing; anywhere else it prints what to install and fails.
#
#   scripts/deps.sh run     PostgreSQL
#   scripts/deps.sh test    PostgreSQL, Redis, Chromium, Node.js
set -euo pipefail

min_postgres=15
min_node=18

case "${1:-}" in
run | test) purpose=$1 ;;
*)
  echo "usage: scripts/deps.sh run|test" >&2
  exit 2
  ;;
esac

have() { command -v "$1" >/dev/null 2>&1; }

any() {
  local name
  for name in "$@"; do
    if have "$name"; then return 0; fi
  done
  return 1
}

# The same places, in the same order, as internal/embedded looks at.
have_postgres() {
  local dir major
  for dir in ${PG_BIN:+"$PG_BIN"} /usr/lib/postgresql/*/bin /usr/pgsql-*/bin \
    /opt/homebrew/opt/postgresql@*/bin /usr/local/opt/postgresql@*/bin \
    /home/linuxbrew/.linuxbrew/opt/postgresql@*/bin \
    /Applications/Postgres.app/Contents/Versions/*/bin \
    "$(dirname "$(command -v postgres || echo /nowhere/postgres)")"; do
    [ -x "$dir/postgres" ] && [ -x "$dir/initdb" ] || continue
    major=$("$dir/postgres" --version | sed -n 's/.*(PostgreSQL) \([0-9]*\).*/\1/p')
    if [ "${major:-0}" -ge "$min_postgres" ]; then return 0; fi
  done
  return 1
}

have_chromium() {
  any chromium-headless-shell headless_shell headless-shell chromium chromium-browser \
    google-chrome google-chrome-stable || [ -x "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" ]
}

have_node() {
  have node && [ "$(node --version | sed 's/^v\([0-9]*\).*/\1/')" -ge "$min_node" ]
}

# npm fetches what the lock files name, so without one it is not needed.
needs_npm() {
  [ -n "$(find . -name package-lock.json -not -path '*/node_modules/*' -print -quit)" ]
}

# missing prints what is not here, in words that names() turns into packages.
missing() {
  if [ "$purpose" = run ] && [ -n "${DATABASE_URL:-}" ]; then return 0; fi
  if ! have_postgres; then echo postgres; fi
  if [ "$purpose" = run ]; then return 0; fi
  if ! any redis-server valkey-server; then echo redis; fi
  if ! have_chromium; then echo chromium; fi
  if ! have_node; then echo node; fi
  if needs_npm && ! have npm; then echo npm; fi
}

# names prints the packages of a system that hold what is missing.
names() {
  local system=$1 word
  shift
  for word in "$@"; do
    case "$system:$word" in
    debian:postgres) echo postgresql ;;
    debian:redis) echo redis-server ;;
    debian:chromium) echo chromium-headless-shell fonts-liberation ;;
    debian:node) echo nodejs ;;
    debian:npm) echo npm ;;
    ubuntu:chromium) echo chromium-browser ;;
    ubuntu:*) names debian "$word" ;;
    fedora:postgres) echo postgresql-server ;;
    fedora:redis) echo valkey ;;
    fedora:chromium) echo chromium-headless liberation-fonts ;;
    fedora:node) echo nodejs ;;
    fedora:npm) echo nodejs-npm ;;
    macos:postgres) echo postgresql@17 ;;
    macos:redis) echo redis ;;
    macos:chromium) echo google-chrome ;;
    macos:node | macos:npm) echo node ;;
    *:postgres) echo "PostgreSQL $min_postgres or newer" ;;
    *:redis) echo "redis-server or valkey-server" ;;
    *:chromium) echo "Chromium or Chrome" ;;
    *:node) echo "Node.js $min_node or newer" ;;
    *:npm) echo npm ;;
    esac
  done | sort -u
}

system() {
  local ID="" ID_LIKE=""
  if [ "$(uname -s)" = Darwin ]; then
    echo macos
    return
  fi
  # shellcheck source=/dev/null
  if [ -r /etc/os-release ]; then . /etc/os-release; fi
  case " $ID $ID_LIKE " in
  " debian "*) echo debian ;;
  *" debian "*) echo ubuntu ;;
  *" fedora "* | *" rhel "*) echo fedora ;;
  *) echo other ;;
  esac
}

# explain prints exactly what to do, and fails.
explain() {
  local where=$1
  shift
  {
    echo "make $purpose needs programs that are not here: $*"
    case "$where" in
    debian | ubuntu) echo "  sudo apt-get update && sudo apt-get install --no-install-recommends" $(names debian "$@") ;;
    fedora) echo "  sudo dnf install" $(names fedora "$@") ;;
    macos) echo "  brew install" $(names macos "$@") ;;
    *) names other "$@" | sed 's/^/  /' ;;
    esac
    case " $* " in *" postgres "*)
      echo "PG_BIN may name the folder of a PostgreSQL $min_postgres or newer that is somewhere else."
      if [ "$purpose" = run ]; then echo "Or set DATABASE_URL to a server that runs already."; fi
      ;;
    esac
    case " $* " in *" node "*) if have node; then echo "Node.js here is $(node --version); the tests need $min_node or newer."; fi ;; esac
  } >&2
  exit 1
}

apt_install() {
  apt-get -q -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$@"
}

# What install puts on the system for as long as it runs.
made=()
cleanup() { if [ "${#made[@]}" != 0 ]; then rm -f "${made[@]}"; fi; }
trap cleanup EXIT

# install brings in packages, and leaves nothing running that was not asked for:
# they would start servers on the usual ports, and the tests start their own.
install() {
  local policy=/usr/sbin/policy-rc.d clusters=/etc/postgresql-common/createcluster.d
  echo "make $purpose: installing" "$@"
  export DEBIAN_FRONTEND=noninteractive
  if [ ! -e "$policy" ]; then
    made+=("$policy")
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
  fi
  mkdir -p "$clusters"
  made+=("$clusters/phonebank-deps.conf")
  echo "create_main_cluster = false" >"$clusters/phonebank-deps.conf"
  apt-get -q -o DPkg::Lock::Timeout=300 update
  if ! apt_install "$@"; then
    apt-get -q -o DPkg::Lock::Timeout=300 install -y -f
    apt_install "$@"
  fi
}

main() {
  local absent where
  cd "$(dirname "$0")/.."
  if ! have go; then
    echo "make $purpose needs Go 1.26 or newer, and there is no go on the PATH: see https://go.dev/doc/install" >&2
    exit 1
  fi
  absent=$(missing)
  if [ -z "$absent" ]; then exit 0; fi
  where=$(system)
  if [ "$where" != debian ] || [ "$(id -u)" != 0 ]; then explain "$where" $absent; fi

  exec 9>/run/lock/phonebank-deps
  flock 9
  absent=$(missing) # another make may have installed it while we waited
  if [ -z "$absent" ]; then exit 0; fi
  if ! install $(names debian $absent) >&2; then explain debian $absent; fi
  absent=$(missing)
  if [ -n "$absent" ]; then explain debian $absent; fi
}

main
