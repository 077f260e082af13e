#!/usr/bin/env bash
# Runs a command with a throw-away PostgreSQL + PostGIS cluster:
#
#     tests/postgres.sh cargo test
#
# The command finds an administrator's address in WANGGE_TEST_POSTGRES, and in
# WANGGE_TEST_POSTGRES_CTL a command that takes "start" and "stop"; when the caller has set
# that already, the command is only run. What is missing is installed from Debian. The cluster
# lives in a private directory on a random port of 127.0.0.1, and is stopped and removed
# whatever happens, also when this script is killed: a watcher in a session of its own waits
# for the script's end of a pipe to close, and only it cleans up.
set -eu

[ $# -gt 0 ] || { echo "usage: $0 COMMAND [ARGUMENT…]" >&2; exit 2; }
[ -z "${WANGGE_TEST_POSTGRES:-}" ] || exec "$@"

say() { echo "postgres.sh: $*" >&2; }

# The newest server that has PostGIS.
server() {
    local dir
    for dir in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV); do
        local version=${dir%/bin}
        version=${version##*/}
        if [ -x "$dir/initdb" ] && [ -e "/usr/share/postgresql/$version/extension/postgis.control" ]; then
            echo "$dir"
            return
        fi
    done
}

bin=$(server)
if [ -z "$bin" ]; then
    say "installing PostgreSQL and PostGIS"
    sudo=()
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || { say "PostGIS is missing and only root can install it"; exit 1; }
        sudo=(sudo)
    fi
    apt() { "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=600 "$@" >&2; }
    apt update
    # The cluster that Debian would make and start is not wanted; an existing choice stays.
    conf=/etc/postgresql-common/createcluster.conf
    [ -e $conf ] || { "${sudo[@]}" mkdir -p ${conf%/*}; echo 'create_main_cluster = false' | "${sudo[@]}" tee $conf >/dev/null; }
    # The version's number differs between Debian releases: the one that postgis asks for.
    package=$(apt-cache search --names-only '^postgresql-[0-9]+-postgis-3$' | sort -V | tail -1 | cut -d' ' -f1)
    apt install -y --no-install-recommends "${package:-postgresql-15-postgis-3}"
    bin=$(server)
    [ -n "$bin" ] || { say "PostGIS could not be installed"; exit 1; }
fi

# The server refuses to run as root.
as=()
[ "$(id -u)" != 0 ] || as=(runuser -u postgres --)
# Not $TMPDIR: the server's user must be able to reach it.
home=$(mktemp -d /tmp/wangge-pg.XXXXXX)
[ "$(id -u)" != 0 ] || chown postgres "$home"

# Descriptor 9 is the script's end of the pipe; nothing that the script starts may hold it.
mkfifo -m 600 "$home/alive"
setsid bash -c '
    trap "" HUP INT TERM
    home=$1 bin=$2; shift 2
    cat "$home/alive" >/dev/null
    [ ! -e "$home/data/postmaster.pid" ] || "$@" "$bin/pg_ctl" -D "$home/data" -m immediate -w stop >/dev/null 2>&1
    rm -rf "$home"
' watcher "$home" "$bin" "${as[@]}" </dev/null >/dev/null 2>&1 &
watcher=$!
exec 9>"$home/alive"

finish() {
    exec 9>&-
    wait "$watcher" 2>/dev/null || true
}
trap finish EXIT

cd /
"${as[@]}" "$bin/initdb" -D "$home/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync \
    >"$home/initdb.log" 2>&1 9>&- || { cat "$home/initdb.log" >&2; exit 1; }
# What is lost with the cluster need not be written to disk. No socket: its path could be too long.
cat >>"$home/data/postgresql.conf" <<'CONF'
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
fsync = off
synchronous_commit = off
full_page_writes = off
max_connections = 300
shared_buffers = 128MB
max_parallel_workers_per_gather = 0
timezone = 'Asia/Shanghai'
CONF

started=
for _ in 1 2 3 4 5 6 7 8 9 10; do
    port=$((20000 + RANDOM % 12000))
    if "${as[@]}" "$bin/pg_ctl" -D "$home/data" -l "$home/data/log" -o "-p $port" -w -t 60 start \
        >/dev/null 2>&1 9>&-; then
        started=yes
        break
    fi
done
[ -n "$started" ] || { say "the server does not start:"; tail -20 "$home/data/log" >&2; exit 1; }
echo "port = $port" >>"$home/data/postgresql.conf"
# The log is not the caller's own: a pipe of the caller's must not stay open with the server.
export WANGGE_TEST_POSTGRES_CTL="${as[*]} $bin/pg_ctl -D $home/data -l $home/data/log -m fast -w -s"
export WANGGE_TEST_POSTGRES="postgres://postgres@127.0.0.1:$port/postgres"
"$bin/psql" -q -v ON_ERROR_STOP=1 "${WANGGE_TEST_POSTGRES%/*}/template1" -c 'CREATE EXTENSION postgis' >/dev/null 9>&-

cd "$OLDPWD"
status=0
"$@" 9>&- || status=$?
exit $status
