#!/bin/bash
# faults.sh [MODE]: every call to the system and for memory that spill-timeline
# makes is made to fail, one at a time. Whatever fails: no death by a signal,
# status 3 and no output, or the same output as ever; nothing is left behind.
# TAP, one line a kind of call.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
begin "faults: spill-timeline"
[ "$mode" != san ] || skip_all "a preloaded library and ASan do not mix"
lib=$B/tests/fault.so
[ -x "$lib" ] || bail "no $lib"
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

# kind CALL [NAME=VALUE...]: all its calls; the name of a test, then a line for
# each thing that went wrong.
kind() {
	local c=$1 d n=0 total todo status why ran=0 bad=0 refused=0 label
	label="$*"
	d=$tmp/kind_${label//[^a-z]/_}
	run "$d" FAULT_CALL="$c" "${@:2}"
	total=$(cat "$d/count")
	echo "$total" >"$d.total"
	if [ "$total" -eq 0 ]; then
		echo "# $suite: $label: it makes no such call"
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
		echo "call $n of $total: ${why//$'\n'/; }"
		head -n 3 "$d/said" | sed 's/^/    /'
	done >"$d.why"
	if [ $bad -gt 0 ]; then
		echo "$label: $bad of $ran runs went wrong"
		cat "$d.why"
	else
		echo "$label: $total calls, $ran runs, $refused with status 3"
	fi
	rm -rf "$d"
}

run "$tmp/clean"
status=$?
if [ $status -gt 1 ] || ! mv "$tmp/clean/out/t.csv" "$tmp/clean.csv"; then
	bail "status $status without any fault: $(head -n 1 "$tmp/clean/said")"
fi
tail -n +2 "$tmp/clean.csv" | sort >"$tmp/clean.sorted"

kinds=(alloc "alloc FAULT_SCOPE=all" mmap pthread_create read pread write pwrite open close fsync
	ftruncate fallocate mkostemp mkdtemp link rename
	"read FAULT_SHORT=1" "pread FAULT_SHORT=1"
	"write FAULT_SHORT=1" "pwrite FAULT_SHORT=1")
for i in "${!kinds[@]}"; do
	while [ "$(jobs -rp | wc -l)" -ge $jobs ]; do wait -n; done
	# shellcheck disable=SC2086 # words are meant
	kind ${kinds[i]} >"$tmp/$i.kind" &
done
wait
for i in "${!kinds[@]}"; do
	label=
	read -r label <"$tmp/$i.kind"
	case $label in
	'#'*) echo "$label" ;;
	*)
		tail -n +2 "$tmp/$i.kind" >"$why"
		[ -n "$label" ] || echo "it did not end" >"$why"
		tap "${label:-${kinds[i]}}" ;;
	esac
done
# A run that spills is what this is about.
[ "$(cat "$tmp/kind_pwrite.total")" -gt 0 ] ||
	echo "no run spilled, the input is too small" >"$why"
tap "the runs spill"
tap_end
