#!/bin/bash
# ewf.sh [MIB]: bytes a second of an E01 image, ours and libewf's: the median
# of BENCH_ROUNDS runs each (3). The image holds files of this machine (1,024
# MiB unless said otherwise), packed by ewfacquire.
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"
need ewfacquire
mib=${1:-1024}
rounds=${BENCH_ROUNDS:-3}
ours=$B/tests/image_bench
[ -x "$ours" ] || die "no $ours"
space $((mib * 2 / 950 + 1))

tar -cf - /usr/lib /usr/share /usr/bin 2>/dev/null |
	head -c "$((mib << 20))" >"$tmp/raw"
size=$(stat -c %s "$tmp/raw")
ewfacquire -q -u -c fast -S 1G -t "$tmp/img" "$tmp/raw" >/dev/null 2>&1 ||
	die "ewfacquire failed"
packed=$(cat "$tmp"/img.E* | wc -c)
echo "image: $size bytes, $packed packed"

e=$tmp/img.E01
for ((round = 1; round <= rounds; round++)); do
	echo "round $round of $rounds"
	for j in 1 2; do
		once read-j$j null "$ours" read -j$j "$e"
		once verify-j$j null "$ours" verify -j$j "$e" # three hashes
	done
	! command -v img_cat >/dev/null || once img_cat null img_cat -i ewf "$e"
	! command -v ewfverify >/dev/null || once ewfverify null ewfverify -q "$e" # MD5
	once read-raw-j1 null "$ours" read -j1 "$tmp/raw"
done

# speed NAME COLUMN: GB a second of it.
speed() {
	awk -v n="$size" -v s="$(median "$1" "$2")" \
	    'BEGIN { if (s > 0) printf "%.2f", n / 1e9 / s; else print "-" }'
}
printf '\n%-16s %7s %7s %9s %9s\n' name 'CPU s' 'wall s' 'GB/CPU s' GB/s
for n in "${names[@]}"; do
	printf '%-16s %7.2f %7.2f %9s %9s\n' "$n" "$(median "$n" 2)" \
	    "$(median "$n" 3)" "$(speed "$n" 2)" "$(speed "$n" 3)"
done
if command -v img_cat >/dev/null; then
	result "E01, ours / libewf, bytes a CPU second:" \
	    "$(ratio "$(median img_cat 2)" "$(median read-j1 2)") times (wanted: 2)"
else
	result "E01, ours / libewf: skipped, no img_cat"
fi
# The clock counts what else the machine does, too: the least of each.
result "E01, two threads / one, bytes a second by the clock:" \
    "$(ratio "$(least read-j1 3)" "$(least read-j2 3)") times"
bench_end
