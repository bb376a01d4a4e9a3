#!/bin/bash
# verify.sh [MODE]: spill-walk --verify: whole images, what a flipped byte does
# to one, and what is told of it. TAP.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
suite=verify
export LC_ALL=C TZ=UTC PATH="$PATH:/sbin:/usr/sbin"
walk=$B/bin/spill-walk

fixtures/make-case "$tmp/case" >"$tmp/log" 2>&1 ||
	skip_all "make-case does not run here"
cd "$tmp/case" || exit 2

# run STATUS ARGUMENT...: spill-walk must end with that status.
run() {
	local want=$1
	shift
	"$walk" "$@" >"$tmp/out" 2>"$tmp/err"
	local got=$?
	[ $got -eq "$want" ] || echo "status $got, not $want: $*" >>"$why"
}
# has FILE LINE: the file has that line (without the spaces in front).
has() {
	sed 's/^ *//' "$1" | grep -qxF -- "$2" || {
		echo "no line: $2"
		cat "$1"
	} >>"$why"
}

raw=$(sha256sum <mail.raw) raw=${raw%% *}
md5=$(md5sum <mail.raw) md5=${md5%% *}
run 0 --verify --list mail.E01
has "$tmp/out" "MD5            $md5 (as stored)"
has "$tmp/out" "SHA-256        $raw"
tap "an E01 set is what was acquired"

run 0 --verify --evidence-record --format tsv -e r=mail.raw -e e=mail.E01
awk -F'\t' -v h="$raw" '
	NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next }
	$c["sha256"] != h || $c["status"] != "whole" { print "not so: " $0 }
	END { if (NR != 3) print NR " lines" }' "$tmp/out" >>"$why"
tap "evidence records have the SHA-256 of raw and E01"

run 0 --evidence-record --format jsonl -e e=mail.E01
! grep -q sha256 "$tmp/out" || echo "a hash that nobody computed" >>"$why"
tap "nothing is hashed unless it is asked for"

run 0 -q mail.E01
cp "$tmp/out" "$tmp/plain"
for j in 1 2; do
	run 0 -q -j $j --verify mail.E01
	cmp "$tmp/plain" "$tmp/out" >>"$why" 2>&1
done
tap "items are the same bytes with it"

# One byte in the middle of a chunk of the second segment.
mkdir bad && cp mail.E0? bad && cd bad || exit 2
size=$(stat -c %s mail.E02)
byte=$(dd if=mail.E02 bs=1 skip=$((size / 2)) count=1 2>/dev/null | od -An -tu1)
printf '%b' "\\x$(printf %x $((byte ^ 64)))" |
	dd of=mail.E02 bs=1 seek=$((size / 2)) conv=notrunc 2>/dev/null
run 1 --verify --list --errors "$tmp/errors" mail.E01
grep -q 'state: hash-mismatch' "$tmp/out" || echo "state is not that" >>"$why"
[ "$(grep -c 'NOT as stored' "$tmp/out")" -eq 2 ] ||
	cat "$tmp/out" >>"$why"
tap "a flipped byte is a mismatch"

awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next }
	$c["detail"] ~ /stored (MD5|SHA-1) is not/ { told++ }
	$c["detail"] ~ /chunk/ && $c["length"] == 32768 &&
	    $c["img_offset"] % 32768 == 0 && $c["code"] == "damaged" { chunk++ }
	END { if (NR != 4 || told != 2 || chunk != 1) print NR, told, chunk }
' "$tmp/errors" >>"$why"
tap "its chunk is an error record with the exact range"

run 1 -q --verify mail.E01
grep -q 'stored MD5 is not' "$tmp/err" || cat "$tmp/err" >>"$why"
tap "a walk with it says so too"

tap_end
