#!/bin/bash
# walk-kills.sh [MODE]: workers of spill-walk and spill-cat are killed at random
# moments. The rows are those of an undisturbed run, but for what an error
# record tells of; the bytes of an item are whole or the run has failed. TAP.
#
# SPILL_TEST_KILLS: how many of the walk's [5]; SPILL_TEST_SEED: of the chance.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
suite=walk-kills
export LC_ALL=C TZ=UTC PATH="$PATH:/sbin:/usr/sbin"
walk=$B/bin/spill-walk cat=$B/bin/spill-cat
kills=${SPILL_TEST_KILLS:-5} seed=${SPILL_TEST_SEED:-$RANDOM}
RANDOM=$seed
a_run=8 # so many go to a run at most
files=20000
command -v mke2fs >/dev/null || skip_all "no mke2fs"
cd "$tmp" || exit 2

# --- evidence -----------------------------------------------------------

# Names that are long: what is under way between two processes is a small
# part of the whole then. A large file for spill-cat, no two blocks the same.
make_evidence() {
	local long
	long=$(printf 'n%.0s' {1..160})
	mkdir tree && (cd tree && seq -f 'd%03g' 0 199 | xargs mkdir &&
	    seq 0 $((files - 1)) |
	    awk -v l="$long" '{ print "d" sprintf("%03d", $1 % 200) "/" l $1 }' |
	    xargs touch && seq 1 3000000 >large)
	truncate -s 96M big.raw
	mke2fs -q -t ext2 -F -N 24000 -d tree big.raw
}
make_evidence >log 2>&1 || bail "no evidence: $(head -n 1 log)"
"$walk" -q big.raw 2>>"$why" | tail -n +2 | sort >rows.want
[ "$(wc -l <rows.want)" -gt $files ] || echo "too few rows" >>"$why"
large=$(grep -m 1 ',/large,' rows.want | cut -d , -f 1)
"$cat" -e big.raw "$large" 2>>"$why" | cmp - tree/large >>"$why" 2>&1
tap "undisturbed, all is there"

# --- killing ------------------------------------------------------------

# first_child PID: the first one it has.
first_child() {
	local all=
	{ read -r all <"/proc/$1/task/$1/children"; } 2>/dev/null
	echo "${all%% *}"
}
# start TOOL ARG...: $pid is a timeout(1) over it; 3 is its output, a pipe that
# makes it wait for this script; standard error goes to "said".
start() {
	rm -f pipe said seen
	mkfifo pipe
	: >said
	timeout -k 5 120 "$@" >pipe 2>said &
	pid=$!
	exec 3<pipe
}
# hit SIGNAL: the worker at work, which is the child of the zygote.
hit() {
	local tool zygote worker
	tool=$(first_child "$pid")
	zygote=$(first_child "${tool:-0}")
	worker=$(first_child "${zygote:-0}")
	[ -n "$worker" ] || return 1
	echo "$zygote $worker" >>seen
	kill -"$1" "$worker" 2>/dev/null
}
# landed: kills that the tool met so far.
landed() {
	grep -c '(signal' said
}
# left: processes that were seen and are still there. A dead one that nobody
# waits for is not: there are containers without an init.
left() {
	tr ' ' '\n' <seen 2>/dev/null | sort -u | while read -r p; do
		! grep -q '^State:[^Z]*$' "/proc/$p/status" 2>/dev/null ||
			echo "process $p is still there"
	done
}

# disturb KILLS: with that many, each after some more of the output; half of
# them at once again, while the next worker is on its way to where it goes on.
disturb() {
	local todo=$1 sig part=$((total / ($1 + 1))) tries=0 before
	while [ "$(landed)" -lt "$todo" ] && [ $((tries += 1)) -lt 400 ]; do
		sig=KILL
		[ $((RANDOM % 3)) -ne 0 ] || sig=SEGV
		[ $((tries % 2)) -ne 1 ] ||
			head -c $((part / 4 + RANDOM * 32 % part)) <&3
		before=$(landed)
		hit $sig || { sleep 0.01; continue; }
		# It notices when it may write on.
		for _ in {1..50}; do
			[ "$(landed)" -eq "$before" ] || break
			[ -n "$(first_child "$pid")" ] || break
			head -c 4096 <&3
		done
	done
	timeout 120 cat <&3
}

# few WHAT: the first of the rows, and how many there are.
few() {
	awk -v what="$1" 'NR <= 3 { print what ": " substr($0, 1, 60) }
	    END { if (NR > 3) print what ": " NR }'
}

# one KILLS: a run, and what is wrong with it.
one() {
	local code missing hits
	start "$walk" big.raw
	disturb "$1" >out.csv
	wait "$pid"
	code=$?
	exec 3<&-
	hits=$(landed)
	killed=$((killed + hits))
	tail -n +2 out.csv | sort >rows
	left >>"$why"
	uniq -d rows | few twice >>"$why"
	# A row of an entry that was gone past says so.
	comm -13 rows.want rows | grep -v ',crash,' | few new >>"$why"
	missing=$(comm -23 rows.want rows | tee rows.missing | wc -l)
	lost=$((lost + missing))
	# What an error record names, or the folder of it.
	sed -n "s/^spill-walk: 'big.raw': '\(.*\)': .* did not survive it$/\1/p" \
	    said >told
	grep 'ended early' said >>"$why"
	grep -vFf told rows.missing | few "not told" >>"$why"
	[ "$missing" -eq 0 ] || [ -s told ] ||
		echo "$missing rows are missing, no error tells of it" >>"$why"
	[ "$code" -eq "$([ -s told ] && echo 1 || echo 0)" ] ||
		echo "status $code with $(wc -l <told) errors" >>"$why"
	[ ! -s "$why" ] || { echo "seed $seed"; tail -n 20 said; } >>"$why"
}

total=$("$walk" -q big.raw | wc -c)
killed=0 lost=0
# A run's output may not last for all that were meant for it.
for ((i = 0; i < kills && killed < kills; i++)); do
	todo=$((kills - killed))
	one $((todo < a_run ? todo : a_run))
done
[ "$killed" -ge "$kills" ] || echo "only $killed kills of $kills landed" >>"$why"
echo "# $killed kills, $lost rows lost with an error"
tap "$killed workers of a walk are killed: nothing is lost in silence"

# --- the zygote ---------------------------------------------------------

start "$walk" big.raw
{
	head -c $((total / 3)) <&3
	tool=$(first_child "$pid")
	zygote=$(first_child "${tool:-0}")
	echo "$zygote $(first_child "${zygote:-0}")" >seen
	kill -KILL "$zygote" || echo "no zygote" >>"$why"
	timeout 120 cat <&3
} >out.csv
wait "$pid"
code=$?
exec 3<&-
[ $code -eq 0 ] || { echo "status $code"; cat said; } >>"$why"
tail -n +2 out.csv | sort | cmp - rows.want >>"$why" 2>&1
left >>"$why"
tap "the zygote is killed: another one goes on"

# The tool itself: nobody stays behind.
start "$walk" big.raw
head -c $((total / 3)) <&3 >out.csv
tool=$(first_child "$pid")
hit CONT || echo "no worker" >>"$why"
kill -KILL "$tool"
exec 3<&-
wait "$pid" 2>>log
for _ in {1..50}; do
	[ -n "$(left)" ] || break
	sleep 0.1
done
left >>"$why"
tap "the tool is killed: its workers end"

# --- spill-cat ----------------------------------------------------------

size=$(stat -c %s tree/large)
whole=0 told=0
for sig in KILL SEGV KILL; do
	start "$cat" -e big.raw "$large"
	{
		head -c $((RANDOM * 500 % (size - 4000000))) <&3
		hit $sig || echo "no worker" >>"$why"
		timeout 120 cat <&3
	} >out
	wait "$pid"
	code=$?
	exec 3<&-
	left >>"$why"
	if cmp -s out tree/large && [ $code -eq 0 ]; then
		whole=$((whole + 1))
	elif [ $code -eq 0 ]; then
		echo "status 0 with $(stat -c %s out) of $size bytes" >>"$why"
	else
		told=$((told + 1))
		[ $code -eq 1 ] || echo "status $code" >>"$why"
		grep -qx "spill-cat: 'big.raw': '$large': crashed (signal .*)" \
		    said || { echo "it does not say so:"; cat said; } >>"$why"
		cmp -n "$(stat -c %s out)" out tree/large >>"$why" 2>&1
	fi
done
[ $told -gt 0 ] || echo "no kill landed" >>"$why"
tap "spill-cat: $told runs told that their worker died, $whole were whole"

# With a hash, or into a file, less than all of it is nothing.
sum=$(sha256sum <tree/large)
start "$cat" --verify "${sum%% *}" -e big.raw "$large"
{
	head -c $((size / 3)) <&3
	hit KILL || echo "no worker" >>"$why"
	timeout 120 cat <&3
} >out
wait "$pid"
code=$?
exec 3<&-
[ $code -eq 3 ] || { echo "status $code"; cat said; } >>"$why"
tap "spill-cat --verify: status 3 if its worker died"
tap_end
