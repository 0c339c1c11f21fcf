#!/usr/bin/env bash
# One sale, end to end, on the real parts. `./dev demo` builds and then calls this.
#
#   demo.sh BIN [--smoke]     BIN is the folder with parterred, parterre-terminal, parterre and parterre-smoke-desk
#
# With --smoke everything is thrown away at the end, and the exit status is 0 only when the database agrees. Without it
# the data stay for the next time, and server and desktop stay open until Ctrl+C.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
demo=$here/../../resources/demo
bin=$1
is_smoke=false
[ "${2:-}" = --smoke ] && is_smoke=true

start_seconds_max=180
stop_seconds_max=60

work=
server=
terminal=
desktop=

say() {
    if [ -t 1 ]; then printf '\033[1m==> %s\033[0m\n' "$*"; else printf '==> %s\n' "$*"; fi
}
fail() { printf 'demo: %s\n' "$*" >&2; exit 1; }
is_alive() { kill -0 "$1" 2>/dev/null; }

# Everything that was started is stopped by its own number, whatever the way out.
stop_server() {
    [ -n "$server" ] || return 0
    kill -TERM "$server" 2>/dev/null || true
    local waited=0
    while is_alive "$server" && [ $waited -lt $((stop_seconds_max * 5)) ]; do
        sleep 0.2
        waited=$((waited + 1))
    done
    if is_alive "$server"; then
        # Its PostgreSQL would outlive it.
        kill -KILL "$server" 2>/dev/null || true
        kill -QUIT "$(head -n 1 "$work/data/postgres/cluster/postmaster.pid")" 2>/dev/null || true
    fi
    wait "$server" 2>/dev/null || true
    server=
}

clean_up() {
    local status=$?
    trap - EXIT INT TERM
    [ -z "$desktop" ] || kill -TERM "$desktop" 2>/dev/null || true
    stop_server
    [ -z "$terminal" ] || kill -TERM "$terminal" 2>/dev/null || true
    if $is_smoke && [ -n "$work" ]; then
        if [ $status -eq 0 ]; then rm -rf "$work"; else printf 'demo: logs and pictures are kept in %s\n' "$work" >&2; fi
    fi
    exit $status
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# PostgreSQL runs as another user when we are root, who must be able to pass through the folder.
choose_folder() {
    if $is_smoke; then
        work=$(mktemp -d "${TMPDIR:-/tmp}/parterre-demo.XXXXXX")
    elif [ "$(id -u)" -eq 0 ]; then
        work=/var/lib/parterre-demo
    else
        work=${XDG_DATA_HOME:-$HOME/.local/share}/parterre-demo
    fi
    mkdir -p "$work/out"
    chmod 711 "$work"
}

# Cards at the desk; it moves no money, and its customers always pay.
start_terminal() {
    say "Starting a simulated card terminal"
    rm -f "$work/terminal"
    "$bin/parterre-terminal" --port 0 --journal "$work/terminal.journal" --ready-file "$work/terminal" \
        </dev/null >/dev/null 2>>"$work/terminal.log" &
    terminal=$!
    until [ -s "$work/terminal" ]; do
        is_alive "$terminal" || fail "parterre-terminal did not start; its log is $work/terminal.log"
        sleep 0.1
    done
}

start_server() {
    say "Starting parterred with its own PostgreSQL"
    : >"$work/server.out"
    "$bin/parterred" serve --port "${PARTERRE_PORT:-0}" --data-dir "$work/data" \
        --card-terminals "counter=$(cat "$work/terminal")" >"$work/server.out" 2>>"$work/server.log" &
    server=$!
    local waited=0
    until grep -q '^parterred is ready: ' "$work/server.out"; do
        if ! is_alive "$server" || [ $waited -ge $((start_seconds_max * 5)) ]; then
            tail -n 20 "$work/server.log" >&2
            fail "parterred did not get ready; its log is $work/server.log"
        fi
        sleep 0.2
        waited=$((waited + 1))
    done
    url=$(sed -n 's/^parterred is ready: //p' "$work/server.out")
    printf '    %s, data in %s\n' "$url" "$work/data"
}

# The first start prints a one-time password. What the demonstration makes of it is kept for the next time.
choose_password() {
    local kept=$work/admin-password
    password=$(sed -n 's/^one-time password: //p' "$work/server.out")
    if [ -z "$password" ] && [ -s "$kept" ]; then
        password=$(cat "$kept")
        new_password=$password
    else
        [ -n "$password" ] || password=$("$bin/parterred" user password admin --data-dir "$work/data" |
            sed -n 's/^One-time password of admin: //p')
        new_password=$(od -An -N 6 -t x2 /dev/urandom | sed 's/^ *//; s/ /-/g')
        (umask 077 && printf '%s\n' "$new_password" >"$kept")
    fi
}

put_on_sale() {
    say "Importing the seating plan of the Globe"
    "$bin/parterred" import-plan "$demo/globe.pretix.json" --report - | sed 's/^/    /'
    say "Putting its season on sale"
    "$bin/parterred" apply-season "$demo/season.json" --data-dir "$work/data" 2>>"$work/server.log" | sed 's/^/    /'
}

sell_at_the_desk() {
    say "The desk sells two seats side by side for cash"
    local display=()
    [ -n "${DISPLAY:-}" ] || [ -n "${WAYLAND_DISPLAY:-}" ] || display=(xvfb-run -a)
    local sold
    if ! sold=$(timeout 180 "${display[@]}" "$bin/parterre-smoke-desk" --server "${url/http/ws}/v1/desk" --user admin \
        --one-time-password "$password" --new-password "$new_password" --out "$work/out" 2>>"$work/desk.log"); then
        printf '%s\n' "$sold" >&2
        fail "the desk did not sell; what it showed is in $work/out, what it said in $work/desk.log"
    fi
    printf '    %s\n' "$sold"
    desk_order=$(sed -n 's/^order \([^:]*\):.*/\1/p' <<<"$sold")
    [ -n "$desk_order" ] || fail "the desk named no order"
}

sell_to_the_public() {
    say "A public buyer pays by card, and a third buyer wants sold seats"
    python3 "$here/publicbuyer.py" --url "$url" --out "$work/out"
}

judge() {
    say "Does the database agree?"
    python3 "$here/checkdatabase.py" --socket "$work/data/postgres/run" --url "$url" --desk "$desk_order" \
        --public "$work/out/public.json" --tickets "$work/out"
}

stay() {
    printf '    tickets and a picture of the desk: %s\n' "$work/out"
    printf '    sign in as admin with %s\n' "$new_password"
    if [ -n "${DISPLAY:-}" ] || [ -n "${WAYLAND_DISPLAY:-}" ]; then
        say "The desktop is open; Ctrl+C ends everything"
        "$bin/parterre" --server "${url/http/ws}/v1/desk" --user admin 2>>"$work/desk.log" &
        desktop=$!
    else
        say "There is no display for the desktop; Ctrl+C ends the server"
    fi
    wait "$server"
    server=
    fail "parterred has ended; its log is $work/server.log"
}

choose_folder
start_terminal
start_server
choose_password
put_on_sale
sell_at_the_desk
sell_to_the_public
judge
say "The sale went through on both sides, and the database agrees. The shop: $url/"
$is_smoke || stay
