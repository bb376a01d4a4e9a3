#!/bin/bash
# timeline.sh: what spill-timeline costs beside mactime and sort, in CPU
# seconds: the median of BENCH_ROUNDS runs each (3).
#
# Inputs are made once, the same on every machine, and kept under build/bench:
#	body5m		bodyfile of 5,000,000 lines, 20 million events
#	body500k	its first 500,000 lines
#	sorted-0 to -9	record streams of 500,000 events each, of its first
#			1,250,000 lines, sorted, as spill-timeline writes them
# Output goes to a file beside them, but that of the 20 million events to a
# pipe, which spares 5 GB of disk; /dev/null shows what either costs.
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"
need mactime sort awk
tool=$B/bin/spill-timeline
rounds=${BENCH_ROUNDS:-3}
space 6 $d/body* $d/sorted-*

# --- inputs ------------------------------------------------------------------

cc -O2 -D_GNU_SOURCE -o "$tmp/make-body" tests/bench/make-body.c ||
	die "make-body.c does not build"
# make NAME COMMAND...: its output becomes the input NAME, unless it is there.
make() {
	local name=$1
	shift
	[ -e "$d/$name" ] && return
	echo "making $name"
	if ! "$@" >"$tmp/new" || ! mv "$tmp/new" "$d/$name"; then
		die "cannot make $name"
	fi
}
# What was made by another make-body is another input.
if ! cmp -s tests/bench/make-body.c $d/made-by; then
	rm -f $d/body* $d/sorted-*
	cp tests/bench/make-body.c $d/made-by
fi
make body5m "$tmp/make-body" 5000000 $d/rows
make body500k head -n 500000 $d/body5m
for i in 0 1 2 3 4 5 6 7 8 9; do
	[ -e $d/sorted-$i ] && continue
	tail -n +$((i * 125000 + 1)) $d/body5m | head -n 125000 >"$tmp/slice"
	make sorted-$i "$tool" -q "$tmp/slice"
done
rows_of() {
	awk -v n="$1" '$1 == n { print $2 }' $d/rows
}

# --- runs --------------------------------------------------------------------

# with NAME ROWS OUTPUT COMMAND...: one run, which must have so many lines, and
# a header unless it is sort.
with() {
	local name=$1 rows=$2 to=$3 due=$(($2 + 1))
	shift 3
	case $name in sort*) due=$rows ;; esac
	echo "$rows" >"$tmp/$name.rows"
	once "$name" "$to" "$@"
	[ "$status" -eq 0 ] && [ "$to" != null ] && [ "$lines" -ne "$due" ] ||
		return 0
	echo "$name: $lines lines where $due were due" >&2
	failed=1
}

all=$(rows_of 5000000) few=$(rows_of 500000) merged=$(rows_of 1250000)
merge=("$tool" -q --memory 256M)
for ((round = 1; round <= rounds; round++)); do
	echo "round $round of $rounds"
	with mactime-500k "$few" file mactime -d -y -b $d/body500k
	for j in 1 2; do
		with timeline-500k-j$j "$few" file \
		    "$tool" -q --memory 256M -j $j $d/body500k
	done
	with sort-5m 5000000 file sort -t'|' -k9,9n -S 256M -T "$tmp" $d/body5m
	for j in 1 2; do
		with timeline-5m-j$j "$all" pipe \
		    "$tool" -q --memory 256M -j $j $d/body5m
	done
	for j in 1 2; do
		with merge-j$j "$merged" file \
		    "${merge[@]}" -j $j $d/sorted-?
	done
done
with timeline-5m-j2-null "$all" null \
    "$tool" -q --memory 256M -j 2 $d/body5m
with merge-j2-null "$merged" null "${merge[@]}" -j 2 $d/sorted-?

# --- the table ---------------------------------------------------------------

# Rows per CPU second.
speed() {
	awk -v r="$(cat "$tmp/$1.rows")" -v s="$(median "$1" 2)" \
	    'BEGIN { print int(r / s) }'
}

peer=$(speed mactime-500k)
printf '\n%-20s %9s %7s %7s %11s %8s %10s\n' name rows 'CPU s' 'wall s' \
    'rows/CPU s' 'peak MiB' '/ mactime'
for n in "${names[@]}"; do
	s=$(speed "$n")
	printf '%-20s %9d %7.2f %7.2f %11d %8d %10s\n' "$n" "$(cat "$tmp/$n.rows")" \
	    "$(median "$n" 2)" "$(median "$n" 3)" "$s" \
	    $(($(median "$n" 4) / 1024)) "$(ratio "$s" "$peer")"
done
result "spill-timeline / mactime, rows a CPU second:" \
    "$(ratio "$(speed timeline-5m-j2)" "$peer") times (wanted: 8)"
result "spill-timeline, streams merged: $(speed merge-j2) rows a CPU second" \
    "(wanted: 1000000)"
bench_end
