#!/bin/bash
# walk-hostile-fat.sh [MODE]: spill-walk on FAT and exFAT that were made to
# mislead, to loop, or to cost much, beside what walk-fat.sh has. Each has the
# exact rows and messages that must come, within 256 MiB and some seconds of
# CPU. TAP.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
# shellcheck source=tests/hostile.sh
. tests/hostile.sh
# shellcheck source=tests/exfat-sets.sh
. tests/exfat-sets.sh
suite="walk-hostile-fat"
export LC_ALL=C TZ=UTC PATH="$PATH:/sbin:/usr/sbin" MTOOLSRC=/dev/null
walk=$B/bin/spill-walk
for p in mkfs.fat mkfs.exfat mcopy; do
	command -v $p >/dev/null || skip_all "no $p"
done
[ -x "$walk" ] || bail "no $walk"
cd "$tmp" || exit 2

# seen: rows of img but for those that are made up, its messages, and status.
seen() {
	local status
	walked
	status=$?
	awk -F'\t' -v OFS='|' '
	NR == 1 { for (i = 1; i <= NF; i++) col[$i] = i; next }
	$col["kind"] == "range" { next }
	$col["path"] !~ /^\/\$/ || $col["path"] ~ /^\/\$OrphanFiles\// {
		print $col["path"], $col["kind"], $col["alloc_name"], \
		    $col["content"], $col["status"], $col["size"], \
		    substr($col["runs"], 1, 60)
	}' rows
	sed "s/^spill-walk: 'img': //; s/^spill-walk: //" said
	echo "status $status"
}
# sound NAME: img is as it was made.
sound() {
	cp img sound
	seen >clean
	grep -qx 'status 0' clean || cat clean >"$why"
	tap "$1: nothing is wrong"
}

# --- boot sectors without a signature, or damaged ----------------------------

# volume BITS SIZE CLUSTER: a FAT with a file and a folder.
volume() {
	rm -f img
	truncate -s "$2" img
	mkfs.fat --invariant -F "$1" -s "$3" img >log 2>&1 ||
		bail "no image of FAT$1"
	echo EXERCISE >file
	{
		mmd -i img ::DIR && mcopy -i img file ::DIR/FILE.TXT
	} >>log 2>&1 || bail "mtools failed: $(cat log)"
}
for bits in 12 16 32; do
	case $bits in 12) volume 12 1440K 1 ;; 16) volume 16 8M 1 ;; 32)
		volume 32 40M 1 ;; esac
	sound "FAT$bits"
	for sign in 0000 aa55; do
		poke 510 $sign
		# The copy of FAT32 is wrong in its media byte.
		[ $bits != 32 ] || poke $((6 * 512 + 21)) 11
		gives "FAT$bits: the signature is $sign, and there is no copy" <<'ROWS'
< status 0
> 'img:p0:2': folder is damaged, entries may be missing: no boot signature (byte 510, length 1)
> errors: 1
> status 1
ROWS
	done
	for at in 0 11 13 16; do
		poke 510 0000
		poke $at 77
		[ $bits != 32 ] || poke $((6 * 512 + 21)) 11
		gives "FAT$bits: no signature, and byte $at is wrong" < <(
			grep '^/' clean | sed 's/^/< /'
			cat <<'ROWS'
< status 0
> it has neither a partition table nor a file system that is read here
> errors: 1
> status 1
ROWS
		)
	done
done
size=$(stat -c %s img)
# Sizes, the place and the length of the FAT, the root; the signature.
for at in 11 13 14 16 37 47 510; do
	poke $at 77
	gives "FAT32: byte $at of the boot sector is wrong, the copy is not" <<ROWS
< status 0
> volume p0, its boot sector: damaged, the copy at byte 3072 is used (byte 0, length $size)
> errors: 1
> status 1
ROWS
done
poke 44 03
gives "FAT32: the boot sector is sound, but another one than its copy" <<'ROWS'
< /|dir|yes|complete|ok|512|661504+512
< /DIR|dir|yes|complete|ok|512|662016+512
< /DIR/FILE.TXT|file|yes|complete|ok|9|662528+512
< status 0
> /|dir|yes|complete|ok|512|662016+512
> /FILE.TXT|file|yes|complete|ok|9|662528+512
> 'img:p0:2': folder is damaged, entries may be missing: the boot sector differs from its copy (byte 44, length 1)
> errors: 1
> status 1
ROWS

# FAT 2 alone is in use: what FAT 1 says of a folder means nothing.
volume 32 40M 1
sound "FAT32, again"
reserved=$((32 * 512))
poke $((reserved + 4 * 3)) 00000000
cp img damaged
gives "FAT32: FAT 1 says that a folder is free" <<'ROWS'
< /DIR|dir|yes|complete|ok|512|662016+512
> /DIR|dir|yes|partial|partial|512|662016+512
< status 0
> 'img:p0:2': folder is damaged, entries may be missing: FAT 2 differs from FAT 1, bytes: 4 (byte 338956, length 4)
> '/DIR': item is damaged: its chain has a cluster that is marked as free (byte 16396, length 4)
> errors: 2
> status 1
ROWS
cp damaged img
poke 40 8100
poke $((6 * 512 + 40)) 8100
gives "FAT32: FAT 1 says so, and FAT 2 is in use" </dev/null

# exfat SIZE NAME...: with files; clusters of 512 bytes.
exfat() {
	rm -f img
	truncate -s "$1" img
	mkfs.exfat -c 512 -L '' img >log 2>&1 || bail "no image of exFAT"
	heap=$(($(number 88) * 512)) root=$(number 96)
}
exfat 4M
sound exFAT
# The signature; the place of the root; the size of clusters; its name.
for at in 510 96 109 3; do
	poke $at 05
	gives "exFAT: byte $at of the boot sector is wrong, the copy is not" <<'ROWS'
< status 0
> volume p0, its boot region: damaged, the copy at byte 6144 is used (byte 0, length 4194304)
> errors: 1
> status 1
ROWS
done
# The serial number: of both.
poke 100 0505
poke $((6144 + 100)) 0505
gives "exFAT: the boot sector and its copy do not fit their checksums" <<'ROWS'
< status 0
> 'img:p0:2': folder is damaged, entries may be missing: the checksum of the boot region differs (byte 5632, length 1)
> errors: 1
> status 1
ROWS

# --- exFAT: sets of entries --------------------------------------------------

at() { echo $((heap + ($1 - 2) * 512)); }
exfat 4M
# Behind the entries of bitmap, table and label: four files.
for i in 2 3 4 5; do
	poke $(($(at "$root") + 96 * (i - 1))) "$(set_of $i 01 2000 0 0)"
done
abc=$(($(at "$root") + 192))
noname=NoName-$(((abc - heap) / 32 + 3))
sound "exFAT, four files"
poke $((abc + 64)) 41
gives "exFAT: the name of a set is not in use" <<ROWS
< /abc|file|yes|complete|ok|0|
> /$noname|file|none|complete|partial|0|
< status 0
> /abc|file|no|none|ok||
> '/$noname': item is damaged: an entry set is cut (byte $abc, length 64)
> errors: 1
> status 1
ROWS
poke $((abc + 1)) 01
gives "exFAT: a set says that it has no name" <<ROWS
< /abc|file|yes|complete|ok|0|
> /$noname|file|none|complete|partial|0|
< status 0
> /abc|file|no|none|ok||
> '/$noname': item is damaged: no such number of entries (byte $abc, length 64)
> errors: 1
> status 1
ROWS
poke $((abc + 32 + 3)) 14
gives "exFAT: a name should be longer than there are entries for it" <<ROWS
< /abc|file|yes|complete|ok|0|
> /abc|file|yes|complete|partial|0|
< status 0
> '/abc': item is damaged: a name is cut (byte $abc, length 96)
> errors: 1
> status 1
ROWS
poke $((abc + 32 + 3)) 05
gives "exFAT: a name should be longer than it is" <<ROWS
< /abc|file|yes|complete|ok|0|
> /abc|file|yes|complete|partial|0|
< status 0
> '/abc': item is damaged: a name has a character that is none (byte $abc, length 96)
> errors: 1
> status 1
ROWS
poke $((abc + 32 + 3)) 00
gives "exFAT: the length of a name is 0" <<ROWS
< /abc|file|yes|complete|ok|0|
> /abc|file|yes|complete|partial|0|
< status 0
> '/abc': item is damaged: a name is empty (byte $abc, length 96)
> errors: 1
> status 1
ROWS
for c in 2f00:%2F 0a00:%0A 3a00:: 7c00:'|' 0000:%00; do
	poke $((abc + 66)) "${c%%:*}"
	gives "exFAT: a name with the character ${c%%:*}" <<ROWS
< /abc|file|yes|complete|ok|0|
> /${c#*:}bc|file|yes|complete|partial|0|
< status 0
> '/${c#*:}bc': item is damaged: a name has a character that is none (byte $abc, length 96)
> errors: 1
> status 1
ROWS
done
poke $((abc + 32)) e1
gives "exFAT: a set without a stream" <<ROWS
< /abc|file|yes|complete|ok|0|
> /abc|file|yes|complete|partial|0|
< status 0
> '/abc': item is damaged: an entry set has no stream (byte $abc, length 96)
> errors: 1
> status 1
ROWS
# The set before it ends the folder: what goes on behind is not in use.
poke $((abc - 96)) 00
poke $((abc + 66)) 7a00
gives "exFAT: behind the end of a folder, a set that is damaged" <<ROWS
< /ab|file|yes|complete|ok|0|
< /abc|file|yes|complete|ok|0|
< /abcd|file|yes|complete|ok|0|
< /abcde|file|yes|complete|ok|0|
> /zbc|file|no|complete|ok|0|
> /abcd|file|no|complete|ok|0|
> /abcde|file|no|complete|ok|0|
ROWS

# --- exFAT: the boot sector of which there is no copy ------------------------

# boot FIELD OFFSET HEX: what becomes of img, in a line.
boot() {
	local status
	poke "$2" "$3"
	poke $((6144 + $2)) "$3"
	walked
	status=$?
	echo "$1 $3: status $status$(grep -q 'did not survive' said && echo ', died')"
	cp sound img
}
exfat 4M
sound exFAT
{
	for v in 00 08 0d ff; do boot sector 108 $v; done
	for v in 19 ff; do boot cluster 109 $v; done
	for v in 00 ff; do boot fats 110 $v; done
	for v in 00000000 ffffffff; do boot root 96 $v; done
} >got
cat >want <<'LINES'
sector 00: status 1
sector 08: status 1
sector 0d: status 1
sector ff: status 1
cluster 19: status 1
cluster ff: status 1
fats 00: status 1
fats ff: status 1
root 00000000: status 1
root ffffffff: status 1
LINES
diff want got >"$why"
tap "exFAT: fields of the boot sector: it is told, and no worker dies"

# --- a byte that became 0 ends a folder --------------------------------------

# What is behind it keeps its place: a folder is one by its own first entries.
rm -f img
truncate -s 8M img
echo EXERCISE >file
{
	mkfs.fat --invariant -F 16 -s 1 -R 1 -r 64 img && mcopy -i img file ::A &&
		mmd -i img ::DIR && mcopy -i img file ::DIR/FILE &&
		mcopy -i img file ::Z && mcopy -i img file "::a long name"
} >log 2>&1 || bail "no image"
# entry NAME: where the short name is.
entry() {
	grep -abo "$1" img | head -n 1 | cut -d: -f1
}
sound "FAT16, an end"
a=$(entry 'A          ') z=$(entry 'Z          ')
dots=$(entry '\.          ') long=$(entry 'ALONGN~1   ')
cat >behind <<'ROWS'
< /A|file|yes|complete|ok|9|68096+512
< /DIR|dir|yes|complete|ok|512|68608+512
> /DIR|dir|no|complete|ok|512|68608+512
< /Z|file|yes|complete|ok|9|69632+512
< /a long name|file|yes|complete|ok|9|70144+512
> /Z|file|no|unknown|ok|9|69632+512
> /a long name|file|no|unknown|ok|9|70144+512
ROWS
poke "$a" 00
gives "FAT16: the first byte of the first entry is 0" <behind
poke "$a" 00
poke $((z + 24)) ffff
gives "FAT16: and a file behind it has a date that is none" <behind
poke "$a" 00
poke $((z + 22)) 00000000
gives "FAT16: and a file behind it has no times" <behind
poke "$a" 00
poke $((long - 20)) ff
gives "FAT16: and the type of a part of a long name is wrong" <behind
for i in 0 1; do
	poke "$a" 00
	poke $((dots + 32 * i + 4)) 7f
	gives "FAT16: and entry $i of a folder is damaged" <<ROWS
< /A|file|yes|complete|ok|9|68096+512
< /DIR|dir|yes|complete|ok|512|68608+512
> /DIR|dir|no|complete|ok|512|68608+512
< /Z|file|yes|complete|ok|9|69632+512
< /a long name|file|yes|complete|ok|9|70144+512
< status 0
> /Z|file|no|unknown|ok|9|69632+512
> /a long name|file|no|unknown|ok|9|70144+512
> '/DIR': folder is damaged, entries may be missing: what is there is no entry (byte $((dots + 32 * i)), length 32)
> errors: 1
> status 1
ROWS
done
poke $((long - 31)) 0000
gives "FAT16: a long name begins with a NUL" <<'ROWS'
< /a long name|file|yes|complete|ok|9|70144+512
> /ALONGN~1|file|yes|complete|ok|9|70144+512
ROWS

# --- times -------------------------------------------------------------------

# times: born, modified, accessed of the file in img.
times() {
	walked
	awk -F'\t' '
	NR == 1 { for (i = 1; i <= NF; i++) col[$i] = i; next }
	$col["path"] == "/FILE" {
		print $col["born"], $col["modified"], $col["accessed"] }' rows
}
rm -f img
truncate -s 8M img
mkfs.fat --invariant -F 16 -s 1 -R 1 -r 64 img >log 2>&1 || bail "no image"
: >file
mcopy -i img file ::FILE
entry=$(grep -abo 'FILE       ' img | head -n 1 | cut -d: -f1)
# time, date: of birth with 10 ms, of the last write; a day of access.
{
	for v in 0000:0000 0000:2100 7dbf:9fff 0000:2000 0000:a121 ff58:c358; do
		poke $((entry + 13)) "00${v/:/}"
		poke $((entry + 22)) "${v/:/}"
		poke $((entry + 18)) "${v#*:}"
		echo "$v $(times)"
	done
} >got
cat >want <<'LINES'
0000:0000   
0000:2100 1980-01-01T00:00:00.00 1980-01-01T00:00:00 1980-01-01
7dbf:9fff 2107-12-31T23:59:58.00 2107-12-31T23:59:58 2107-12-31
0000:2000   
0000:a121   
ff58:c358   2024-06-03
LINES
diff want got >"$why"
tap "FAT: times: none, the first, the last, day 0, month 13, second 62"
tap_end
