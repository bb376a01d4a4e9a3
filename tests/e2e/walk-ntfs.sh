#!/bin/bash
# walk-ntfs.sh [MODE]: spill-walk on NTFS that was damaged: MFT records,
# indexes, run lists, lists of attributes. Each has the exact rows and messages
# that must come. TAP.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
suite="walk-ntfs"
export LC_ALL=C TZ=UTC PATH="$PATH:/sbin:/usr/sbin"
walk=$B/bin/spill-walk
[ -x "$walk" ] || bail "no $walk"
gcc -std=gnu17 -O1 -Wall -Wextra -Werror -o "$tmp/ntfs-names" \
    tests/e2e/ntfs-names.c || bail "ntfs-names.c does not compile"
fixtures/make-case "$tmp/case" >"$tmp/log" 2>&1 ||
    skip_all "make-case does not run here"
# The volume of the workstation: its offsets are those of the rows.
tail -c +1048577 "$tmp/case/ws0417.raw" | head -c 65011712 >"$tmp/sound"
rm -rf "$tmp/case"
cd "$tmp" || exit 2
cp --sparse=always sound img

# u OFFSET BYTES: a number of img, its lowest byte first.
u() {
	od -An -v -t u1 -j "$1" -N "$2" img | awk '{
		for (i = NF; i > 0; i--) v = v * 256 + $i
	} END { printf "%d", v }'
}
mft=$(($(u 48 8) * $(u 13 1) * $(u 11 2)))
# rec NUMBER: where its MFT record is.
rec() {
	echo $((mft + $1 * 1024))
}
# attr NUMBER TYPE: where its first attribute of that type is.
attr() {
	local at end
	at=$(rec "$1")
	end=$((at + 1024))
	at=$((at + $(u $((at + 20)) 2)))
	while [ $at -lt $end ] && [ "$(u $at 4)" -ne "$2" ]; do
		at=$((at + $(u $((at + 4)) 4)))
	done
	echo $at
}
# content NUMBER TYPE: where its resident content is.
content() {
	local at
	at=$(attr "$1" "$2")
	echo $((at + $(u $((at + 20)) 2)))
}
# runs NUMBER TYPE: where its run list is.
runs() {
	local at
	at=$(attr "$1" "$2")
	echo $((at + $(u $((at + 32)) 2)))
}
# damage OFFSET HEX: bytes of img, until the next gives.
poked=
damage() {
	poked="$poked $1+$((${#2} / 2))"
	poke "$1" "$2"
}
# seen: rows of img but for those of system files, its messages, and status.
seen() {
	local status
	timeout 60 "$walk" -q -r --format tsv img >rows 2>said
	status=$?
	awk -F'\t' -v OFS='|' '
	NR == 1 { for (i = 1; i <= NF; i++) col[$i] = i; next }
	$col["path"] !~ /^\/\$/ || $col["path"] ~ /^\/\$OrphanFiles\// {
		print $col["path"], $col["kind"], $col["alloc_name"], \
		    $col["alloc_meta"], $col["content"], $col["status"], \
		    $col["size"], $col["note"]
	}' rows | sort
	sed "s/^spill-walk: 'img': //; s/^spill-walk: //" said
	echo "status $status"
}
# gives NAME: where what is seen differs from what is seen of the sound one,
# the differences are those on standard input. The image is then sound again.
gives() {
	cat >want
	seen >got
	diff clean got | grep '^[<>]' | diff want - >"$why"
	for p in $poked; do
		dd if=sound of=img bs=1 skip="${p%+*}" seek="${p%+*}" \
		    count="${p#*+}" conv=notrunc status=none
	done
	poked=
	tap "$1"
}
seen >clean
grep -qx 'status 0' clean || cat clean >"$why"
tap "the sound volume has no errors"

plan=$(rec 70) # /Users/ana/Documents/EXERCISE plan ...
damage $((plan + 1022)) ffff
gives "a record of which a sector is of another write" <<'E'
< /Users/ana/Documents/EXERCISE plan NATO RESTRICTED.docx|file|yes|yes|complete|ok|18211|
> /Users/ana/Documents/EXERCISE plan NATO RESTRICTED.docx|file|yes|yes|unknown|partial|18211|
< status 0
> '/Users/ana/Documents/EXERCISE plan NATO RESTRICTED.docx': item is damaged: a sector is of another write (byte 88064, length 1024)
> errors: 1
> status 1
E
damage $((plan + 3)) 46
gives "a record whose signature is damaged" <<'E'
< /Users/ana/Documents/EXERCISE plan NATO RESTRICTED.docx|file|yes|yes|complete|ok|18211|
> /Users/ana/Documents/EXERCISE plan NATO RESTRICTED.docx|file|yes|yes|complete|partial|18211|
< status 0
> '/Users/ana/Documents/EXERCISE plan NATO RESTRICTED.docx': item is damaged: its signature is damaged (byte 88064, length 1024)
> errors: 1
> status 1
E
damage $((plan + 24)) 80000000
gives "a record that says it ends before its last attributes" <<'E'
< /Users/ana/Documents/EXERCISE plan NATO RESTRICTED.docx|file|yes|yes|complete|ok|18211|
> /Users/ana/Documents/EXERCISE plan NATO RESTRICTED.docx|file|yes|yes|complete|partial|18211|
< status 0
> '/Users/ana/Documents/EXERCISE plan NATO RESTRICTED.docx': item is damaged: an attribute is behind the end of all (byte 88192, length 896)
> errors: 1
> status 1
E
damage "$plan" 0000000000000000
gives "a record that is none" <<'E'
< /Users/ana/Documents/EXERCISE plan NATO RESTRICTED.docx|file|yes|yes|complete|ok|18211|
> /Users/ana/Documents/EXERCISE plan NATO RESTRICTED.docx|file|yes|none|unknown|unreadable||
< status 0
> '/Users/ana/Documents/EXERCISE plan NATO RESTRICTED.docx': item is damaged: its MFT record is not there (byte 88064, length 1024)
> errors: 1
> status 1
E
damage $((plan + 16)) 0200
damage $((plan + 22)) 0000
gives "a name in use of a record that is not in use" <<'E'
< /Users/ana/Documents/EXERCISE plan NATO RESTRICTED.docx|file|yes|yes|complete|ok|18211|
> /Users/ana/Documents/EXERCISE plan NATO RESTRICTED.docx|file|yes|no|overwritten|partial|18211|
< status 0
> '/Users/ana/Documents/EXERCISE plan NATO RESTRICTED.docx': item is damaged: a name in use leads to a record that is not in use (byte 88064, length 1024)
> errors: 1
> status 1
E
damage $((plan + 16)) 0500
gives "a name in use of another's record" <<'E'
< /Users/ana/Documents/EXERCISE plan NATO RESTRICTED.docx|file|yes|yes|complete|ok|18211|
> /Users/ana/Documents/EXERCISE plan NATO RESTRICTED.docx|file|yes|yes|complete|ok|18211|in the MFT, but in no index of its folder
> /Users/ana/Documents/EXERCISE plan NATO RESTRICTED.docx|file|yes|yes|unknown|unreadable||
< status 0
> '/Users/ana/Documents/EXERCISE plan NATO RESTRICTED.docx': item is damaged: a name in use leads to a record that is another's (byte 88064, length 1024)
> errors: 1
> status 1
E

index=$(($(u $(($(runs 184 160) + 2)) 2) * 4096)) # /Users/ana/index
damage "$index" 00000000
gives "an index block that is none" <<'E'
< /Users/ana/index/entry 00 of a big folder.txt|file|yes|yes|resident|ok|60|
< /Users/ana/index/entry 01 of a big folder.txt|file|yes|yes|resident|ok|60|
< /Users/ana/index/entry 02 of a big folder.txt|file|yes|yes|resident|ok|60|
< /Users/ana/index/entry 03 of a big folder.txt|file|yes|yes|resident|ok|60|
< /Users/ana/index/entry 04 of a big folder.txt|file|yes|yes|resident|ok|60|
< /Users/ana/index/entry 05 of a big folder.txt|file|yes|yes|resident|ok|60|
< /Users/ana/index/entry 06 of a big folder.txt|file|yes|yes|resident|ok|60|
< /Users/ana/index/entry 07 of a big folder.txt|file|yes|yes|resident|ok|60|
< /Users/ana/index/entry 08 of a big folder.txt|file|yes|yes|resident|ok|60|
< /Users/ana/index/entry 09 of a big folder.txt|file|yes|yes|resident|ok|60|
< /Users/ana/index/entry 10 of a big folder.txt|file|yes|yes|resident|ok|60|
< /Users/ana/index/entry 11 of a big folder.txt|file|yes|yes|resident|ok|60|
< /Users/ana/index/record taken NATO RESTRICTED.txt|file|no|yes|reallocated|ok||
< /Users/ana/index/record taken, 2009.txt|file|no|yes|reallocated|ok||
> /Users/ana/index/entry 00 of a big folder.txt|file|yes|yes|resident|ok|60|in the MFT, but in no index of its folder
> /Users/ana/index/entry 01 of a big folder.txt|file|yes|yes|resident|ok|60|in the MFT, but in no index of its folder
> /Users/ana/index/entry 02 of a big folder.txt|file|yes|yes|resident|ok|60|in the MFT, but in no index of its folder
> /Users/ana/index/entry 03 of a big folder.txt|file|yes|yes|resident|ok|60|in the MFT, but in no index of its folder
> /Users/ana/index/entry 04 of a big folder.txt|file|yes|yes|resident|ok|60|in the MFT, but in no index of its folder
> /Users/ana/index/entry 05 of a big folder.txt|file|yes|yes|resident|ok|60|in the MFT, but in no index of its folder
> /Users/ana/index/entry 06 of a big folder.txt|file|yes|yes|resident|ok|60|in the MFT, but in no index of its folder
> /Users/ana/index/entry 07 of a big folder.txt|file|yes|yes|resident|ok|60|in the MFT, but in no index of its folder
> /Users/ana/index/entry 08 of a big folder.txt|file|yes|yes|resident|ok|60|in the MFT, but in no index of its folder
> /Users/ana/index/entry 09 of a big folder.txt|file|yes|yes|resident|ok|60|in the MFT, but in no index of its folder
> /Users/ana/index/entry 10 of a big folder.txt|file|yes|yes|resident|ok|60|in the MFT, but in no index of its folder
> /Users/ana/index/entry 11 of a big folder.txt|file|yes|yes|resident|ok|60|in the MFT, but in no index of its folder
< status 0
> '/Users/ana/index': folder is damaged, entries may be missing: no index block (byte 37584896, length 4096)
> errors: 1
> status 1
E
damage $((index + 4094)) ffff
gives "an index block of which a sector is of another write" <<'E'
< status 0
> '/Users/ana/index': folder is damaged, entries may be missing: a sector is of another write (byte 37584896, length 4096)
> errors: 1
> status 1
E
damage $((index + 24 + $(u $((index + 24)) 4) + 8)) 0000
gives "an index entry that does not say where the next one is" <<'E'
< /Users/ana/index/entry 00 of a big folder.txt|file|yes|yes|resident|ok|60|
> /Users/ana/index/entry 00 of a big folder.txt|file|no|none|none|ok||
> /Users/ana/index/entry 00 of a big folder.txt|file|yes|yes|resident|ok|60|in the MFT, but in no index of its folder
< status 0
> '/Users/ana/index': folder is damaged, entries may be missing: an index entry ends outside (byte 37584896, length 4096)
> errors: 1
> status 1
E

# Remains of entries without their head, where nothing was: as one in use; with
# an older time; as that one; with another size.
entry=$((index + 24 + $(u $((index + 24)) 4)))
key=$(od -An -v -t x1 -j $((entry + 16)) -N "$(u $((entry + 10)) 2)" img |
    tr -d ' \n')
aged=${key:0:32}000000000000a401${key:48}
damage $((index + 3088)) "$key"
damage $((index + 3248)) "$aged"
damage $((index + 3600)) "$aged"
damage $((index + 3760)) "${key:0:96}0800000000000000${key:112}"
root=$(u $(($(attr 184 144) + 16)) 4) # bytes of the folder before its blocks
gives "what is left of entries without their heads" <<'E'
> /Users/ana/index/entry 00 of a big folder.txt|file|no|none|none|ok||
> /Users/ana/index/entry 00 of a big folder.txt|file|no|none|none|ok||
E
awk -F'\t' 'NR == 1 { for (i = 1; i <= NF; i++) col[$i] = i; next }
    $col["path"] ~ /\/entry 00/ && $col["alloc_meta"] == "none" {
	print $col["item"], $col["fn_modified"] }' rows >got
diff - got >"$why" <<E
img:p0:d184+$((root + 3248)) 1975-08-17T02:43:41.8475520Z
img:p0:d184+$((root + 3760)) 2024-06-03T16:00:00.1234567Z
E
tap "they have their own times"

shapes=$(content 82 144) # /Users/ana/Shapes
damage $((shapes + 32 + 12)) 0200
gives "a first name that says that it is the last entry" <<'E'
< status 0
> '/Users/ana/Shapes': folder is damaged, entries may be missing: the last index entry is not (byte 100720, length 376)
> errors: 1
> status 1
E
damage $((shapes + 32 + 8)) 100000000200
gives "an index that ends before its first name" <<'E'
< /Users/ana/Shapes/in pieces.docx|file|yes|yes|complete|ok|30000|
< /Users/ana/Shapes/initialized.bin|file|yes|yes|complete|ok|20000|
< /Users/ana/Shapes/sparse.bin|file|yes|yes|complete|ok|9442184|
> /Users/ana/Shapes/in pieces.docx|file|yes|yes|complete|ok|30000|in the MFT, but in no index of its folder
> /Users/ana/Shapes/initialized.bin|file|yes|yes|complete|ok|20000|in the MFT, but in no index of its folder
> /Users/ana/Shapes/sparse.bin|file|yes|yes|complete|ok|9442184|in the MFT, but in no index of its folder
E
damage $((shapes + 32 + 16)) 0700 # the folder, by the first name
gives "an index entry of another folder" <<'E'
< /Users/ana/Shapes/in pieces.docx|file|yes|yes|complete|ok|30000|
> /Users/ana/Shapes/in pieces.docx|file|yes|yes|complete|ok|30000|in the MFT, but in no index of its folder
< status 0
> '/Users/ana/Shapes': folder is damaged, entries may be missing: an entry is of another folder (byte 100720, length 376)
> errors: 1
> status 1
E
name=$(content 83 48) # in pieces.docx
damage "$name" ffff00000000
gives "a file that is in its folder's index alone" </dev/null
damage "$name" ffff00000000
damage $((shapes + 32 + 8)) 100000000200
gives "a file that no folder has" <<'E'
> /$OrphanFiles/in pieces.docx|file|no|yes|complete|ok|30000|
< /Users/ana/Shapes/in pieces.docx|file|yes|yes|complete|ok|30000|
< /Users/ana/Shapes/initialized.bin|file|yes|yes|complete|ok|20000|
< /Users/ana/Shapes/sparse.bin|file|yes|yes|complete|ok|9442184|
> /Users/ana/Shapes/initialized.bin|file|yes|yes|complete|ok|20000|in the MFT, but in no index of its folder
> /Users/ana/Shapes/sparse.bin|file|yes|yes|complete|ok|9442184|in the MFT, but in no index of its folder
< status 0
> '/$OrphanFiles': items in use that no folder leads to: 1
> errors: 1
> status 1
E
damage $((shapes + 16)) ffff
gives "an index root whose entries are nowhere" <<'E'
< /Users/ana/Shapes/in pieces.docx|file|yes|yes|complete|ok|30000|
< /Users/ana/Shapes/initialized.bin|file|yes|yes|complete|ok|20000|
< /Users/ana/Shapes/sparse.bin|file|yes|yes|complete|ok|9442184|
> /Users/ana/Shapes/in pieces.docx|file|yes|yes|complete|ok|30000|in the MFT, but in no index of its folder
> /Users/ana/Shapes/initialized.bin|file|yes|yes|complete|ok|20000|in the MFT, but in no index of its folder
> /Users/ana/Shapes/sparse.bin|file|yes|yes|complete|ok|9442184|in the MFT, but in no index of its folder
< status 0
> '/Users/ana/Shapes': folder is damaged, entries may be missing: index entries begin outside (byte 100720, length 376)
> errors: 1
> status 1
E

damage $(($(runs 75 128) + 2)) ff7f # one cluster.bin
gives "a run outside the volume" <<'E'
< /Users/ana/Documents/one cluster.bin|file|yes|yes|complete|ok|4096|
> /Users/ana/Documents/one cluster.bin|file|yes|yes|unknown|partial|4096|
< status 0
> '/Users/ana/Documents/one cluster.bin': item is damaged: a run is outside the volume (byte 93536, length 72)
> errors: 1
> status 1
E
damage "$(runs 74 128)" 00 # EXERCISE recording.bin
gives "a run list that is cut" <<'E'
< /Users/ana/Documents/EXERCISE recording.bin|file|yes|yes|complete|ok|2500000|
> /Users/ana/Documents/EXERCISE recording.bin|file|yes|yes|unknown|partial|2500000|
< status 0
> '/Users/ana/Documents/EXERCISE recording.bin': item is damaged: a run list is cut (byte 92528, length 72)
> errors: 1
> status 1
E

for ((e = 95; e < 200; e++)); do
	[ "$(u $(($(rec $e) + 32)) 4)" -ne 95 ] || break
done
damage $(($(rec $e) + 32)) 46
gives "an extension record of another file" <<'E'
< /Users/ana/Downloads/many streams.bin:stream 00 with a long name|stream|yes|yes|complete|ok|90|
< /Users/ana/Downloads/many streams.bin:stream 01 with a long name|stream|yes|yes|complete|ok|90|
< /Users/ana/Downloads/many streams.bin:stream 02 with a long name|stream|yes|yes|complete|ok|90|
< /Users/ana/Downloads/many streams.bin:stream 03 with a long name|stream|yes|yes|resident|ok|90|
< /Users/ana/Downloads/many streams.bin:stream 04 with a long name|stream|yes|yes|resident|ok|90|
< /Users/ana/Downloads/many streams.bin:stream 05 with a long name|stream|yes|yes|resident|ok|90|
< /Users/ana/Downloads/many streams.bin:stream 06 with a long name|stream|yes|yes|resident|ok|90|
< /Users/ana/Downloads/many streams.bin:stream 07 with a long name|stream|yes|yes|resident|ok|90|
< /Users/ana/Downloads/many streams.bin:stream 08 with a long name|stream|yes|yes|resident|ok|90|
< /Users/ana/Downloads/many streams.bin:stream 09 with a long name|stream|yes|yes|complete|ok|90|
< /Users/ana/Downloads/many streams.bin:stream 10 with a long name|stream|yes|yes|resident|ok|90|
< /Users/ana/Downloads/many streams.bin:stream 11 with a long name|stream|yes|yes|resident|ok|90|
< /Users/ana/Downloads/many streams.bin:stream 12 with a long name|stream|yes|yes|resident|ok|90|
< /Users/ana/Downloads/many streams.bin:stream 13 with a long name|stream|yes|yes|resident|ok|90|
< /Users/ana/Downloads/many streams.bin:stream 14 with a long name|stream|yes|yes|resident|ok|90|
< /Users/ana/Downloads/many streams.bin:stream 15 with a long name|stream|yes|yes|resident|ok|90|
< /Users/ana/Downloads/many streams.bin:stream 16 with a long name|stream|yes|yes|resident|ok|90|
< /Users/ana/Downloads/many streams.bin:stream 17 with a long name|stream|yes|yes|resident|ok|90|
< /Users/ana/Downloads/many streams.bin:stream 18 with a long name|stream|yes|yes|resident|ok|90|
< /Users/ana/Downloads/many streams.bin:stream 19 with a long name|stream|yes|yes|resident|ok|90|
< /Users/ana/Downloads/many streams.bin:stream 20 with a long name|stream|yes|yes|resident|ok|90|
< /Users/ana/Downloads/many streams.bin:stream 21 with a long name|stream|yes|yes|resident|ok|90|
< /Users/ana/Downloads/many streams.bin:stream 22 with a long name|stream|yes|yes|resident|ok|90|
< /Users/ana/Downloads/many streams.bin:stream 23 with a long name|stream|yes|yes|resident|ok|90|
< /Users/ana/Downloads/many streams.bin|file|yes|yes|complete|ok|9000|
> /Users/ana/Downloads/many streams.bin:stream 00 with a long name|stream|yes|yes|complete|partial|90|
> /Users/ana/Downloads/many streams.bin:stream 01 with a long name|stream|yes|yes|complete|partial|90|
> /Users/ana/Downloads/many streams.bin:stream 02 with a long name|stream|yes|yes|complete|partial|90|
> /Users/ana/Downloads/many streams.bin:stream 03 with a long name|stream|yes|yes|unknown|partial||
> /Users/ana/Downloads/many streams.bin:stream 04 with a long name|stream|yes|yes|unknown|partial||
> /Users/ana/Downloads/many streams.bin:stream 05 with a long name|stream|yes|yes|unknown|partial||
> /Users/ana/Downloads/many streams.bin:stream 06 with a long name|stream|yes|yes|unknown|partial||
> /Users/ana/Downloads/many streams.bin:stream 07 with a long name|stream|yes|yes|unknown|partial||
> /Users/ana/Downloads/many streams.bin:stream 08 with a long name|stream|yes|yes|resident|partial|90|
> /Users/ana/Downloads/many streams.bin:stream 09 with a long name|stream|yes|yes|complete|partial|90|
> /Users/ana/Downloads/many streams.bin:stream 10 with a long name|stream|yes|yes|resident|partial|90|
> /Users/ana/Downloads/many streams.bin:stream 11 with a long name|stream|yes|yes|resident|partial|90|
> /Users/ana/Downloads/many streams.bin:stream 12 with a long name|stream|yes|yes|resident|partial|90|
> /Users/ana/Downloads/many streams.bin:stream 13 with a long name|stream|yes|yes|resident|partial|90|
> /Users/ana/Downloads/many streams.bin:stream 14 with a long name|stream|yes|yes|resident|partial|90|
> /Users/ana/Downloads/many streams.bin:stream 15 with a long name|stream|yes|yes|resident|partial|90|
> /Users/ana/Downloads/many streams.bin:stream 16 with a long name|stream|yes|yes|resident|partial|90|
> /Users/ana/Downloads/many streams.bin:stream 17 with a long name|stream|yes|yes|resident|partial|90|
> /Users/ana/Downloads/many streams.bin:stream 18 with a long name|stream|yes|yes|resident|partial|90|
> /Users/ana/Downloads/many streams.bin:stream 19 with a long name|stream|yes|yes|resident|partial|90|
> /Users/ana/Downloads/many streams.bin:stream 20 with a long name|stream|yes|yes|resident|partial|90|
> /Users/ana/Downloads/many streams.bin:stream 21 with a long name|stream|yes|yes|resident|partial|90|
> /Users/ana/Downloads/many streams.bin:stream 22 with a long name|stream|yes|yes|resident|partial|90|
> /Users/ana/Downloads/many streams.bin:stream 23 with a long name|stream|yes|yes|resident|partial|90|
> /Users/ana/Downloads/many streams.bin|file|yes|yes|complete|partial|9000|
< status 0
> '/Users/ana/Downloads/many streams.bin': item is damaged: an extension record is another file's (byte 114688, length 1024)
> errors: 1
> status 1
E

damage $(($(rec 1) + 510)) ffff
gives "a record of the MFT's begin has its mirror" <<'E'
< status 0
> '/$MFTMirr': item is damaged: its MFT record is damaged: that of $MFTMirr is used (byte 17408, length 1024)
> errors: 1
> status 1
E
mirror=$(($(u 56 8) * $(u 13 1) * $(u 11 2)))
damage "$mft" 00000000
gives "no record 0: where the MFT is has its mirror" <<'E'
< status 0
> '/$MFT': item is damaged: its MFT record is damaged: that of $MFTMirr is used (byte 16384, length 1024)
> errors: 1
> status 1
E
damage $(($(runs 0 128) + 2)) ffff7f
gives "a record 0 whose runs are outside the volume" <<'E'
< status 0
> '/$MFT': item is damaged: its MFT record is damaged: that of $MFTMirr is used (byte 16384, length 1024)
> errors: 1
> status 1
E
damage 48 ffffff # its first cluster, in the boot sector
gives "a boot sector that leads to no MFT" <<'E'
< status 0
> the boot sector is damaged: the MFT is outside the volume
> errors: 1
> status 1
E
damage $((mirror + 1024 + 22)) 03
damage $((mirror + 3072)) 00000000
gives "a mirror that is another" <<'E'
< status 0
> record 1 of $MFTMirr is not that of $MFT
> record 3 of $MFTMirr is not that of $MFT
> errors: 2
> status 1
E
damage 510 0000
gives "a boot sector without its signature" <<'E'
< status 0
> the boot sector is damaged: no boot signature
> errors: 1
> status 1
E
damage $(($(attr 6 128) + 32)) ffff
gives "a \$Bitmap whose run list is nowhere" <<'E'
< /Users/ana/deleted/gather/inside.docx|file|no|no|complete|ok|8000|
> /Users/ana/deleted/gather/inside.docx|file|no|no|unknown|ok|8000|
< /Users/ana/deleted/in pieces NATO RESTRICTED.docx|file|no|no|complete|ok|30000|
> /Users/ana/deleted/in pieces NATO RESTRICTED.docx|file|no|no|unknown|ok|30000|
< /Users/ana/deleted/large NATO RESTRICTED.docx|file|no|no|complete|ok|30000|
> /Users/ana/deleted/large NATO RESTRICTED.docx|file|no|no|unknown|ok|30000|
< /Users/ana/deleted/with a stream.txt|file|no|no|complete|ok|5000|
> /Users/ana/deleted/with a stream.txt|file|no|no|unknown|ok|5000|
< /Users/ana/deleted/with two names.docx|file|no|no|complete|ok|5000|
> /Users/ana/deleted/with two names.docx|file|no|no|unknown|ok|5000|
< /Users/ana/reused/overwritten.bin|file|no|no|overwritten|ok|20000|
< /Users/ana/reused/partly overwritten.bin|file|no|no|partial|ok|24576|
> /Users/ana/reused/overwritten.bin|file|no|no|unknown|ok|20000|
> /Users/ana/reused/partly overwritten.bin|file|no|no|unknown|ok|24576|
< status 0
> '/$Bitmap': item is damaged: a run list begins outside (byte 22784, length 768)
> '/$Bitmap': item is damaged: a run list has no end (byte 22784, length 72)
> errors: 2
> status 1
E
damage "$(rec 150)" 42414144
gives "a record that chkdsk gave up" <<'E'
< /Users/ana/times/9999.txt|file|yes|yes|resident|ok|80|
> /Users/ana/times/9999.txt|file|yes|yes|resident|partial|80|
< status 0
> '/Users/ana/times/9999.txt': item is damaged: the record was given up by chkdsk (byte 169984, length 1024)
> errors: 1
> status 1
E

# A file with 8,000 names, all the same: each costs as much as any other.
rm img
truncate -s 16M img
if mkntfs -Q -F -q img >log 2>&1 && ./ntfs-names img 1000; then
	timeout 60 "$walk" -q -m 256M --format tsv img >rows 2>said
	status=$?
	[ $status -eq 0 ] || { echo "status $status"; cat said; } >>"$why"
	awk -F'\t' '
	NR == 1 { for (i = 1; i <= NF; i++) col[$i] = i; next }
	$col["path"] == "/a" {
		print $col["path"], $col["meta"], $col["note"]
	}' rows >got
	diff - got >>"$why" <<'E'
/a 64-1 in the MFT, but in no index of its folder
E
else
	cat log >"$why"
fi
tap "a file that has the same name 8,000 times"
tap_end
