#!/bin/bash
# walk-fat.sh [MODE]: spill-walk on FAT and exFAT that were damaged or made to
# mislead: chains, folders, long names, tables and boot sectors. Each has the
# exact rows and messages that must come. TAP.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
# shellcheck source=tests/exfat-sets.sh
. tests/exfat-sets.sh
suite=walk-fat
export LC_ALL=C TZ=UTC PATH="$PATH:/sbin:/usr/sbin" MTOOLSRC=/dev/null
walk=$B/bin/spill-walk
for p in mkfs.fat mkfs.exfat mcopy; do
	command -v $p >/dev/null || skip_all "no $p"
done
[ -x "$walk" ] || bail "no $walk"
ln -s "$PWD/fixtures" "$tmp/fixtures"
cd "$tmp" || exit 2

# seen: rows of img but for those that are made up, its messages, and status.
seen() {
	local status
	timeout 60 "$walk" -q -r --format tsv img >rows 2>said
	status=$?
	awk -F'\t' -v OFS='|' '
	NR == 1 { for (i = 1; i <= NF; i++) col[$i] = i; next }
	$col["path"] !~ /^\/\$/ || $col["path"] ~ /^\/\$OrphanFiles\// {
		print $col["path"], $col["kind"], $col["alloc_name"], \
		    $col["content"], $col["size"], substr($col["runs"], 1, 60)
	}' rows
	sed "s/^spill-walk: 'img': //; s/^spill-walk: //" said
	echo "status $status"
}
# gives NAME: where what is seen differs from the file clean, the differences
# are those on standard input.
gives() {
	cat >want
	seen >got
	diff clean got | grep '^[<>]' | diff want - >"$why"
	tap "$1"
}

# --- FAT16: cluster 2 is at 27136, the first FAT at 512, the root at 25088.

truncate -s 3M fat.img
mkfs.fat --invariant -F 16 -s 1 -S 512 -R 1 -r 64 -f 2 -i 5eed0416 fat.img \
    >log 2>&1 || bail "no image of FAT16"
head -c 1500 /dev/zero | tr '\0' a >1500
head -c 100 /dev/zero >100
{
	mcopy -i fat.img 1500 ::A.TXT && mcopy -i fat.img 1500 ::B.TXT &&
	    mmd -i fat.img ::DIR && mcopy -i fat.img 100 ::DIR/C.TXT &&
	    mmd -i fat.img ::DIR/SUB &&
	    mcopy -i fat.img 100 "::EXERCISE plan of today.txt"
} >log 2>&1 || bail "mtools failed"
# fat: a copy to damage. link CLUSTER HEX: both tables.
fat() { cp fat.img img; }
link() { poke $((512 + 2 * $1)) "$2"; poke $((12800 + 2 * $1)) "$2"; }

fat
cat >clean <<'ROWS'
/|dir|yes|complete|2048|25088+2048
/A.TXT|file|yes|complete|1500|27136+1536
/B.TXT|file|yes|complete|1500|28672+1536
/DIR|dir|yes|complete|512|30208+512
/DIR/C.TXT|file|yes|complete|100|30720+512
/DIR/SUB|dir|yes|complete|512|31232+512
/EXERCISE plan of today.txt|file|yes|complete|100|31744+512
status 0
ROWS
seen >got
diff clean got >"$why"
tap "nothing is wrong"

fat
link 3 0200
link 8 0a00
link 10 0800
gives "chains that lead back: of a file, and of folders into each other" <<'ROWS'
< /A.TXT|file|yes|complete|1500|27136+1536
> /A.TXT|file|yes|partial|1500|27136+1024
< /DIR|dir|yes|complete|512|30208+512
> /DIR|dir|yes|partial|1024|30208+512;31232+512
< /DIR/SUB|dir|yes|complete|512|31232+512
> /DIR/SUB|dir|yes|partial|1024|31232+512;30208+512
< status 0
> '/A.TXT': item is damaged: its chain leads back to where it was (byte 518, length 2)
> '/DIR': item is damaged: its chain leads back to where it was (byte 532, length 2)
> '/DIR/SUB': item is damaged: its chain leads back to where it was (byte 528, length 2)
> '/DIR/SUB': item is damaged: it has clusters of another item (byte 31232, length 512)
> '/DIR/SUB': folder is damaged, entries may be missing: its clusters are those of another folder (byte 31232, length 512)
> errors: 5
> status 1
ROWS
fat
link 5 0300
gives "chains that cross" <<'ROWS'
< /B.TXT|file|yes|complete|1500|28672+1536
> /B.TXT|file|yes|complete|1500|28672+512;27648+1024
< status 0
> '/B.TXT': item is damaged: it has clusters of another item (byte 27648, length 512)
> errors: 1
> status 1
ROWS
fat
link 2 0000
link 5 f7ff
link 9 ffff
link 8 0100
gives "a chain goes on to nothing, to a bad cluster, to cluster 1" <<'ROWS'
< /A.TXT|file|yes|complete|1500|27136+1536
< /B.TXT|file|yes|complete|1500|28672+1536
< /DIR|dir|yes|complete|512|30208+512
> /A.TXT|file|yes|partial|1500|27136+512
> /B.TXT|file|yes|partial|1500|28672+512
> /DIR|dir|yes|partial|512|30208+512
< status 0
> '/A.TXT': item is damaged: its chain has a cluster that is marked as free (byte 516, length 2)
> '/B.TXT': item is damaged: its chain has a cluster that is marked as bad (byte 522, length 2)
> '/DIR': item is damaged: its chain leads out of the volume (byte 528, length 2)
> errors: 3
> status 1
ROWS
fat
link 9 0000
gives "the only cluster of a file is marked as free" <<'ROWS'
< status 0
> '/DIR/C.TXT': item is damaged: its chain has a cluster that is marked as free (byte 530, length 2)
> errors: 1
> status 1
ROWS
fat
poke 25178 0200
gives "a folder that begins in a file" <<'ROWS'
< /DIR|dir|yes|complete|512|30208+512
< /DIR/C.TXT|file|yes|complete|100|30720+512
< /DIR/SUB|dir|yes|complete|512|31232+512
> /DIR|dir|yes|complete|1536|27136+1536
< status 0
> /$OrphanFiles/OrphanFile-163|dir|none|complete|512|30208+512
> /$OrphanFiles/OrphanFile-163/C.TXT|file|yes|complete|100|30720+512
> /$OrphanFiles/OrphanFile-163/SUB|dir|yes|complete|512|31232+512
> '/DIR': item is damaged: it has clusters of another item (byte 27136, length 512)
> '/DIR': folder is damaged, entries may be missing: it does not begin with entries (byte 27136, length 128)
> '/$OrphanFiles': items in use that no folder leads to: 1
> errors: 3
> status 1
ROWS
fat
poke 25114 0000
poke 25146 0100
poke 25178 ff7f
gives "items that begin at cluster 0, 1 and outside the volume" <<'ROWS'
< /A.TXT|file|yes|complete|1500|27136+1536
< /B.TXT|file|yes|complete|1500|28672+1536
< /DIR|dir|yes|complete|512|30208+512
< /DIR/C.TXT|file|yes|complete|100|30720+512
< /DIR/SUB|dir|yes|complete|512|31232+512
> /A.TXT|file|yes|unknown|1500|
> /B.TXT|file|yes|unknown|1500|
> /DIR|dir|yes|unknown|0|
< status 0
> /$OrphanFiles/OrphanFile-163|dir|none|complete|512|30208+512
> /$OrphanFiles/OrphanFile-163/C.TXT|file|yes|complete|100|30720+512
> /$OrphanFiles/OrphanFile-163/SUB|dir|yes|complete|512|31232+512
> '/A.TXT': item is damaged: its first cluster is outside the volume
> '/B.TXT': item is damaged: its first cluster is outside the volume
> '/DIR': item is damaged: its first cluster is outside the volume
> '/$OrphanFiles': items in use that no folder leads to: 1
> errors: 4
> status 1
ROWS
fat
poke 30330 0800
gives "a folder that is its own parent's" <<'ROWS'
< /DIR/SUB|dir|yes|complete|512|31232+512
> /DIR/SUB|dir|yes|complete|512|30208+512
< status 0
> /$OrphanFiles/OrphanFile-195|dir|none|complete|512|31232+512
> '/DIR/SUB': item is damaged: it has clusters of another item (byte 30208, length 512)
> '/DIR/SUB': folder is damaged, entries may be missing: its clusters are those of another folder (byte 30208, length 512)
> '/$OrphanFiles': items in use that no folder leads to: 1
> errors: 3
> status 1
ROWS
fat
poke 25197 00
gives "a long name whose checksum is wrong" <<'ROWS'
< /EXERCISE plan of today.txt|file|yes|complete|100|31744+512
> / of today.txt|file|no|none||
> /EXERCISE plan|file|no|none||
> /EXERCI~1.TXT|file|yes|complete|100|31744+512
ROWS
fat
poke 25088 05
poke 25120 e5
gives "a name that begins with byte E5, and one that is erased" <<'ROWS'
< /A.TXT|file|yes|complete|1500|27136+1536
< /B.TXT|file|yes|complete|1500|28672+1536
> /%E5.TXT|file|yes|complete|1500|27136+1536
> /_.TXT|file|no|overwritten|1500|28672+512
ROWS
fat
poke 12804 0900
gives "FAT 2 differs from FAT 1" <<'ROWS'
< status 0
> 'img:p0:2': folder is damaged, entries may be missing: FAT 2 differs from FAT 1, bytes: 1 (byte 12804, length 1)
> errors: 1
> status 1
ROWS
fat
poke 25178 0000
link 8 ff7f
gives "a folder that nothing leads to, in a cluster that leads nowhere" <<'ROWS'
< /DIR|dir|yes|complete|512|30208+512
< /DIR/C.TXT|file|yes|complete|100|30720+512
< /DIR/SUB|dir|yes|complete|512|31232+512
> /DIR|dir|yes|unknown|0|
< status 0
> /$OrphanFiles/C.TXT|file|no|unknown|100|30720+512
> /$OrphanFiles/SUB|dir|no|overwritten|0|31232+512
> '/DIR': item is damaged: its first cluster is outside the volume
> errors: 1
> status 1
ROWS
fat
poke 25184 00
gives "entries behind the end of a folder" <<'ROWS'
< /EXERCISE plan of today.txt|file|yes|complete|100|31744+512
> /EXERCISE plan|file|no|none||
> /EXERCI~1.TXT|file|no|unknown|100|31744+512
ROWS
fat
poke 25216 81
gives "a part of a long name with a bit that none has" </dev/null
fat
poke 25120 00
poke 30208 "$(printf '00%.0s' {1..64})"
gives "a folder behind the end, without the two entries of its own" <<'ROWS'
< /B.TXT|file|yes|complete|1500|28672+1536
< /DIR|dir|yes|complete|512|30208+512
< /DIR/C.TXT|file|yes|complete|100|30720+512
< /DIR/SUB|dir|yes|complete|512|31232+512
< /EXERCISE plan of today.txt|file|yes|complete|100|31744+512
> /DIR|dir|no|complete|512|30208+512
> /DIR/C.TXT|file|no|unknown|100|30720+512
> /DIR/SUB|dir|no|complete|512|31232+512
> /EXERCISE plan of today.txt|file|no|unknown|100|31744+512
ROWS
fat
for i in 4 5 6 7 8 9 10; do
	dd if=fat.img of=img bs=32 skip=$((30272 / 32)) seek=$((30208 / 32 + i)) \
	    count=1 conv=notrunc status=none
	poke $((30208 + 32 * i)) "$(printf '%02x' $((0x40 + i)))"
done
poke 30350 60ff
poke 30208 "$(printf '20%.0s' {1..128})"
gives "a folder whose first four entries are lost, and others are not" <<'ROWS'
< /DIR/C.TXT|file|yes|complete|100|30720+512
< /DIR/SUB|dir|yes|complete|512|31232+512
> /DIR/D.TXT|file|yes|complete|100|30720+512
> /DIR/E.TXT|file|yes|complete|100|30720+512
> /DIR/F.TXT|file|yes|complete|100|30720+512
> /DIR/G.TXT|file|yes|complete|100|30720+512
> /DIR/H.TXT|file|yes|complete|100|30720+512
> /DIR/I.TXT|file|yes|complete|100|30720+512
> /DIR/J.TXT|file|yes|complete|100|30720+512
< status 0
> /$OrphanFiles/OrphanFile-195|dir|none|complete|512|31232+512
> '/DIR': folder is damaged, entries may be missing: what is there is no entry (byte 30208, length 128)
> '/DIR/E.TXT': item is damaged: it has clusters of another item (byte 30720, length 512)
> '/DIR/F.TXT': item is damaged: it has clusters of another item (byte 30720, length 512)
> '/DIR/G.TXT': item is damaged: it has clusters of another item (byte 30720, length 512)
> '/DIR/H.TXT': item is damaged: it has clusters of another item (byte 30720, length 512)
> '/DIR/I.TXT': item is damaged: it has clusters of another item (byte 30720, length 512)
> '/DIR/J.TXT': item is damaged: it has clusters of another item (byte 30720, length 512)
> '/$OrphanFiles': items in use that no folder leads to: 1
> errors: 8
> status 1
ROWS
fat
poke 25344 "$(printf BADDATE\ TXT\ | od -An -tx1 -v | tr -d ' \n')"
poke 25366 ffffffff0900
gives "a name behind the end, with a time that is none" <<'ROWS'
> /BADDATE.TXT|file|no|complete|0|
ROWS
# --- the boot sector of FAT: what is refused, and what is read -------------

# boot FIELD OFFSET HEX: what becomes of img, in a line.
boot() {
	local status
	fat
	poke "$2" "$3"
	timeout 60 "$walk" -q --format tsv img >rows 2>said
	status=$?
	echo "$1 $3: status $status, rows $(awk 'END { print NR - 1 }' rows)," \
	    "$(sed -n "1s/.*'img': //p" said)"
}
{
	for v in 0000 0100 ffff 0004; do boot sector 11 $v; done
	for v in 00 01 ff 80; do boot cluster 13 $v; done
	for v in 0000 ffff; do boot reserved 14 $v; done
	for v in 00 01 ff 08; do boot fats 16 $v; done
	for v in 0000 0100 ffff; do boot root 17 $v; done
	for v in 0000 0100 ffff; do boot sectors 19 $v; done
	for v in 0000 0100 ffff; do boot fat 22 $v; done
	boot sectors32 19 00000000000000000000000000ffffffff
} >got
cat >want <<'LINES'
sector 0000: status 1, rows 1, it has neither a partition table nor a file system that is read here
sector 0100: status 1, rows 1, it has neither a partition table nor a file system that is read here
sector ffff: status 1, rows 1, it has neither a partition table nor a file system that is read here
sector 0004: status 1, rows 5, the file system goes on for 3145728 bytes behind the end of the image (byte 3145728, length 3145728)
cluster 00: status 1, rows 1, it has neither a partition table nor a file system that is read here
cluster 01: status 0, rows 11, 
cluster ff: status 1, rows 1, it has neither a partition table nor a file system that is read here
cluster 80: status 1, rows 11, '/DIR': item is damaged: its chain has a cluster that is marked as free (byte 522, length 2)
reserved 0000: status 1, rows 1, it has neither a partition table nor a file system that is read here
reserved ffff: status 1, rows 1, it has neither a partition table nor a file system that is read here
fats 00: status 1, rows 1, it has neither a partition table nor a file system that is read here
fats 01: status 1, rows 10, 'img:p0:2': folder is damaged, entries may be missing: what is there is no entry (byte 12800, length 32)
fats ff: status 1, rows 1, it has neither a partition table nor a file system that is read here
fats 08: status 0, rows 4, 
root 0000: status 1, rows 1, it has neither a partition table nor a file system that is read here
root 0100: status 1, rows 9, '/DIR': folder is damaged, entries may be missing: it does not begin with entries (byte 28672, length 128)
root ffff: status 1, rows 11, '/A.TXT': item is damaged: its chain has a cluster that is marked as free (byte 2046, length 2)
sectors 0000: status 1, rows 1, it has neither a partition table nor a file system that is read here
sectors 0100: status 1, rows 1, it has neither a partition table nor a file system that is read here
sectors ffff: status 1, rows 11, the file system goes on for 30408192 bytes behind the end of the image (byte 3145728, length 30408192)
fat 0000: status 1, rows 1, it has neither a partition table nor a file system that is read here
fat 0100: status 1, rows 11, 'img:p0:2': folder is damaged, entries may be missing: the FAT is too short for the volume (byte 22, length 1)
fat ffff: status 1, rows 1, it has neither a partition table nor a file system that is read here
sectors32 00000000000000000000000000ffffffff: status 1, rows 1, it has neither a partition table nor a file system that is read here
LINES
diff want got >"$why"
tap "fields of the boot sector of FAT"

# --- a part of FAT 1 that cannot be read: FAT 2 is there -------------------

if (cd fixtures && ${CC:-cc} -std=gnu17 -O1 -D_GNU_SOURCE -o "$tmp/ewf" \
    ewf.c fix.c key.c -lcrypto -lz) 2>log; then
	truncate -s 40M large.raw
	head -c 6000000 /dev/zero >6000000
	mkfs.fat --invariant -F 32 -s 1 -R 32 large.raw >log 2>&1
	mcopy -i large.raw 6000000 ::LARGE.BIN
	./ewf large.raw large >log 2>&1
	damage_chunk large.E01
	"$walk" -q -r --format tsv large.E01 2>said | awk -F'\t' -v OFS='|' '
	NR == 1 { for (i = 1; i <= NF; i++) col[$i] = i; next }
	$col["path"] ~ /^\/(LARGE|.FAT)/ {
		print $col["path"], $col["content"], $col["runs"] }' >got
	cat >>got said
	cat >want <<'LINES'
/LARGE.BIN|complete|662016+6000128
/$FAT1|partial|16384+322560
/$FAT2|complete|338944+322560
spill-walk: 'large.E01': chunk of the image is damaged: taken as zeros (byte 32768, length 32768)
spill-walk: errors: 1
LINES
	diff want got >"$why"
	tap "a part of FAT 1 cannot be read"
else
	skip "a part of FAT 1 cannot be read" "the program does not build"
fi

# --- exFAT: clusters of 512 bytes ------------------------------------------

truncate -s 4M img
mkfs.exfat -c 512 -L '' img >log 2>&1 || bail "no image of exFAT"
fat=$(($(number 80) * 512)) heap=$(($(number 88) * 512)) root=$(number 96)
at() { echo $((heap + ($1 - 2) * 512)); }
# A folder with names of 1 to 255 characters, in every second cluster.
for ((i = 1; i < 256; i++)); do set_of $i 01 2000 0 0; done >sets
tr -d '\n' <sets | fold -w 1024 >pieces
count=$(awk 'END { print NR }' pieces)
first=200
link() { poke $((fat + 4 * $1)) "$(le "$2" 4)"; }
c=$first
while read -r piece; do
	poke "$(at $c)" "$piece"
	link $c $((c + 2))
	c=$((c + 2))
done < <(cat pieces; echo)
link $((c - 2)) 4294967295
bitmap=$(number $(($(at "$root") + 32 + 20)))
poke $(($(at "$bitmap") + 24)) "$(printf 'ff%.0s' {1..64})"
poke $(($(at "$root") + 96)) "$(set_of 5 01 1000 $first $((count * 512)))"
cp img exfat.img
"$walk" -q --format tsv img >rows 2>said
status=$?
awk -F'\t' '$4 ~ /^\/abcde\// { print length($4) - 7, $7 }' rows >got
for ((i = 1; i < 256; i++)); do echo "$i yes"; done >want
[ "$status" = 0 ] || { echo "status $status"; cat said; } >"$why"
diff want got >>"$why"
tap "exFAT: names of 1 to 255 characters, in sets over clusters"

seen | grep -v '^/abcde/....' >clean
# gives_short NAME: the same, without the names that are longer than three.
gives_short() {
	cat >want
	seen | grep -v -e '^/abcde/....' -e '^/\$OrphanFiles/' >got
	diff clean got | grep '^[<>]' | diff want - >"$why"
	tap "$1"
}
poke $(($(at $first) + 2)) 0000
gives_short "exFAT: the checksum of a set is wrong" <<'ROWS'
< status 0
> '/abcde/a': item is damaged: the checksum of an entry set differs (byte 2198528, length 96)
> errors: 1
> status 1
ROWS
cp exfat.img img
upcase=$(number $(($(at "$root") + 64 + 20)))
poke $(($(at "$upcase") + 9)) 41
gives_short "exFAT: the up-case table is damaged" <<'ROWS'
< status 0
> '/$UPCASE_TABLE': item is damaged: the checksum of the up-case table differs (byte 2097664, length 5836)
> errors: 1
> status 1
ROWS
cp exfat.img img
poke $((fat + 4 * (first + 2))) "$(le $first 4)"
gives_short "exFAT: a folder's chain leads back" <<'ROWS'
< /abcde|dir|yes|complete|90112|2198528+512;2199552+512;2200576+512;2201600+512;2202624+512;
< status 0
> /abcde|dir|yes|partial|90112|2198528+512;2199552+512
> '/abcde': item is damaged: its chain leads back to where it was (byte 1049384, length 4)
> '/abcde/NoName-3217': item is damaged: an entry set is cut (byte 2200000, length 64)
> '/$OrphanFiles': items in use that no folder leads to: 244
> errors: 3
> status 1
ROWS

tap_end
