#!/bin/sh
# Prints where PgBouncer is. Where the machine has none, the Debian package and the libraries that it needs are fetched and
# unpacked into a folder of their own; nothing is installed and nothing is started.
set -eu
if command -v pgbouncer >/dev/null 2>&1; then
  command -v pgbouncer
  exit 0
fi
folder="${TMPDIR:-/tmp}/evenkeel-pgbouncer"
if [ ! -x "$folder/pgbouncer" ]; then
  work="$(mktemp -d)"
  trap 'rm -rf "$work"' EXIT
  cd "$work"
  apt-get download pgbouncer >&2 || { apt-get update >&2 && apt-get download pgbouncer >&2; }
  apt-get download libcares2 >&2 || apt-get download libc-ares2 >&2
  apt-get download 'libevent-2.1-7' >&2 || apt-get download 'libevent-2.1-7t64' >&2
  for package in *.deb; do dpkg-deb -x "$package" root; done
  mkdir -p staged/lib
  cp root/usr/sbin/pgbouncer staged/
  find root -name '*.so*' -exec cp -P {} staged/lib/ \;
  chmod -R a+rX staged
  mv staged "$folder"
fi
echo "$folder/pgbouncer"
