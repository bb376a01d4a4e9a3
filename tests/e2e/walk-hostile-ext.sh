#!/bin/bash
# walk-hostile-ext.sh [MODE]: spill-walk on ext2 and ext4 that were made to
# mislead, to loop, or to cost much. Each has the exact rows and messages that
# must come, within 256 MiB and some seconds of CPU. TAP.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
# shellcheck source=tests/hostile.sh
. tests/hostile.sh
suite="walk-hostile-ext"
export LC_ALL=C TZ=UTC PATH="$PATH:/sbin:/usr/sbin"
walk=$B/bin/spill-walk
for p in mke2fs debugfs e2fsck; do
	command -v $p >/dev/null || skip_all "no $p"
done
[ -x "$walk" ] || bail "no $walk"
cd "$tmp" || exit 2

# make TYPE SIZE ARG...: the file sound, with what is in the folder tree.
make() {
	local type=$1 size=$2
	shift 2
	rm -f sound
	truncate -s "$size" sound
	mke2fs -q -F -t "$type" -b 1024 -I 256 -N 128 \
	    -U 5eed0000-0000-4000-8000-00000000e4e4 \
	    -E hash_seed=5eed0000-0000-4000-8000-00000000e4e5,root_owner=0:0 \
	    -d tree "$@" sound >log 2>&1 || bail "no image: $(cat log)"
	# Folders of more than a block get their hash tree.
	e2fsck -fyD sound >>log 2>&1
	cp sound img
}
edit() { debugfs -w -f - img >log 2>&1; }
# inode NUMBER: where it is.
inode() {
	debugfs -R "imap <$1>" sound 2>/dev/null | awk '/located at/ {
		gsub(/,/, ""); b = $4; o = $6 } END { print b, o }' |
	    { read -r b o; echo $((b * 1024 + o)); }
}
number() { debugfs -R "stat $1" sound 2>/dev/null | sed -n 's/^Inode: \([0-9]*\).*/\1/p'; }
block() { debugfs -R "bmap $1 ${2:-0}" sound 2>/dev/null; }
seen() {
	local status
	walked
	status=$?
	awk -F'\t' -v OFS='|' '
	NR == 1 { for (i = 1; i <= NF; i++) col[$i] = i; next }
	$col["path"] != "/$OrphanFiles" {
		print $col["path"], $col["kind"], $col["alloc_name"], \
		    $col["alloc_meta"], $col["content"], $col["status"], \
		    $col["size"], substr($col["runs"], 1, 60)
	}' rows
	sed "s/^spill-walk: 'img': //; s/^spill-walk: //" said
	echo "status $status"
}

# --- ext4 --------------------------------------------------------------------

mkdir -p tree/dir/sub tree/many
head -c 5000 /dev/zero | tr '\0' a >tree/a.txt
echo "EXERCISE EXERCISE" >tree/dir/b.txt
for i in {100..160}; do : >"tree/many/EXERCISE file number $i.txt"; done
make ext4 4M -O ^metadata_csum,^64bit,dir_index
ino_a=$(inode "$(number /a.txt)") ino_dir=$(inode "$(number /dir)")
data=$(($(block /a.txt) * 1024)) dir=$(($(block /dir) * 1024))
sub=$(($(block /dir/sub) * 1024)) many=$(($(block /many) * 1024))
ino_many=$(inode "$(number /many)")
blocks=$(($(debugfs -R 'stat /many' sound 2>/dev/null | sed -n 's/.*Size: \([0-9]*\)$/\1/p' | head -n 1) / 1024))
le() {
	printf '%02x%02x%02x%02x' $(($1 & 255)) $(($1 >> 8 & 255)) \
	    $(($1 >> 16 & 255)) $(($1 >> 24 & 255))
}
seen >clean
debugfs -R "htree /many" sound 2>&1 | grep -q 'Root node' || echo "no hash tree" >"$why"
grep -qx 'status 0' clean || cat clean >>"$why"
tap "nothing is wrong"

# s_journal_inum, s_journal_dev; s_journal_uuid.
poke $((1024 + 0xe0)) 00000000 01080000
poke $((1024 + 0xd0)) 5eed00000000400080000000000000e6
gives "its journal is on another device" <<'ROWS'
< status 0
> its journal is on another device, which is not read: UUID 5eed0000-0000-4000-8000-0000000000e6
> errors: 1
> status 1
ROWS
poke $((many + 36)) 00000000
gives "a hash tree whose root is its own leaf" </dev/null
poke "$(inode 2)" ed81
poke "$ino_dir" eda1
gives "folders that are files by their inodes" <<ROWS
< status 0
> 'img:p0:2': folder is damaged, entries may be missing: its inode says that it is no folder (byte $(inode 2), length 2)
> '/dir': folder is damaged, entries may be missing: its inode says that it is no folder (byte $ino_dir, length 2)
> errors: 2
> status 1
ROWS
root=$(($(block /) * 1024))
at=$(tail -c +$((root + 1)) sound | head -c 1024 | grep -abo dir)
poke $((root + ${at%%:*} - 1)) 05
gives "a folder that is none by its name" </dev/null
poke $((root + 16)) 1c00
gives "a length that leads into the next name" <<ROWS
< status 0
> 'img:p0:2': folder is damaged, entries may be missing: no such length of a name (byte $((root + 40)), length 984)
> errors: 1
> status 1
ROWS
poke "$ino_dir" eda1
poke "$dir" ff
gives "a folder that is a link, and has no folder's content" <<'ROWS'
< /dir|dir|yes|yes|complete|ok|1024|1121280+1024
< /dir/b.txt|file|yes|yes|complete|ok|18|1122304+1024
< /dir/sub|dir|yes|yes|complete|ok|1024|1123328+1024
> /dir|link|yes|yes|complete|ok|1024|1121280+1024
< status 0
> /$OrphanFiles/OrphanFile-14|file|none|yes|complete|ok|18|1122304+1024
> /$OrphanFiles/OrphanFile-15|dir|none|yes|complete|ok|1024|1123328+1024
> '/$OrphanFiles': items in use that no folder leads to: 2
> errors: 1
> status 1
ROWS
poke $((ino_a + 46)) ffff
gives "an extent tree 65535 deep" <<'ROWS'
< /a.txt|file|yes|yes|complete|ok|5000|1116160+5120
> /a.txt|file|yes|yes|unknown|partial|5000|
< status 0
> '/a.txt': item is damaged: a node of another depth
> errors: 1
> status 1
ROWS
# Its blocks, the first one last.
poke $((ino_many + 42)) 0200
poke $((ino_many + 52)) 01000000 "$(le $((blocks - 1)))" "$(le $((many / 1024 + 1)))"
poke $((ino_many + 64)) 00000000 01000000 "$(le $((many / 1024)))"
gives "a folder whose extents lead back" <<ROWS
< /many|dir|yes|yes|complete|ok|$((blocks * 1024))|$many+$((blocks * 1024))
> /many|dir|yes|yes|partial|partial|$((blocks * 1024))|$((many + 1024))+$(((blocks - 1) * 1024))
< status 0
> '/many': folder is damaged, entries may be missing: an extent leads back
> errors: 1
> status 1
ROWS
poke $((ino_a + 46)) 0100
poke $((ino_a + 56)) "$(le $((data / 1024)))" 00000000
poke $data 0af30100540001000000000000000000 "$(le $((data / 1024)))" 00000000
gives "an extent tree that leads back" <<'ROWS'
< /a.txt|file|yes|yes|complete|ok|5000|1116160+5120
> /a.txt|file|yes|yes|unknown|partial|5000|
< status 0
> '/a.txt': item is damaged: a node of another depth (byte 1116160, length 1024)
> errors: 1
> status 1
ROWS
poke $((ino_a + 60)) 04000000
gives "an extent in the tables of inodes" <<'ROWS'
< /a.txt|file|yes|yes|complete|ok|5000|1116160+5120
> /a.txt|file|yes|yes|complete|partial|5000|4096+5120
< status 0
> '/a.txt': item is damaged: it has blocks of the file system itself (byte 4096, length 5120)
> errors: 1
> status 1
ROWS
journal=$(block '<8>')
poke $((ino_a + 60)) "$(le "$journal")"
gives "an extent in the journal" <<ROWS
< /a.txt|file|yes|yes|complete|ok|5000|1116160+5120
> /a.txt|file|yes|yes|complete|partial|5000|$((journal * 1024))+5120
< status 0
> '/a.txt': item is damaged: it has blocks that are used elsewhere, too (byte $((journal * 1024)), length 5120)
> errors: 1
> status 1
ROWS
poke $((ino_a + 60)) "$(le $((data / 1024 + 2)))"
gives "two blocks of another file" <<'ROWS'
< /a.txt|file|yes|yes|complete|ok|5000|1116160+5120
< /dir|dir|yes|yes|complete|ok|1024|1121280+1024
< /dir/b.txt|file|yes|yes|complete|ok|18|1122304+1024
> /a.txt|file|yes|yes|complete|ok|5000|1118208+5120
> /dir|dir|yes|yes|complete|partial|1024|1121280+1024
> /dir/b.txt|file|yes|yes|complete|partial|18|1122304+1024
< status 0
> '/dir': item is damaged: it has blocks that are used elsewhere, too (byte 1121280, length 1024)
> '/dir/b.txt': item is damaged: it has blocks that are used elsewhere, too (byte 1122304, length 1024)
> errors: 2
> status 1
ROWS
poke $((ino_a + 60)) ffffff7f
gives "an extent outside the volume" <<'ROWS'
< /a.txt|file|yes|yes|complete|ok|5000|1116160+5120
> /a.txt|file|yes|yes|unknown|partial|5000|
< status 0
> '/a.txt': item is damaged: an extent is outside the volume
> errors: 1
> status 1
ROWS
poke $((ino_dir + 60)) "$(le $((sub / 1024)))"
gives "a folder that has the blocks of another" <<'ROWS'
< /dir|dir|yes|yes|complete|ok|1024|1121280+1024
< /dir/b.txt|file|yes|yes|complete|ok|18|1122304+1024
< /dir/sub|dir|yes|yes|complete|ok|1024|1123328+1024
> /dir|dir|yes|yes|complete|ok|1024|1123328+1024
< status 0
> /$OrphanFiles/OrphanFile-14|file|none|yes|complete|ok|18|1122304+1024
> /$OrphanFiles/OrphanFile-15|dir|none|yes|complete|partial|1024|1123328+1024
> '/dir': folder is damaged, entries may be missing: a block is that of another folder (byte 1123328, length 12)
> '/$OrphanFiles': items in use that no folder leads to: 2
> '/$OrphanFiles/OrphanFile-15': item is damaged: it has blocks that are used elsewhere, too (byte 1123328, length 1024)
> errors: 3
> status 1
ROWS
poke $((ino_a + 108)) ffffff7f
gives "a file of 2^63 bytes" <<'ROWS'
< /a.txt|file|yes|yes|complete|ok|5000|1116160+5120
> /a.txt|file|yes|yes|complete|ok|9223372032559813512|1116160+5120
ROWS
for len in 0000 0300 ffff; do
	poke $((dir + 28)) $len
	gives "an entry of length $len" <<'ROWS'
< status 0
> '/dir': folder is damaged, entries may be missing: a directory entry ends outside (byte 1121304, length 1000)
> errors: 1
> status 1
ROWS
done
edit <<'CMD'
cd /dir/sub
link <2> up
CMD
gives "a folder that is in itself" <<'ROWS'
> /dir/sub/up|dir|yes|yes|complete|ok|1024|19456+1024
< status 0
> '/dir/sub/up': a folder is in itself: not entered again
> errors: 1
> status 1
ROWS
poke $((1024 + 232)) 0c000000
poke $((ino_a + 20)) 0c000000
gives "a list of orphans that is a loop" </dev/null
journal=$(($(block '<8>') * 1024))
poke $((journal + 24)) deadbeef
gives "a journal with a wrong sequence" </dev/null

# super FIELD OFFSET HEX: what becomes of img, in a line.
super() {
	local status
	poke $((1024 + $2)) "$3"
	walked
	status=$?
	echo "$1: status $status, rows $(awk 'END { print NR - 1 }' rows)," \
	    "$(sed -n "1s/.*'img': //p" said)"
	cp sound img
}
{
	super "inode size 0" 88 0000
	super "inode size 65535" 88 ffff
	super "no inodes in a group" 40 00000000
	super "no blocks in a group" 32 00000000
	super "2^24 blocks in a group" 34 01
	super "the first block is 2^24" 23 01
	super "the first block is 0" 20 00000000
	super "block size 2^42" 24 20000000
	super "descriptors of 65535 bytes" 254 ffff
	super "2^32 - 1 blocks" 4 ffffffff
	super "2^32 - 1 inodes" 0 ffffffff
	super "no inodes" 0 00000000
	super "64 bits" 96 "$(le $((0x2c2)))"
	poke $((1024 + 254)) 2000
	super "64 bits, descriptors of 32 bytes" 96 "$(le $((0x2c2)))"
} >got
cat >want <<'LINES'
inode size 0: status 1, rows 1, cannot open the file system of volume p0: libtsk does not say why (byte 0, length 4194304)
inode size 65535: status 1, rows 1, cannot open the file system of volume p0: libtsk does not say why (byte 0, length 4194304)
no inodes in a group: status 1, rows 1, it has neither a partition table nor a file system that is read here
no blocks in a group: status 1, rows 1, it has neither a partition table nor a file system that is read here
2^24 blocks in a group: status 1, rows 69, superblock: no such number of blocks in a group
the first block is 2^24: status 1, rows 69, superblock: no such first block
the first block is 0: status 1, rows 69, superblock: no such first block
block size 2^42: status 1, rows 1, it has neither a partition table nor a file system that is read here
descriptors of 65535 bytes: status 0, rows 69, 
2^32 - 1 blocks: status 1, rows 69, the file system goes on for 4398042315776 bytes behind the end of the image (byte 4194304, length 4398042315776)
2^32 - 1 inodes: status 1, rows 1, it has neither a partition table nor a file system that is read here
no inodes: status 1, rows 1, it has neither a partition table nor a file system that is read here
64 bits: status 1, rows 69, superblock: no such descriptor size
64 bits, descriptors of 32 bytes: status 1, rows 69, the superblock says that numbers of blocks have 64 bits, but descriptors of groups have no room for them
LINES
diff want got >"$why"
tap "fields of the superblock"
# As many groups as can be said to be.
poke 1024 ffffffff ffffffff
poke $((1024 + 32)) 01000000 01000000 01000000
walked
echo "status $?, rows $(awk 'END { print NR - 1 }' rows)" >got
echo "status 1, rows 1" | diff - got >"$why"
tap "2^32 groups"
cp sound img

# A file that says so of itself, and a folder, all of whose blocks are one:
# by pointers that lead to their own block.
rm -rf tree/many
make ext2 4M
ino_a=$(inode "$(number /a.txt)") ino_dir=$(inode "$(number /dir)")
loop=$(block /a.txt)
seen >clean
for at in $((ino_a + 40)) $((ino_dir + 40)); do
	poke $((at + 48)) "$(le "$loop")" "$(le "$loop")" "$(le "$loop")"
done
for ((i = 0; i < 256; i++)); do le "$loop"; done >pointers
poke $((loop * 1024)) "$(cat pointers)"
poke $((ino_a + 4)) ffffffff
poke $((ino_a + 28)) ffffffff
poke $((ino_dir + 4)) ffffff7f
poke $((ino_dir + 28)) ffffffff
gives "blocks of pointers that are their own, in a file and a folder" <<'ROWS'
< /a.txt|file|yes|yes|complete|ok|5000|67584+5120
< /dir|dir|yes|yes|complete|ok|1024|72704+1024
> /a.txt|file|yes|yes|complete|partial|4294967295|67584+5120;67584+1024;67584+1024;67584+1024;67584+1024;67584
> /dir|dir|yes|yes|complete|partial|2147483647|72704+1024;67584+1024;67584+1024;67584+1024;67584+1024;67584
< status 0
> '/a.txt': item is damaged: it has blocks that are used elsewhere, too (byte 67584, length 1024)
> '/dir': item is damaged: it has blocks that are used elsewhere, too (byte 67584, length 1024)
> '/dir': folder is damaged, entries may be missing: a directory entry ends outside (byte 67584, length 1024)
> errors: 3
> status 1
ROWS

# The content is in the inode, and in an attribute behind it.
rm -rf tree
mkdir -p tree/small
head -c 100 /dev/zero | tr '\0' a >tree/a.txt
: >tree/small/b.txt
make ext4 2M -O inline_data
seen >clean
ino_a=$(inode "$(number /a.txt)") ino_small=$(inode "$(number /small)")
poke $((ino_a + 4)) 00000000
poke $((ino_a + 108)) 00010000
poke $((ino_small + 4)) ffffffff
poke $((ino_small + 48)) 0300
gives "inline data: sizes, and a length of an entry, that cannot be" <<'ROWS'
< /a.txt|file|yes|yes|complete|ok|100|54056+60;54232+40
< /small|dir|yes|yes|complete|ok|60|54312+60
> /a.txt|file|yes|yes|partial|partial|1099511627776|54056+60;54232+40
> /small|dir|yes|yes|partial|partial|4294967295|54312+60
< status 0
> '/a.txt': item is damaged: it is longer than what is in its inode (byte 54020, length 4)
> '/small': item is damaged: it is longer than what is in its inode (byte 54276, length 4)
> '/small': folder is damaged, entries may be missing: a directory entry ends outside (byte 54316, length 56)
> errors: 3
> status 1
ROWS
poke $(($(inode 11) + 32)) 00000810
gives "inline, by its flags, and with extents" </dev/null

# --- what was deleted --------------------------------------------------------

rm -rf tree
mkdir tree
for f in whole partly taken nameless cleared; do
	head -c 3000 /dev/zero | tr '\0' $f >tree/$f
done
make ext2 2M
nameless=$(block /nameless)
seen >clean
{
	for f in whole partly taken; do echo "rm /$f"; done
	echo "setb $(block /partly)"
	echo "setb $(block /taken) 3"
	echo "unlink /nameless"
	echo "rm /cleared"
	echo "clri <$(number /cleared)>"
} | edit
gives "deleted: as it was, partly or wholly given away, no name, no inode" <<'ROWS'
< /cleared|file|yes|yes|complete|ok|3000|59392+3072
< /nameless|file|yes|yes|complete|ok|3000|62464+3072
< /partly|file|yes|yes|complete|ok|3000|65536+3072
< /taken|file|yes|yes|complete|ok|3000|68608+3072
< /whole|file|yes|yes|complete|ok|3000|71680+3072
< status 0
> /cleared|file|no|no|none|ok|0|
> /nameless|file|no|yes|reallocated|ok|3000|62464+3072
> /partly|file|no|no|partial|ok|3000|65536+3072
> /taken|file|no|no|overwritten|ok|3000|68608+3072
> /whole|file|no|no|complete|ok|3000|71680+3072
> /$OrphanFiles/OrphanFile-13|file|none|yes|complete|ok|3000|62464+3072
> '/$OrphanFiles': items in use that no folder leads to: 1
> errors: 1
> status 1
ROWS
truncate -s $((nameless * 1024 + 1300)) img
gives "the image ends in a sector" <<'ROWS'
< /nameless|file|yes|yes|complete|ok|3000|62464+3072
< /partly|file|yes|yes|complete|ok|3000|65536+3072
< /taken|file|yes|yes|complete|ok|3000|68608+3072
< /whole|file|yes|yes|complete|ok|3000|71680+3072
< status 0
> /nameless|file|yes|yes|partial|ok|3000|62464+3072
> /partly|file|yes|yes|partial|ok|3000|65536+3072
> /taken|file|yes|yes|partial|ok|3000|68608+3072
> /whole|file|yes|yes|partial|ok|3000|71680+3072
> the file system goes on for 2033664 bytes behind the end of the image (byte 63488, length 2033664)
> errors: 1
> status 1
ROWS

# --- names and depth ---------------------------------------------------------

rm -rf tree
mkdir tree
while IFS= read -r name; do
	: >tree/"$(printf '%b' "$name")"
done <<'NAMES'
new\nline
return\rtab\t
escape\x1b[2J bell\x07 back\b
delete\x7f C1 \xc2\x9b
invalid \xff\xfe\xc0\xaf
right to left \xe2\x80\xae txt.exe
zero\xe2\x80\x8bwidth
\xd0\xb0 homoglyph
-rf
=cmd|' calc'!A0
<script>alert(1)
%s%n%00
$(reboot) `id` ; * ?
NAMES
long=$(printf '\360\237\222\200%.0s' {1..63})abc
: >"tree/$long"
make ext4 2M
walked
awk -F'\t' 'NR > 1 && $4 !~ /^\/(lost|\$|$)/ { print $4 }' rows | sort >got
cat >want <<'ROWS'
/%25s%25n%2500
/-rf
/<script>alert(1)
/=cmd|' calc'!A0
/delete%7F C1 %C2%9B
/escape%1B[2J bell%07 back%08
/invalid %FF%FE%C0%AF
/new%0Aline
/return%0Dtab%09
/right to left %E2%80%AE txt.exe
/zero%E2%80%8Bwidth
/а homoglyph
ROWS
echo "/$long" >>want
sort want | diff - got >"$why"
tap "names"
rm -rf tree
mkdir tree
make ext4 24M -N 10100
for ((i = 0; i < 10000; i++)); do echo "mkdir d"; echo "cd d"; done | edit
walked
echo "status $?" >got
awk -F'\t' 'NR > 1 && $4 ~ /^\/d/ { n++; if (length($4) != 2 * n) bad++
	if (length($4) > most) most = length($4) } END { print n, most, bad + 0 }' rows >>got
printf '%s\n' "status 0" "10000 20000 0" | diff - got >"$why"
tap "10,000 folders, one in the other"
tap_end
