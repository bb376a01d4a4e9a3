#!/bin/bash
# walk-fls.sh [MODE]: spill-walk against fls, spill-cat against icat, on the
# fixtures and on the images of the test data. TAP.
#
# Every (address, allocation, size, name) of fls -r -p must be there; times
# must agree where fls can hold them; the bytes of items must be those of
# icat. Where The Sleuth Kit is known to be wrong, known() says so.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
# shellcheck source=tests/fls-rows.sh
. tests/fls-rows.sh
suite=walk
testdata=${TESTDATA:-$PWD/../shared/testdata}
export LC_ALL=C TZ=UTC PATH="$PATH:/sbin:/usr/sbin"

for p in fls icat img_cat; do
	command -v $p >/dev/null || skip_all "no $p"
done

# What fls has otherwise, and is wrong: lines of its list, as patterns.
known() {
	# A long name that belongs to another entry; one of 255 characters cut.
	# A lone surrogate takes the next character with it.
	# Streams of a folder are listed as those of its entry ".".
	# An entry in an index block that is not in use is no name in use.
	# A node of a hash tree is no entry.
	# What is left of an entry, without its head, with the times and sizes
	# of the one in use of that name.
	# exFAT: the entry of a label that is not there is in the root folder.
	grep -vE -e '/Renamed later\.txt$' -e '/(abcdefghijklmnopqrstuvwxyz){9}[a-z]*$' \
	    -e '/lone \^[a-z]' -e '/\.:[^/]*$' \
	    -e '\|yes\|150\|.*/emptied/one of twelve 11\.txt$' \
	    -e '\|no\|4096\|srv/archive/\^$' \
	    -e '^0\|no\|0\|A+ - Copy \(11\)\.txt$' \
	    -e '\$OrphanFiles/\$EMPTY_VOLUME_LABEL$'
}

# Times that both have, in years that fls can hold, to the second. FAT and
# exFAT: fls drops the tenths of born and the hour of accessed.
times_differ() {
	awk -F'|' -v fat="$3" '
	FNR == NR { key = $1 "|" $2 "|" $4; for (i = 5; i <= 8; i++) want[key, i] = $i; next }
	{
		key = $1 "|" $2 "|" $4
		if ($9 == "reallocated") next
		for (i = 5; i <= (fat ? 5 : 8); i++) {
			w = want[key, i]; h = substr($i, 1, 19)
			# exFAT has a zone, which fls does not know.
			if (fat && $i ~ /Z$/) continue
			if (w == "" || h == "" || substr(h, 1, 4) < 1971 ||
			    substr(h, 1, 4) > 2037)
				continue
			if (w != h) print "fls " w ", ours " $i ": " $4
		}
	}' "$1" "$2"
}

# bytes_differ IMAGE RAW SECTOR VOLUME STREAM: of some 60 items.
bytes_differ() {
	awk -F'\t' -v volume="$4" '
	NR == 1 { for (i = 1; i <= NF; i++) col[$i] = i; next }
	$col["volume"] == volume && $col["kind"] ~ /^(file|stream|link)$/ &&
	$col["item"] !~ /:d[0-9]/ && $col["content"] != "none" &&
	$col["alloc_name"] != "none" && $col["item"] !~ /:8-128-1$/ &&
	# icat does not survive this name.
	$col["path"] !~ /^\/long 128\/[^\/]*[u-z]$/ &&
	# It gives zeros for the target of a link that is in its inode, and
	# ends an erased file of exFAT at a cluster that was used again.
	!($col["kind"] == "link" && $col["img_offset"] % 512 != 0) &&
	!($col["init_size"] != "" && $col["content"] == "overwritten" &&
	    $col["item"] !~ /-/) &&
	!($col["init_size"] != "" && $col["init_size"] + 0 < $col["size"] + 0 &&
	    $col["item"] !~ /-/) { print $col["item"] }' "$5" |
	    sort -u | awk '{ all[NR] = $0 } END {
		step = int(NR / 60) + 1
		for (i = 1; i <= NR; i += step) print all[i] }' >"$tmp/items"
	[ -s "$tmp/items" ] || return
	while IFS=: read -r _ _ object; do
		icat -o "$3" "$2" "$object" 2>/dev/null | sha256sum
	done <"$tmp/items" >"$tmp/icat"
	while read -r item; do
		"$B/bin/spill-cat" -q -e "$1" "$item" 2>/dev/null | sha256sum
	done <"$tmp/items" >"$tmp/cat"
	paste "$tmp/items" "$tmp/icat" "$tmp/cat" |
	    awk '$2 != $4 { print "other bytes than icat: " $1 }'
}

# one IMAGE RAW NAME: all of an image; RAW is the same for fls.
one() {
	local image=$1 raw=$2 name=$3 v first type
	"$B/bin/spill-walk" -q --format tsv "$image" >"$tmp/ours.tsv" 2>"$tmp/err"
	[ $? -le 1 ] || { cat "$tmp/err" >"$why"; tap "$name"; return; }
	"$B/bin/spill-walk" -q --list "$image" 2>/dev/null |
	    awk '$1 ~ /^p[0-9]+$/ { print $1, $2, $4 }' >"$tmp/volumes"
	while read -r v first type; do
		fls -r -p -l -z UTC -o $((first / 512)) "$raw" 2>/dev/null |
		    fls_rows >"$tmp/fls"
		[ -s "$tmp/fls" ] || continue
		our_rows "$v" "$tmp/ours.tsv" >"$tmp/ours"
		comm -23 <(cut -d'|' -f 1-4 "$tmp/fls" | sort) \
		    <(cut -d'|' -f 1-4 "$tmp/ours" | sort) | known >"$why"
		tap "$name, $v: all $(wc -l <"$tmp/fls") entries of fls"
		case $type in *[Ff][Aa][Tt]* | BitLocker) type=1 ;; *) type= ;; esac
		times_differ "$tmp/fls" "$tmp/ours" "$type" >"$why"
		tap "$name, $v: times of fls"
		bytes_differ "$image" "$raw" $((first / 512)) "$v" \
		    "$tmp/ours.tsv" >"$why"
		tap "$name, $v: bytes of icat"
	done <"$tmp/volumes"
}

if fixtures/make-case "$tmp/case" >"$tmp/log" 2>&1; then
	for f in "$tmp"/case/*.raw; do
		one "$f" "$f" "$(basename "$f")"
	done
	one "$tmp/case/mail.E01" "$tmp/case/mail.raw" mail.E01
	rm -rf "$tmp/case"
else
	skip "the fixtures" "make-case does not run here"
fi
if [ -d "$testdata/images" ]; then
	for f in "$testdata"/images/*.raw.gz "$testdata"/scenario/*.raw.gz; do
		name=$(basename "$f" .gz)
		gunzip -c "$f" | cp --sparse=always /dev/stdin "$tmp/$name"
		one "$tmp/$name" "$tmp/$name" "$name"
		rm -f "$tmp/$name"
	done
	for f in "$testdata"/images/*.E01 "$testdata"/scenario/*.E01; do
		img_cat "$f" >"$tmp/e01.raw" 2>/dev/null
		one "$f" "$tmp/e01.raw" "$(basename "$f")"
	done
else
	skip "the images of the test data" "no testdata"
fi
tap_end
