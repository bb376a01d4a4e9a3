#!/bin/bash
# walk-hostile-other.sh [MODE]: spill-walk on ISO 9660, APFS and HFS+ that were
# made to mislead, to loop, or to cost much. Each has the exact rows and
# messages that must come, within 256 MiB and some seconds of CPU. TAP.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
suite="walk-hostile-other"
testdata=${TESTDATA:-$PWD/../shared/testdata}
export LC_ALL=C TZ=UTC PATH="$PATH:/sbin:/usr/sbin"
unset SOURCE_DATE_EPOCH
walk=$B/bin/spill-walk
[ -x "$walk" ] || bail "no $walk"
gcc -std=gnu17 -O1 -Wall -Wextra -Werror -Iinclude -o "$tmp/apfs-make" \
    tests/e2e/apfs-make.c 2>"$tmp/log" || { cat "$tmp/log"; bail "no apfs-make"; }
cd "$tmp" || exit 2

# walked: img, within limits; the files rows and said, and the status.
walked() {
	(
		ulimit -t 20
		[ "$mode" = san ] || ulimit -v 1500000
		exec timeout 60 "$walk" -q -r -m 256M --format tsv img
	) >rows 2>said
}
seen() {
	local status
	walked
	status=$?
	awk -F'\t' -v OFS='|' '
	NR == 1 { for (i = 1; i <= NF; i++) col[$i] = i; next }
	{
		print $col["volume"], $col["path"], $col["kind"], \
		    $col["content"], $col["status"], $col["size"]
	}' rows
	sed "s/^spill-walk: 'img': //; s/^spill-walk: //" said
	echo "status $status"
}
# gives NAME: where img differs from the file clean; then it is sound again.
gives() {
	cat >want
	seen >got
	diff clean got | grep '^[<>]' | diff want - >"$why"
	cp sound img
	tap "$1"
}
# find_text TEXT [N]: the offset of its n-th place; \0 and the like are bytes.
find_text() {
	grep -obUaP "$1" sound | sed -n "${2:-1}s/:.*//p"
}
be() { printf '%08x' "$1"; }
le() {
	printf '%02x%02x%02x%02x' $(($1 & 255)) $(($1 >> 8 & 255)) \
	    $(($1 >> 16 & 255)) $(($1 >> 24 & 255))
}
both() { le "$1"; be "$1"; }

# --- ISO 9660 ----------------------------------------------------------------

iso() {
	local at root
	mkdir -p tree/dir/sub
	echo "EXERCISE EXERCISE" >tree/dir/paper.txt
	echo "NATO RESTRICTED" >"tree/A long name, 2nd draft.docx"
	: >tree/empty.txt
	: >$'tree/new\nline'
	: >$'tree/esc\x1b[2J bell\x07'
	: >$'tree/C1 \xc2\x9b bad \xff'
	: >'tree/%s%n%00'
	: >"tree/=cmd|' calc'!A0"
	: >$'tree/right to left \xe2\x80\xae txt.exe'
	find tree -exec touch -h -d '2024-06-03 10:20:30' {} +
	genisoimage -quiet -R -V HOSTILE -o sound tree 2>>log || {
		skip "ISO 9660" "genisoimage failed"
		return
	}
	cp sound img
	seen >clean
	sed 's/^p0|//; s/|.*|/|/' clean | diff - <(cat <<'ROWS'
/|2048
/A long name, 2nd draft.docx|16
/C1 %C2%9B bad %FF|0
/dir|2048
/dir/paper.txt|18
/dir/sub|2048
/empty.txt|0
/esc%1B[2J bell%07|0
/new%0Aline|0
/right to left %E2%80%AE txt.exe|0
/=cmd|0
/%25s%25n%2500|0
status 0
ROWS
	) >"$why"
	tap "ISO 9660: names"

	root=$(($(od -An -tu4 -j $((32768 + 158)) -N 4 sound) * 2048))
	at=$(find_text 'CE\x1c\x01')
	poke $((at + 4)) "$(both $((at / 2048)))" "$(both $((at % 2048)))" "$(both 28)"
	gives "ISO 9660: a continuation that leads to itself" <<'ROWS'
< status 0
> directory records with damaged system use areas: 1
> errors: 1
> status 1
ROWS
	# The two path tables: each entry leads to itself, none has a length.
	poke $(($(od -An -tu4 -j $((32768 + 140)) -N 4 sound) * 2048)) 0000ffffffffffff
	poke $(($(od -An -tu4 --endian=big -j $((32768 + 148)) -N 4 sound) * 2048)) \
	    0000ffffffffffff
	gives "ISO 9660: a path table that loops" <<'ROWS'
ROWS
	at=$(find_text 'PAPER.TXT')
	for len in 00 01 21 ff; do
		poke $((at - 33)) $len
		gives "ISO 9660: a record of length $len" <<'ROWS'
< status 0
> '/dir': folder is damaged, entries may be missing: its records are damaged
> errors: 1
> status 1
ROWS
	done
	at=$(find_text '\x03DIR')
	poke $((at - 30)) "$(both $((root / 2048)))"
	gives "ISO 9660: a folder that leads to the root" <<'ROWS'
< p0|/dir/paper.txt|file|complete|ok|18
< p0|/dir/sub|dir|complete|ok|2048
< status 0
> '/dir': folder is damaged, entries may be missing: it has sectors of another folder
> errors: 1
> status 1
ROWS
	poke $((at - 22)) "$(both $((0xffffffff)))"
	gives "ISO 9660: a folder of 4 GiB" <<'ROWS'
< p0|/dir|dir|complete|ok|2048
> p0|/dir|dir|partial|ok|4294967295
< status 0
> '/dir': folder is damaged, entries may be missing: its records are damaged
> errors: 1
> status 1
ROWS
	at=$(find_text 'PAPER.TXT')
	poke $((at - 31)) "$(both $((0xfffffffe)))"
	gives "ISO 9660: a file outside the volume" <<'ROWS'
< p0|/dir/paper.txt|file|complete|ok|18
> p0|/dir/paper.txt|file|partial|ok|18
ROWS
	poke $((at - 23)) "$(both $((0xffffffff)))"
	gives "ISO 9660: a file of 4 GiB" <<'ROWS'
< p0|/dir/paper.txt|file|complete|ok|18
> p0|/dir/paper.txt|file|partial|ok|4294967295
ROWS
	poke $((32768 + 158)) "$(both 0)"
	gives "ISO 9660: a root folder at block 0" <<'ROWS'
< p0|/A long name, 2nd draft.docx|file|complete|ok|16
< p0|/C1 %C2%9B bad %FF|file|complete|ok|0
< p0|/dir|dir|complete|ok|2048
< p0|/dir/paper.txt|file|complete|ok|18
< p0|/dir/sub|dir|complete|ok|2048
< p0|/empty.txt|file|complete|ok|0
< p0|/esc%1B[2J bell%07|file|complete|ok|0
< p0|/new%0Aline|file|complete|ok|0
< p0|/right to left %E2%80%AE txt.exe|file|complete|ok|0
< p0|/=cmd|' calc'!A0|file|complete|ok|0
< p0|/%25s%25n%2500|file|complete|ok|0
< status 0
> 'img:p0:32924': folder is damaged, entries may be missing: its records are damaged
> errors: 1
> status 1
ROWS
	poke $((32768 + 128)) 00000000
	gives "ISO 9660: blocks of no size" <<'ROWS'
< status 0
> the size of its blocks is none: 2048 bytes are taken
> errors: 1
> status 1
ROWS
}
if command -v genisoimage >/dev/null; then
	iso
else
	skip "ISO 9660" "no genisoimage"
fi
tap_end
