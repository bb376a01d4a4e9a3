#!/bin/bash
# ewf-verify.sh [MODE]: the image reader against libewf's tools, as TAP: all
# E01 of the test data, and an image in every format that ewfacquire writes,
# whole and damaged.
set -u
cd "$(dirname "$0")/../.." || exit 2
mode=${1:-release}
B=${B:-$PWD/build/$mode}
bench=$B/tests/image_bench
testdata=${TESTDATA:-$PWD/../shared/testdata}
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT

n=0 failed=0
ok() { n=$((n + 1)); echo "ok $n - ewf: $1"; }
skip() { n=$((n + 1)); echo "ok $n - ewf: $1 # SKIP $2"; }
not_ok() {
	n=$((n + 1)) failed=$((failed + 1))
	echo "not ok $n - ewf: $1: $2"
	head -n 20 "$tmp/ours" | cat -v | sed 's/^/# /'
}

# same IMAGE NAME: both read it without a complaint, to the same bytes.
same() {
	local theirs ours
	"$bench" verify -j2 "$1" >"$tmp/ours" 2>&1
	status=$?
	ours=$(sed -n 's/^md5 //p' "$tmp/ours")
	rm -f "$tmp/export"*
	ewfexport -q -u -f raw -t "$tmp/export" "$1" >/dev/null 2>&1
	theirs=$(ewfverify -q "$1" 2>&1 |
	    sed -n 's/^MD5 hash calculated over data:[[:space:]]*//p')
	if [ $status -ne 0 ]; then
		not_ok "$2" "exit status $status"
	elif [ -z "$ours" ] || [ "$ours" != "$theirs" ]; then
		not_ok "$2" "MD5 $ours, ewfverify has $theirs"
	elif ! cmp -s <("$bench" cat "$1") "$tmp/export.raw"; then
		not_ok "$2" "ewfexport has other bytes"
	else
		ok "$2"
	fi
}

# honest NAME IMAGE: exit 1, and every byte is right or in a range it lists.
honest() {
	"$bench" verify "$2" >"$tmp/ours" 2>&1
	status=$?
	"$bench" cat "$2" >"$tmp/out" 2>/dev/null
	[ $status -eq 1 ] || { not_ok "$1" "exit status $status"; return; }
	sed -n 's/^bad kind [0-9]* @\([0-9]*\)+\([0-9]*\).*/\1 \2/p' \
	    "$tmp/ours" >"$tmp/ranges"
	cp "$tmp/raw" "$tmp/want"
	while read -r at len; do
		dd if=/dev/zero of="$tmp/want" bs=512 seek=$((at / 512)) \
		    count=$((len / 512)) conv=notrunc status=none
	done <"$tmp/ranges"
	if cmp -s "$tmp/want" "$tmp/out"; then
		ok "$1: $(wc -l <"$tmp/ranges") ranges"
	else
		not_ok "$1" "wrong bytes that are in no range"
	fi
}

finish() {
	echo "1..$n"
	[ $failed -eq 0 ]
	exit
}

[ -x "$bench" ] || { echo "not ok 1 - ewf: no $bench"; exit 1; }
for tool in ewfverify ewfexport ewfacquire; do
	command -v $tool >/dev/null && continue
	skip "against libewf" "no $tool"
	finish
done

if [ -d "$testdata" ]; then
	while IFS= read -r f; do
		same "$f" "${f#"$testdata"/}"
	done < <(find "$testdata" -type f \( -name '*.E01' -o -name '*.s01' \) |
	    sort)
else
	skip "test data" "no testdata"
fi

# Noise, text and zeros: chunks that pack, do not pack, and are empty.
{
	head -c 1500000 /dev/urandom
	cat common/*/*.c
	head -c 1000000 /dev/zero
	head -c 1400000 /dev/urandom
} | head -c 4500480 >"$tmp/raw"
truncate -s 4500480 "$tmp/raw"
for format in ewf smart ftk encase1 encase2 encase3 encase4 encase5 encase6 \
    encase7 linen5 linen6 linen7 ewfx; do
	for packing in none fast empty-block; do
		i=$tmp/$format-$packing
		name="$format, $packing"
		if ! ewfacquire -q -u -f $format -c $packing -S 1048576 \
		    -d sha1 -t "$i" "$tmp/raw" >"$tmp/ours" 2>&1; then
			skip "$name" "ewfacquire does not write it"
			continue
		fi
		first=$(ls "$i".[eEsS]01)
		same "$first" "$name"
		cmp -s "$tmp/raw" <("$bench" cat "$first") ||
			not_ok "$name" "the bytes are not those acquired"
		[ $packing = none ] || { rm -f "$i".*; continue; }
		second=${first%01}02
		mv "$second" "$tmp/away"
		honest "$name, segment 2 missing" "$first"
		head -c 700000 "$tmp/away" >"$second"
		honest "$name, segment 2 cut" "$first"
		cp "$tmp/away" "$second"
		printf 'XYZ' |
			dd of="$second" bs=1 seek=300000 conv=notrunc status=none
		honest "$name, segment 2 damaged" "$first"
		rm -f "$i".*
	done
done
finish
