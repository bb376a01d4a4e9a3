#!/bin/bash
# cat-runs.sh [MODE]: the bytes that spill-cat gives of an item are those at
# the runs that spill-walk tells of it, for every item of the fixtures; and
# they are icat's where that has them right. TAP.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
suite=cat-runs
export LC_ALL=C TZ=UTC PATH="$PATH:/sbin:/usr/sbin" MTOOLSRC=/dev/null
walk=$B/bin/spill-walk spill=$B/bin/spill-cat
gcc -std=gnu17 -O1 -Wall -Wextra -Werror -o "$tmp/cut" tests/e2e/cut-runs.c \
    >"$tmp/log" 2>&1 || { cat "$tmp/log"; exit 1; }
fixtures/make-case "$tmp/case" >"$tmp/log" 2>&1 ||
	skip_all "make-case does not run here"
ln -s "$PWD/fixtures" "$tmp/fixtures"
cd "$tmp" || exit 2

# pick IMAGE: its rows; those whose runs tell all of their bytes go to picked,
# and to lines as the program takes them; others to left. Slack goes by the
# runs of the row before.
#
# Runs do not tell where the holes of a sparse file are, nor what a compressed
# one unpacks to; and what is resident in an MFT record has marks in it where
# sectors end, so that of NTFS only what is not resident counts.
pick() {
	timeout 60 "$walk" -q -rsa --format tsv "$1" >rows 2>said
	awk -F'\t' -v ntfs="$2" '
	NR == 1 {
		for (i = 1; i <= NF; i++) col[$i] = i
		print >"picked"; print >"left"
		next
	}
	{
		item = $col["item"]; size = $col["size"]; init = $col["init_size"]
		from = 0
		if ($col["kind"] == "slack") {
			from = had
		} else {
			runs = $col["runs"]; had = size
			whole = $col["attributes"] !~ /compressed|sparse/ &&
			    !(ntfs && $col["content"] == "resident")
			n = split(runs, run, ";"); total = 0
			for (i = 1; i <= n; i++) {
				split(run[i], part, "+"); total += part[2]
			}
			if (total < size && $col["content"] == "complete")
				whole = 0
		}
		if (size == "" || seen[item]++)
			next
		if (runs == "" || !whole) { print >"left"; next }
		print >"picked"
		printf "%s\t%s\t%s\t%s\n", from, size, \
		    init == "" ? from + size : init, runs >"lines"
	}' rows
}
# first_item BYTE: the item of picked that has it, of the bytes of all.
first_item() {
	paste <(tail -n +2 picked | cut -f 1,4,12) lengths |
	    awk -F'\t' -v at="$1" '{ end += $4; if (at <= end) { print; exit } }'
}
# alike A B: else which item differs is wrong.
alike() {
	local at
	at=$(cmp "$1" "$2" 2>&1 | sed -nE 's/.*(byte|char) ([0-9]+).*/\2/p')
	cmp -s "$1" "$2" || echo "$1, $2: byte ${at:-?}, $(first_item "${at:-0}")"
}
# cut_and_cat IMAGE NTFS: the items whose runs tell their bytes: how many.
cut_and_cat() {
	: >picked; : >left; : >lines
	pick "$1" "$2"
	./cut "$1" <lines >by-runs 2>lengths || echo "cut-runs: $?"
	timeout 120 "$spill" -q -e "$1" <picked >by-cat 2>said-cat
	alike by-runs by-cat
}

for i in "ws0417 1" "stick 0" "fat12 0" "fat16 0" "exfat 0" "mail 0" \
    "inline 0" "ext2 0" "ext3 0"; do
	cut_and_cat "case/${i% *}.raw" "${i#* }" >"$why" 2>&1
	count=$(wc -l <lines)
	[ "$count" -ge 10 ] || echo "only $count items" >>"$why"
	[ "$i" = "ws0417 1" ] || [ "$(awk -F'\t' '$12 > 0' left | wc -l)" -le 4 ] || cut -f 1,4,12 left >>"$why"
	tap "${i% *}: bytes of $count items are those at their runs"
done
# --- against icat -----------------------------------------------------------

# by_icat IMAGE OPTION...: the items that icat has right, by both. It has not
# exFAT's valid length, nor a cluster that was erased and used again, and it
# aborts at exFAT names of 128 characters; of symbolic links that are in their
# ext inode it gives zeros; it knows neither slack, nor entries, nor ranges as
# items; $OrphanFiles is made up. A lost volume is at another offset.
by_icat() {
	local image=$1 meta
	shift
	timeout 60 "$walk" -q -a --format tsv "$image" 2>said | awk -F'\t' '
	NR == 1 { for (i = 1; i <= NF; i++) col[$i] = i; print; next }
	$1 ~ /:x[0-9]*:/ || $1 ~ /~slack$/ || $1 ~ /:[d@][^:]*$/ || seen[$1]++ ||
	$col["path"] == "/$OrphanFiles" || $col["kind"] == "special" ||
	($1 ~ /^exfat/ && ($col["init_size"] < $col["size"] + 0 ||
	    $col["path"] ~ /^\/long 128\/abc/ ||
	    $col["content"] == "overwritten")) ||
	($1 ~ /^(mail|ext|inline)/ && $col["kind"] == "link" &&
	    $col["size"] < 60) { next }
	{ print }' >picked
	timeout 120 "$spill" -q -e "$image" <picked >by-cat 2>said-cat
	tail -n +2 picked | cut -f 12 >lengths
	while IFS= read -r meta; do
		icat "$@" "$image" "$meta" 2>>said-icat
	done < <(tail -n +2 picked | cut -f 1 | sed 's/.*://') >by-icat
	alike by-icat by-cat
}
for i in "ws0417 -o 2048" "stick -r" "fat12 -r" "fat16 -r" "exfat -r" mail \
    inline ext2 ext3; do
	t="${i%% *}: bytes of all items are icat's where that has them right"
	command -v icat >/dev/null || { skip "$t" "no icat"; continue; }
	options=${i#"${i%% *}"}
	# shellcheck disable=SC2086 # words are meant
	by_icat "case/${i%% *}.raw" $options >"$why" 2>&1
	[ "$(wc -l <picked)" -ge 10 ] || echo "hardly any item" >>"$why"
	tap "$t"
done

# --- what other readers of FAT have wrong ------------------------------------

for p in mkfs.fat mcopy; do
	command -v $p >/dev/null ||
		{ skip "what other readers of FAT have wrong" "no $p"; tap_end; exit; }
done
# text FROM TO: lines that tell where they are.
text() { seq -f '%09.0f' "$1" "$2"; }
# gives NAME ITEM FILE STATUS [TEXT]: that content, status, and what is said.
gives() {
	local status
	timeout 60 "$spill" -q "${evidence[@]}" "$2" >out 2>said
	status=$?
	{
		[ $status = "$4" ] || { echo "status $status"; cat said; }
		cmp "$3" out
		[ $# -lt 5 ] || grep -qF "$5" said || cat said
	} >"$why" 2>&1
	tap "$1"
}
text 1 150 >a
text 501 650 >b
truncate -s 3M fat.img
mkfs.fat --invariant -F 16 -s 1 -S 512 -R 1 -r 64 -f 2 fat.img >log 2>&1
mcopy -i fat.img a ::A.TXT && mcopy -i fat.img b ::B.TXT || bail "mtools failed"
evidence=(-e img)
# link CLUSTER HEX: in both tables.
link() { poke $((512 + 2 * $1)) "$2"; poke $((12800 + 2 * $1)) "$2"; }

cp fat.img img
head -c 1024 a >want
link 3 0200
gives "FAT: a chain that leads back is read up to there" img:p0:3 want 1 \
    "the last 476 bytes are left out"
cp fat.img img
{ head -c 512 b; tail -c +513 a; } >want
link 5 0300
gives "FAT: a chain that goes on in another file's" img:p0:4 want 0
cp fat.img img
head -c 1536 <(cat a /dev/zero) >want
poke $((25088 + 28)) ffffffff
gives "FAT: an entry in use whose size is more than the volume's" img:p0:3 \
    want 1 "the last 4294965759 bytes are left out"
cp fat.img img
: >want
poke $((25088 + 26)) ff7f
gives "FAT: an entry in use that begins outside the volume" img:p0:3 want 3 \
    "the last 1500 bytes are left out"

# FAT32: FAT 1 is at 16384, FAT 2 at 338944. The file's chain is longer than
# a chunk of an E01.
text 1 600000 >large
truncate -s 40M img
mkfs.fat --invariant -F 32 -s 1 -R 32 img >log 2>&1
mcopy -i img large ::LARGE.BIN || bail "mtools failed"
cp img whole.img
item=img:p0:$("$walk" -q img | sed -n 's/^img:p0:\([0-9]*\),.*LARGE.*/\1/p')
poke $((16384 + 4 * 3)) "$(printf 'ffffff0f%.0s' {1..100})"
head -c 512 large >want
gives "FAT: FAT 1 counts" "$item" want 1 'bytes are left out'
poke 40 8100
gives "FAT: another FAT is active" "$item" large 0

if (cd fixtures && ${CC:-cc} -std=gnu17 -O1 -D_GNU_SOURCE -o "$tmp/ewf" \
    ewf.c fix.c key.c -lcrypto -lz) 2>log; then
	./ewf whole.img whole >log 2>&1
	damage_chunk whole.E01
	evidence=(-e img=whole.E01)
	gives "FAT: a part of FAT 1 cannot be read: FAT 2 tells the chain" \
	    "$item" large 1 'chunk of the image is damaged'
else
	skip "FAT: a part of FAT 1 cannot be read" "the program does not build"
fi

# The fixtures have an erased file in a row, with a cluster of another's now.
timeout 60 "$walk" -q -r --format tsv case/exfat.raw 2>said |
    awk -F'\t' 'NR == 1 { for (i = 1; i <= NF; i++) col[$i] = i; next }
	$col["path"] == "/deleted/overwritten.txt" {
		print 0 "\t" $col["size"] "\t" $col["size"] "\t" $col["runs"]
		print $1 >"item" }' >lines
./cut case/exfat.raw <lines >want 2>lengths
grep -qx 9000 lengths || bail "no such file in exfat.raw"
evidence=(-e case/exfat.raw)
gives "exFAT: an erased file of which a cluster was used again" "$(cat item)" \
    want 0
tap_end
