#!/bin/bash
# type-once.sh [MODE]: archives of very many members are unpacked once: when
# they are listed, and when the records of all members come again. Counted in
# instructions of the tool and its workers. TAP.
#
# SPILL_TEST_MEMBERS: how many [3,000].
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
suite=once
export LC_ALL=C TZ=UTC PATH="$B/bin:$PATH"
members=${SPILL_TEST_MEMBERS:-3000}
[ "$mode" != san ] || skip_all "valgrind and sanitizers do not mix"
for p in valgrind 7z tar; do
	command -v $p >/dev/null || skip_all "no $p"
done
mkdir "$tmp/scratch" "$tmp/many"
export TMPDIR=$tmp/scratch
cd "$tmp" || exit 2
(cd many && for ((i = 0; i < members; i++)); do
	echo "EXERCISE, member $i" >"m$i"
done)
7z a -y -bd -ms=on -mx=1 many.7z many >log 2>&1 || bail "7z: $(tail -n 1 log)"
tar --sort=name -czf many.tar.gz many
(cd many && sha256sum m* | awk '{ print $2 "\t" $1 }' | sort) >want

# cost ARG...: of spill-type, into $cost. A worker that is not needed any more
# is killed: what it did is in the parts that are written meanwhile.
cost() {
	rm -f cg.*
	valgrind --tool=callgrind --trace-children=yes --log-file=/dev/null \
	    --callgrind-out-file=cg.%p --dump-every-bb=5000000 \
	    "$B/bin/spill-type" -q --no-sandbox -j 1 -m 4G --format tsv "$@" \
	    >rows 2>said
	ended 0 $?
	cost=$(cat cg.* | awk '/^summary:/ { n += $2 } END { printf "%.0f\n", n / 1000000 }')
}
# are: the rows are those of all members.
are() {
	columns kind path sha256 <rows |
		awk -F'\t' '$1 == "member" { sub(/.*\//, "", $2); print $2 "\t" $3 }' |
		sort | cmp - want >>"$why" 2>&1
}
echo EXERCISE >one
cost one
none=$cost
for f in many.7z many.tar.gz; do
	cost $f
	first=$((cost - none))
	are
	# As a filter leaves them: nothing of what is known, only who they are.
	awk -F'\t' -v OFS='\t' '
	NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i }
	NR == 1 || $c["kind"] == "member" {
		print $c["item"], $c["evidence"], $c["path"], $c["kind"] }' rows >members
	cost <members
	again=$((cost - none))
	are
	echo "# $f: $first million instructions, $again for its members again"
	[ $first -gt 20 ] && [ $again -lt $((first * 2)) ] ||
		echo "$first million instructions, $again for its members again" >>"$why"
	tap "$f: the records of its $members members cost one more unpacking"
done
# Every third of them: no more than all.
awk 'NR == 1 || NR % 3 == 0' members >some
cost <some
[ $((cost - none)) -lt $((first * 2)) ] ||
	echo "$((cost - none)) million for a third of them" >>"$why"
[ "$(columns sha256 <rows | grep -c .)" = $((($(wc -l <members)) / 3)) ] ||
	wc -l rows >>"$why"
tap "a third of them: not more"
tap_end
