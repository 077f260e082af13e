#!/usr/bin/env bash
# Asks a demo town everything that openapi.json allows, and much that it does not, logged in as
# each role in turn: no answer may be a 5xx or one that the document does not name.
#
#     tests/schemathesis.sh [SECONDS A ROLE]
#
# Needs the release binary (make build) or WANGGE_BIN. Schemathesis comes from PyPI into target/;
# where that cannot be reached the script says so and ends with 0.
set -euo pipefail
cd "$(dirname "$0")/.."
top=$PWD
seconds=${1:-30}
wangge=${WANGGE_BIN:-target/release/wangge}
[ -x "$wangge" ] || { echo "schemathesis.sh: $wangge is not there: make build" >&2; exit 1; }

venv=target/schemathesis
if [ ! -x $venv/bin/st ]; then
    .ci/packages python3-venv
    python3 -m venv $venv
    $venv/bin/pip install --quiet --disable-pip-version-check 'schemathesis>=4.32,<5' || {
        rm -rf $venv
        echo "schemathesis.sh: SKIPPED, schemathesis cannot be installed from PyPI" >&2
        exit 0
    }
fi

home=$(mktemp -d)
server=
finish() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    rm -rf "$home"
}
trap finish EXIT

password=$(head -c 18 /dev/urandom | base64)
port=$((20000 + RANDOM % 12000))
url=http://127.0.0.1:$port
"$wangge" demo --data "$home" --listen 127.0.0.1:$port >"$home/log" 2>&1 </dev/null &
server=$!
for _ in $(seq 120); do
    curl -sf -o /dev/null $url/readyz && break
    sleep 0.5
done
curl -sf -o /dev/null $url/readyz || { echo "schemathesis.sh: the demo does not start:" >&2; cat "$home/log" >&2; exit 1; }
database=$(ls "$home"/*.gpkg)

# Streams never end, and who ends the own session is nobody from then on: those come last.
whole="--exclude-path-regex ^/api/(changes|issues/stream|session|account/sessions)"
ends="--include-path-regex ^/api/(session|account/sessions)"
failed=
ask() {
    local who=$1 time=$2
    shift 2
    echo "== schemathesis as $who, $time s"
    # It keeps what it found where it runs.
    (cd "$home" && PYTHONDONTWRITEBYTECODE=1 "$top/$venv/bin/st" run $url/api/openapi.json --phases coverage,fuzzing --no-color \
        --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance \
        --continue-on-failure --warnings off --max-time "$time" --request-timeout 60 "$@" >"$home/report" 2>&1) || failed=yes
    if [ -n "$failed" ]; then cat "$home/report"; else grep -E 'generated|Tested|passed' "$home/report" || true; fi
    curl -sf -o /dev/null $url/readyz || { echo "schemathesis.sh: the service does not answer any more" >&2; failed=yes; }
}

ask nobody "$seconds" $whole
for role in worker dispatcher planner admin; do
    printf '%s\n' "$password" | "$wangge" --database "$database" user add "fuzz-$role" --role $role --password-stdin >/dev/null
    cookie=$(curl -sf -D - -o /dev/null -H 'content-type: application/json' -H "origin: $url" \
        --data "{\"name\":\"fuzz-$role\",\"password\":\"$password\"}" $url/api/session |
        tr -d '\r' | sed -n 's/^[Ss]et-[Cc]ookie: \([^;]*\).*/\1/p')
    [ -n "$cookie" ] || { echo "schemathesis.sh: $role cannot log in" >&2; exit 1; }
    me=(-H "Cookie: $cookie" -H "Sec-Fetch-Site: same-origin")
    ask $role "$seconds" $whole "${me[@]}"
    [ $role != admin ] || ask "$role, who logs out" "$seconds" $ends "${me[@]}"
done
if grep -E 'panick|"level":"ERROR"| ERROR ' "$home/log"; then
    echo "schemathesis.sh: the service logged an error" >&2
    failed=yes
fi
[ -z "$failed" ]
