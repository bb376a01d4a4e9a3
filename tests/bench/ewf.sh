#!/bin/bash
# ewf.sh [MIB]: bytes per CPU second on an E01 image, ours and libewf's. The
# image holds files of this machine (1,024 MiB unless said otherwise), packed
# by ewfacquire. CPU is user and system time of the process.
set -u
cd "$(dirname "$0")/../.." || exit 2
B=${B:-$PWD/build/release}
mib=${1:-1024}
rounds=${ROUNDS:-3}
bench=$B/tests/image_bench
[ -x "$bench" ] || { echo "bench: no $bench" >&2; exit 2; }
command -v ewfacquire >/dev/null || { echo "bench: no ewfacquire"; exit 0; }
tmp=$(mktemp -d "${TMPDIR:-/var/tmp}/ewf-XXXXXX") || exit 2
trap 'rm -rf "$tmp"' EXIT

tar -cf - /usr/lib /usr/share /usr/bin 2>/dev/null |
	head -c "$((mib << 20))" >"$tmp/raw"
size=$(stat -c %s "$tmp/raw")
ewfacquire -q -u -c fast -S 1G -t "$tmp/img" "$tmp/raw" >/dev/null 2>&1 ||
	{ echo "bench: ewfacquire failed" >&2; exit 1; }
packed=$(cat "$tmp"/img.E* | wc -c)
echo "image: $size bytes, $packed packed; best of $rounds rounds"
printf '%-34s %8s %8s %10s %10s\n' command cpu_s wall_s GB/cpu_s GB/s

# measure NAME COMMAND...: the round with the least CPU.
measure() {
	local name=$1 i
	shift
	TIMEFORMAT='%U %S %R'
	for ((i = 0; i < rounds; i++)); do
		{ time "$@" >/dev/null 2>"$tmp/said"; } 2>&1
	done | awk -v n="$size" -v name="$name" '
	    best == "" || $1 + $2 < best { best = $1 + $2 }
	    wall == "" || $3 < wall { wall = $3 }
	    END { printf "%-34s %8.2f %8.2f %10.2f %10.2f\n", name, best, wall,
		n / 1e9 / best, n / 1e9 / wall }'
}
e=$tmp/img.E01
measure "ours: read, 1 thread" "$bench" read -j1 "$e"
measure "ours: read, 2 threads" "$bench" read -j2 "$e"
measure "ours: verify (3 hashes), 1 thread" "$bench" verify -j1 "$e"
measure "ours: verify (3 hashes), 2 threads" "$bench" verify -j2 "$e"
! command -v img_cat >/dev/null || measure "img_cat (libewf)" img_cat -i ewf "$e"
measure "ewfverify (MD5)" ewfverify -q "$e"
measure "ours: read raw, 1 thread" "$bench" read -j1 "$tmp/raw"
