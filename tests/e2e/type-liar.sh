#!/bin/bash
# type-liar.sh [MODE]: spill-type with a worker-content that lies
# (tests/worker/worker-liar-content.c), then with a worker-fs that does
# (worker-liar.c): each lie costs its item an error record, and no other item
# anything. TAP.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
suite="lying worker of types"
mkdir -p "$tmp/t/bin" "$tmp/t/libexec/spillkit"
cp "$B/bin/spill-type" "$tmp/t/bin" &&
    cp "$B/libexec/spillkit/worker-fs" "$tmp/t/libexec/spillkit/" &&
    cp "$B/tests/libexec/worker-liar-content" \
	"$tmp/t/libexec/spillkit/worker-content" || bail "it is not built"
export TMPDIR=$tmp LC_ALL=C.UTF-8 TZ=UTC
cd "$tmp" || exit 2
echo good >a
echo good >c

# Rows of ordinary files, and of the member that each honest one has.
good() {
	printf 'file:%s\t%s\tok\t1\nfile:%s:m\t%s/m\t\t\n' "$1" "$1" "$1" "$1"
}
# run ARG...: the rows are in got, what it says in said.
run() {
	rm -f errors
	timeout 100 t/bin/spill-type -q --format tsv --max-members 1000 \
	    --errors errors "$@" >rows 2>said
	status=$?
	columns item path status members <rows >got
}
# safe: nothing that acts on a terminal, and no lie, is in what it wrote.
safe() {
	! grep -aHn $'LIE\|other:\|passwd\|[\x01-\x08\x0b-\x1f\x7f]\|\xc2\x9b' \
	    rows said errors >>"$why"
}

run a c
ended 0 $status
{ good a; good c; } | diff - got >>"$why"
tap "the truth comes through"

# Of most lies nothing of the item is left but that it was there.
while read -r word code; do
	echo "LIE $word" >b
	run -j 1 a b c
	ended 1 $status "$word"
	safe
	grep -q "^[^,]*,[^,]*,b,file:b,b,${code:-protocol}," errors ||
	    { echo "$word:"; head -n 5 errors; } >>"$why"
	{ good a; printf 'file:b\tb\tcrash\t\n'; good c; } >want
	case $word in
	dies | deaths | last-words) grep -v '^file:b' <got >got2
		{ good a; good c; } | diff - got2 >>"$why" ;;
	*) diff want got >>"$why" ;;
	esac
	tap "of an item: $word"
done <<-END
	nothing
	twice
	member-first
	no-chain
	no-segment
	bad-escape
	raw-chain
	other-parent
	deep
	path-of-other
	path-of-none
	path-escapes
	path-line
	path-c1
	path-utf8
	type-escapes
	mime-escapes
	note-line
	kind
	hidden
	status
	evidence
	volume
	known
	no-time
	number-minus
	number-large
	sha-short
	sha-odd
	sha-no-hex
	md5-long
	no-column
	huge
	short-row
	garbage-row
	completes-other
	completes-more
	rows
	errors
	places
	pieces
	place-back
	place-beyond
	other-job
	short-frame
	long-record
	no-frame
	bytes
	error-escapes
	error-long
	error-code
	error-item
	last-words damaged
	dies crash
	deaths crash
END

# --- records --------------------------------------------------------------------

# Cells that would act on a terminal, or end a line, are escaped; what is
# escaped stays so.
printf 'item\tpath\tnote\tkind\town\nfile:a\t/\033[2J%%1B\\n\302\233\177/a\t\033]0;x\007\tfile\t\033\302\205x\n' |
    timeout 100 t/bin/spill-type -q --format tsv >rows 2>said
ended 0 $?
columns path note own <rows >got
printf '%s\t%s\t%s\n' '/%1B[2J%1B%0A%C2%9B%7F/a' '%1B]0;x%07' '%1B%C2%85x' \
    '/%1B[2J%1B%0A%C2%9B%7F/a/m' '' '' | diff - got >>"$why"
t/bin/spill-type -q --format tsv <rows 2>said | head -n 2 >twice
head -n 2 rows | diff - twice >>"$why"
tap "control characters of records"

# --- worker-fs --------------------------------------------------------------------

cp "$B/tests/libexec/worker-liar" t/libexec/spillkit/worker-fs
printf 'item,evidence,path,kind,size\n' >items
for i in 5 6 7; do echo "liar:p1:$i,liar.raw,/$i,file,4"; done >>items
while read -r word code some; do
	printf '%s\n' "$word" >liar.raw
	echo good >f
	run -j 1 <items
	wanted=1
	[ "$word" != none ] || wanted=0
	# Of none of the items a byte could be read.
	[ "$word" != fill-in-silence ] || wanted=3
	ended $wanted $status "$word"
	[ $status = $wanted ] || head -c 1000 said >>"$why"
	safe
	[ "$(grep -c $'^liar:p1:[567]\t' got)" = 3 ] || cat got >>"$why"
	[ "$code" = - ] || grep -q ",$code," errors || head -n 5 errors >>"$why"
	[ "$(grep -c $'\t\t1$' got)" = "$some" ] ||
	    { echo "rows:"; cat got; } >>"$why"
	tap "of worker-fs: $word"
done <<-END
	none - 3
	fill-nothing protocol 0
	fill-long-text protocol 2
	fill-long-item protocol 2
	fill-escapes protocol 2
	fill-beyond protocol 0
	fill-in-silence unreadable 0
END
tap_end
