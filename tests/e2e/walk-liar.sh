#!/bin/bash
# walk-liar.sh [MODE]: spill-walk and spill-cat with a worker-fs that lies
# (tests/worker/worker-liar.c): they end, say so, and pass nothing on that
# they can know to be wrong. TAP.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
suite="lying worker"
mkdir -p "$tmp/t/bin" "$tmp/t/libexec/spillkit"
cp "$B/bin/spill-walk" "$B/bin/spill-cat" "$tmp/t/bin" &&
    cp "$B/tests/libexec/worker-liar" "$tmp/t/libexec/spillkit/worker-fs" ||
    bail "it is not built"
export TMPDIR=$tmp LC_ALL=C.UTF-8 TZ=UTC
cd "$tmp" || exit 2

# run TOOL WORD ARG...: with an image that makes the worker tell that lie.
run() {
	local tool=$1
	printf '%s\n' "$2" >liar.raw
	shift 2
	timeout 100 "t/bin/$tool" "$@" >got 2>said
	status=$?
}
# ended STATUS TEXT: it ended so and said something like it; nothing that
# acts on a terminal, and no lie, is in what it wrote.
ended() {
	{
		[ "$status" = "$1" ] || echo "status $status, not $1"
		grep -qE -- "$2" said || { echo "it said:"; cut -c 1-300 said; }
		! grep -aHn $'LIE\|other:\|passwd\|[\x01-\x09\x0b-\x1f]' got said
		# What ended in the middle must not look whole.
		[ "$1" = 0 ] || grep -q 'errors: [1-9]' said ||
		    grep -q 'protocol' said || echo "no count of errors"
	} >>"$why"
}
# rows PATH...: exactly these items came out.
rows() {
	printf '%s\n' path ${1+"$@"} >want
	cut -d , -f 4 got >paths
	cmp -s want paths || diff want paths >>"$why"
}

run spill-walk none liar.raw
[ "$status" = 0 ] && [ ! -s said ] || cat said >>"$why"
rows /good
tap "the truth comes through"

bad="protocol: an impossible record"
while read -r word text; do
	run spill-walk "$word" liar.raw
	ended 3 "^spill-walk: 'liar.raw': ${text:-$bad}"
	[ ! -s got ] || echo "there is output" >>"$why"
	tap "of the image: $word"
done <<-END
	nothing protocol: it said nothing of the image
	no-volume protocol: it said nothing of the image
	its-path
	its-hash
	twins
	climbing-volume
	volumes
	error-object
END

for word in found-twins found-climbing; do
	run spill-walk $word liar.raw
	ended 1 "the search for lost volumes ended early, at byte 0: $bad"
	rows /good
	tap "of lost volumes: $word"
done

while read -r word text; do
	run spill-walk "$word" liar.raw
	ended 1 "'liar.raw': volume p1, the walk ended early: ${text:-$bad}"
	rows /good
	tap "of an item: $word"
done <<-END
	foreign
	foreign-parent
	other-evidence
	other-volume
	known-hash
	escapes
	hidden-escapes
	bad-utf8
	no-such-time
	no-item
	other-schema
	huge-cell
	places protocol: more records than there can be
	pieces protocol: a row over the limit
	other-job protocol: a reply to another job
	bytes
	error-range
	error-code
	error-text
	error-item
	last-words .x1b\[2J
END

run spill-walk silence liar.raw
ended 1 "the walk ended early: protocol: it said nothing of the file system"
rows
tap "silence"

# The same item again and again is no lie that could be known, but there
# cannot be so many.
run spill-walk rows liar.raw
ended 1 "the walk ended early: protocol: more records than there can be"
[ "$(wc -l <got)" -lt 600000 ] || echo "$(wc -l <got) lines" >>"$why"
tap "rows without end"

run spill-walk deaths liar.raw
ended 1 "the walk ended early: crash"
[ "$(grep -c 'one entry is skipped' said)" = 64 ] || cat said >>"$why"
rows /good
tap "a death at every place"

run spill-walk unlucky liar.raw
ended 1 "one entry is skipped: crashed"
rows /good /first /second
tap "an error before the row does not cost the next row"

run spill-walk half liar.raw
ended 1 "^spill-walk: 'liar.raw': partial: half of it"
rows /good
tap "what is known of half an image is walked"

# It ends with the good evidence, too, and the errors are in a file.
printf 'none\n' >good.raw
run spill-walk escapes --errors errors.csv liar.raw good.raw
rows /good /good
[ "$status" = 1 ] || echo "status $status" >>"$why"
grep -q ',protocol,' errors.csv || cat errors.csv >>"$why"
tap "the evidence behind it is walked all the same"

run spill-cat bytes -e liar.raw -r 0+4 liar:p1:5
ended 1 "'liar:p1:5': $bad"
printf good | cmp -s - got || cat got >>"$why"
tap "more bytes than were asked for"

run spill-cat bytes -e liar.raw liar::@0+4
ended 1 "'liar::@0\+4': $bad"
printf good | cmp -s - got || cat got >>"$why"
tap "more bytes than the range has"

run spill-cat a-row -e liar.raw liar:p1:5
ended 1 "'liar:p1:5': $bad"
tap "a row in place of bytes"
tap_end
