#!/bin/bash
# faults.sh [MODE]: every call to the system and for memory that spill-timeline
# makes is made to fail, one at a time. Whatever fails: no death by a signal,
# status 3 and no output, or the same output as ever; nothing is left behind.
# TAP, one line a kind of call.
set -u
cd "$(dirname "$0")/../.." || exit 2
mode=${1:-release}
B=${B:-$PWD/build/$mode}
lib=$B/tests/fault.so tool=$B/bin/spill-timeline
name="faults: spill-timeline"
if [ "$mode" = san ]; then
	echo "ok 1 - $name # SKIP a preloaded library and ASan do not mix"
	exit 0
fi
for f in "$lib" "$tool"; do
	[ -x "$f" ] || { echo "not ok 1 - $name: no $f"; exit 1; }
done
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
jobs=2

# More than the 4 MiB that a run may have: few rows, long names, several times.
awk 'BEGIN {
	for (i = 0; i < 900; i++)
		long = long "d"
	for (i = 0; i < 2500; i++)
		printf "0|/%s/EXERCISE %d|%d|r/rrwxrwxrwx|0|0|%d|%d|%d|%d|%d\n",
		    long, i, i, i, 1.7e9 + i * 7919 % 5000, 1.7e9 + i % 17,
		    1.7e9 - i, i % 50 ? 1.6e9 : 0
}' >"$tmp/in.body"

# run DIR [NAME=VALUE...]: one run with its own folders; its status.
run() {
	local d=$1
	shift
	rm -rf "$d"
	mkdir -p "$d/out" "$d/scratch"
	timeout -k 5 60 env TMPDIR="$d/scratch" FAULT_COUNT_FILE="$d/count" \
	    "$@" LD_PRELOAD="$lib" "$tool" --memory 4M --jobs 2 \
	    -o "$d/out/t.csv" "$tmp/in.body" >"$d/said" 2>&1 </dev/null
}

# judge CALL DIR STATUS: what is wrong with that run. An input that cannot be
# read to its end is damage, not a failure: rows may be missing then (status
# 1), but none may be another and some must be there.
judge() {
	local c=$1 d=$2 status=$3 left
	case $status in
	0 | 1) [ -e "$d/out/t.csv" ] || echo "status $status without output" ;;
	3) ;;
	124 | 137) echo "still running after 60 seconds" ;;
	*) echo "status $status" ;;
	esac
	if [ "$c:$status" = read:1 ]; then
		tail -n +2 "$d/out/t.csv" | sort >"$d/rows"
		[ -s "$d/rows" ] || echo "status 1 without a row"
		[ -z "$(comm -23 "$d/rows" "$tmp/clean.sorted")" ] ||
			echo "status 1 with rows that are not the clean ones"
	elif [ -e "$d/out/t.csv" ]; then
		cmp -s "$d/out/t.csv" "$tmp/clean.csv" ||
			echo "status $status with an output that is not the clean one"
	fi
	left=$(ls -A "$d/scratch"; find "$d/out" -mindepth 1 ! -name t.csv)
	[ -z "$left" ] || echo "status $status and left behind: ${left##*/}"
	[ "$status" -ne 3 ] || [ -s "$d/said" ] || echo "status 3 without a word"
}

# kind CALL [NAME=VALUE...]: all its calls; one TAP line without a number.
kind() {
	local c=$1 d n=0 total todo status why ran=0 bad=0 refused=0 label
	label="$name: $*"
	d=$tmp/${label//[^a-z]/_}
	run "$d" FAULT_CALL="$c" "${@:2}"
	total=$(cat "$d/count")
	echo "$total" >"$d.total"
	if [ "$total" -eq 0 ]; then
		echo "# $label: it makes no such call"
		return
	fi
	todo=$(seq 1 $((total + 1)))
	if [ "$total" -gt 400 ]; then
		# Every call up to 200, then 100 spread over the rest.
		todo="$(seq 1 200)
$(awk -v n="$total" 'BEGIN { for (i = 1; i <= 100; i++)
			print int(200 + (n - 200) * i / 100) }')
$((total + 1))"
	fi
	for n in $todo; do
		run "$d" FAULT_CALL="$c" FAULT_AT="$n" "${@:2}"
		status=$?
		ran=$((ran + 1))
		[ $status -ne 3 ] || refused=$((refused + 1))
		why=$(judge "$c" "$d" $status)
		# Beyond the last call nothing fails, so nothing may change.
		if [ "$(cat "$d/count" 2>/dev/null || echo "$n")" -lt "$n" ] &&
		    [ $status -ne 0 ]; then
			why+="status $status, yet no call failed"
		fi
		[ -n "$why" ] || continue
		bad=$((bad + 1))
		[ $bad -le 10 ] || continue
		echo "# call $n of $total: ${why//$'\n'/; }"
		head -n 3 "$d/said" | cat -v | sed 's/^/#     /'
	done >"$d.why"
	if [ $bad -gt 0 ]; then
		echo "not ok - $label: $bad of $ran runs went wrong"
		cat "$d.why"
	else
		echo "ok - $label: $total calls, $ran runs, $refused with status 3"
	fi
	rm -rf "$d"
}

run "$tmp/clean"
status=$?
if [ $status -gt 1 ] || ! mv "$tmp/clean/out/t.csv" "$tmp/clean.csv"; then
	echo "not ok 1 - $name: status $status without any fault"
	sed 's/^/# /' "$tmp/clean/said"
	exit 1
fi
tail -n +2 "$tmp/clean.csv" | sort >"$tmp/clean.sorted"

kinds=(alloc "alloc FAULT_SCOPE=all" mmap pthread_create read pread write pwrite open close fsync
	ftruncate fallocate mkostemp mkdtemp link rename
	"read FAULT_SHORT=1" "pread FAULT_SHORT=1"
	"write FAULT_SHORT=1" "pwrite FAULT_SHORT=1")
for i in "${!kinds[@]}"; do
	while [ "$(jobs -rp | wc -l)" -ge $jobs ]; do wait -n; done
	# shellcheck disable=SC2086 # words are meant
	kind ${kinds[i]} >"$tmp/$i.tap" &
done
wait
n=0 failed=0
for i in "${!kinds[@]}"; do
	if grep -qE '^(not )?ok' "$tmp/$i.tap"; then n=$((n + 1)); fi
	sed -E "s/^(not ok|ok) - /\1 $n - /" "$tmp/$i.tap"
	! grep -q '^not ok' "$tmp/$i.tap" || failed=$((failed + 1))
done
# A run that spills is what this is about.
n=$((n + 1))
if [ "$(cat "$tmp"/*_pwrite.total)" -gt 0 ]; then
	echo "ok $n - $name: the runs spill"
else
	failed=$((failed + 1))
	echo "not ok $n - $name: no run spilled, the input is too small"
fi
echo "1..$n"
[ $failed -eq 0 ]
