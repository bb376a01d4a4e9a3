#!/bin/bash
# walk-hostile-other.sh [MODE]: spill-walk on ISO 9660, APFS and HFS+ that were
# made to mislead, to loop, or to cost much. Each has the exact rows and
# messages that must come, within 256 MiB and some seconds of CPU. TAP.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
# shellcheck source=tests/hostile.sh
. tests/hostile.sh
suite="walk-hostile-other"
testdata=${TESTDATA:-$PWD/../shared/testdata}
export LC_ALL=C TZ=UTC PATH="$PATH:/sbin:/usr/sbin"
unset SOURCE_DATE_EPOCH
walk=$B/bin/spill-walk
[ -x "$walk" ] || bail "no $walk"
gcc -std=gnu17 -O1 -Wall -Wextra -Werror -Iinclude -o "$tmp/apfs-make" \
    tests/e2e/apfs-make.c 2>"$tmp/log" || { cat "$tmp/log"; bail "no apfs-make"; }
cd "$tmp" || exit 2

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
	sed "s/^spill-walk: 'img': //; s/^spill-walk: //
		s/crashed (.*)/crashed/" said
	echo "status $status"
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

# runs_of PATH: where the content is of that one in img.
runs_of() {
	walked
	awk -F'\t' -v path="$1" '
	NR == 1 { for (i = 1; i <= NF; i++) col[$i] = i; next }
	$col["path"] == path { print $col["runs"] }' rows
}

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
> p0|/DIR|dir|complete|ok|2048
> p0|/DIR/paper.txt|file|complete|ok|18
> p0|/DIR/sub|dir|complete|ok|2048
> folders that a path table alone leads to: 1
> '/dir': folder is damaged, entries may be missing: it has sectors of another folder
> errors: 2
> status 1
ROWS
	poke $((at - 30)) "$(le 7)"
	gives "ISO 9660: a folder whose place is right in one order" <<'ROWS'
< status 0
> 'img:p0:32924': folder is damaged, entries may be missing: its records are damaged
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
	poke $((at - 31)) "$(le $((0xfffffffe)))"
	gives "ISO 9660: a file that is outside in one order" <<'ROWS'
< status 0
> '/dir': folder is damaged, entries may be missing: its records are damaged
> errors: 1
> status 1
ROWS
	# Which of two numbers is right: what does not reach into another file,
	# and is where files lie one behind the other.
	for len in 1 100; do
		poke $(($(find_text 'A_LONG') - 23)) "$(le $((len * 2048 + 16)))"
		gives "ISO 9660: a file that is $len blocks longer in one order" <<'ROWS'
< status 0
> 'img:p0:32924': folder is damaged, entries may be missing: its records are damaged
> errors: 1
> status 1
ROWS
	done
	runs_of /dir/paper.txt >place
	for len in $(($(stat -c %s sound) / 2048 - 1)) 18 \
	    $(($(cut -d+ -f1 place) / 2048 + 1)); do
		poke $((at - 31)) "$(le "$len")"
		runs_of /dir/paper.txt | diff place - >"$why"
		cp sound img
		tap "ISO 9660: a file that is at block $len in one order"
		poke $((at - 27)) "$(be "$len")"
		runs_of /dir/paper.txt | diff place - >"$why"
		cp sound img
		tap "ISO 9660: a file that is at block $len in the other"
	done
	runs_of '/A long name, 2nd draft.docx' >place
	poke $(($(find_text 'A_LONG') - 32)) 01
	runs_of '/A long name, 2nd draft.docx' | diff place - >"$why"
	cp sound img
	tap "ISO 9660: attributes before a file, where there is no room for them"
	poke $((at - 8)) 02
	gives "ISO 9660: a file with the flag of a folder" <<'ROWS'
ROWS
	poke $((at - 23)) "$(both $((0xffffffff)))"
	gives "ISO 9660: a file of 4 GiB" <<'ROWS'
< p0|/dir/paper.txt|file|complete|ok|18
> p0|/dir/paper.txt|file|partial|ok|4294967295
ROWS
	poke $((32768 + 158)) "$(both 0)"
	gives "ISO 9660: a root folder at block 0" <<'ROWS'
< status 0
> the record of a root folder is damaged: it was found by a path table or by its number in the other order
> errors: 1
> status 1
ROWS
	poke 32768 21
	gives "ISO 9660: a descriptor of no type" <<'ROWS'
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
# --- UFS ---------------------------------------------------------------------

# inode PATH: where the inode is of that one in the file sound, of the first
# group of UFS1 as makefs lays it out.
inode() {
	awk -F'\t' -v path="$1" '
	NR == 1 { for (i = 1; i <= NF; i++) col[$i] = i; next }
	$col["path"] == path { print 32768 + 128 * $col["meta"] }' sound.rows
}
le64() { le $(($1 & 0xffffffff)); le $(($1 >> 32)); }
ufs() {
	local folder file big i
	rm -rf tree
	mkdir -p tree/dir/sub tree/many
	for i in {100..229}; do echo "$i" >"tree/many/$i"; done
	echo "EXERCISE EXERCISE" >tree/dir/paper.txt
	: >tree/empty.txt
	seq 1 40000 | head -c 150000 >tree/noise.bin
	find tree -exec touch -h -d '2024-06-03 10:20:30' {} +
	makefs -t ffs -B le -o version=1,maxbpcg=128 -s 4m sound tree >>log 2>&1
	cp sound img
	seen >clean
	cp rows sound.rows
	grep -cx 'p0|/many/[12][0-9][0-9]|file|complete|ok|4' clean |
	    grep -qx 130 || echo "not all of the folder" >"$why"
	grep -v '/many/' clean | sed 's/^p0|//; s/|.*|/|/' | sort |
	    diff - <(cat <<'ROWS'
/$OrphanFiles|0
/dir/paper.txt|18
/dir/sub|512
/dir|512
/empty.txt|0
/many|2048
/noise.bin|150000
/|512
status 0
ROWS
	) >>"$why"
	tap "UFS1: nothing is wrong"
	folder=$(inode /dir) file=$(inode /empty.txt) big=$(inode /noise.bin)
	poke $((folder + 104)) 00000000
	gives "UFS1: a folder that says it has no blocks" <<'ROWS'
ROWS
	poke $((folder + 8)) "$(le64 $((1 << 40)))"
	gives "UFS1: a folder of 1 TiB" <<'ROWS'
< p0|/dir|dir|complete|ok|512
> p0|/dir|dir|complete|ok|1024
ROWS
	poke $((file + 8)) "$(le64 $((1 << 40)))"
	gives "UFS1: a hole of 1 TiB" <<'ROWS'
< p0|/empty.txt|file|complete|ok|0
> p0|/empty.txt|file|complete|ok|1099511627776
ROWS
	# The block of pointers of noise.bin, then one that is full of itself.
	poke $((big + 88)) "$(le $((0x7fffffff)))"
	gives "UFS1: pointers outside the volume" <<'ROWS'
< p0|/noise.bin|file|complete|ok|150000
> p0|/noise.bin|file|partial|partial|150000
< status 0
> '/noise.bin': item is damaged: a block of pointers is outside the volume
> errors: 1
> status 1
ROWS
	poke $((big + 8)) "$(le64 $((1 << 40)))"
	poke $((big + 96)) "$(le 4000)"
	# shellcheck disable=SC2046 # a pointer each
	poke $((4000 * 1024)) $(for ((i = 0; i < 2048; i++)); do le 4000; done)
	gives "UFS1: pointers to themselves, of a file of 1 TiB" <<'ROWS'
< p0|/noise.bin|file|complete|ok|150000
> p0|/noise.bin|file|partial|partial|1099511627776
< status 0
> '/noise.bin': item is damaged: it has more blocks of pointers than there are
> errors: 1
> status 1
ROWS
}
# zero OFFSET BYTES: of img.
zero() {
	dd if=/dev/zero of=img bs=1 seek="$1" count="$2" conv=notrunc status=none
}
# ufs_heads: superblocks, of which each group has a copy, and headers of groups.
ufs_heads() {
	local per group=$((24 * 1024)) copy=16384
	per=$(($(od -An -tu4 -j $((8192 + 188)) -N 4 sound) * 1024))
	[ "$(od -An -tu4 -j $((per + copy + 1372)) -N 4 sound)" -eq \
	    $((0x011954)) ] || echo "there is no second group" >"$why"
	tap "UFS1: there is a second group"
	poke $((8192 + 184)) 00000000
	gives "UFS1: a superblock without inodes" <<'ROWS'
< status 0
> its superblock is damaged: the copy at byte 16384 is used
> errors: 1
> status 1
ROWS
	poke $((8192 + 16)) "$(le 40)"
	zero $copy 2048
	gives "UFS1: one that leads to no inodes, and the first copy is gone" <<ROWS
< status 0
> its superblock is damaged: the copy at byte $((per + copy)) is used
> errors: 1
> status 1
ROWS
	zero 8192 2048
	zero $copy 2048
	seen | sed 's/^x0/p0/' >got
	diff clean got | grep '^[<>]' | diff - <(cat <<ROWS
< status 0
> volume x0 was found: UFS1, which no partition table has; its superblock: damaged, the copy at byte $((per + copy)) is used (byte 0, length 4194304)
> errors: 1
> status 1
ROWS
	) >"$why"
	cp sound img
	tap "UFS1: the superblock and its first copy are gone"
	poke $((per + group + 92)) 00000000
	gives "UFS1: a group whose map of inodes is nowhere" <<'ROWS'
< status 0
> headers of cylinder groups whose maps are misplaced: 1, the first of group 1
> errors: 1
> status 1
ROWS
	poke $((group + 96)) ffffff7f
	gives "UFS1: a group whose map of blocks is nowhere" <<'ROWS'
< status 0
> headers of cylinder groups whose maps are misplaced: 1, the first of group 0
> errors: 1
> status 1
ROWS
	zero $group 8192
	gives "UFS1: a group without its header" <<'ROWS'
< status 0
> headers of cylinder groups whose maps are misplaced: 1, the first of group 0
> errors: 1
> status 1
ROWS
}
if command -v makefs >/dev/null; then
	ufs
	ufs_heads
else
	skip "UFS" "no makefs"
fi
# --- APFS --------------------------------------------------------------------

# A disk with the container as p1 and a sound one as p2, which must be walked
# whatever is in the other.
container() {
	"$tmp/apfs-make" first "$@" && "$tmp/apfs-make" second || return
	head -c 32768 /dev/zero >disk
	cat first second >>disk
	mv disk img
	poke 446 0000000083000000 "$(le 64)" "$(le 512)"
	poke 462 0000000083000000 "$(le 576)" "$(le 512)"
	poke 510 55aa
}
container
cp img sound
seen >clean
grep -c '^p[12][.]v' clean | diff - <(echo 36) >"$why"
tap "APFS: two containers"
# A crash inside libtsk is told in other words where there are sanitizers.
if [ "$mode" != san ]; then
container files-loop
gives "APFS: a tree of files that is its own branch" <<'ROWS'
< p1.v1|/|dir|none|ok|0
< p1.v1|/notes.txt|file|complete|ok|16
< p1.v1|/notes.txt:user.label|stream|complete|ok|15
< p1.v1|/packed.txt|file|complete|ok|6
< p1.v1|/packed.txt:com.apple.decmpfs|stream|complete|ok|23
< p1.v1.snap2|/|dir|none|ok|0
< p1.v1.snap2|/notes.txt|file|complete|ok|16
< p1.v1.snap2|/notes.txt:user.label|stream|complete|ok|15
< p1.v1.snap2|/packed.txt|file|complete|ok|6
< p1.v1.snap2|/packed.txt:com.apple.decmpfs|stream|complete|ok|23
< p1.v4|/|dir|none|ok|0
< p1.v4|/notes.txt|file|complete|ok|16
< p1.v4|/notes.txt:user.label|stream|complete|ok|15
< p1.v4|/packed.txt|file|complete|ok|6
< p1.v4|/packed.txt:com.apple.decmpfs|stream|complete|ok|23
< errors: 2
> volume p1.v1, the walk ended early: crashed
> volume p1.v1.snap2, the walk ended early: crashed
> volume p1.v4, the walk ended early: crashed
> errors: 5
ROWS
fi
# byte BLOCK OFFSET: of the first container in img.
byte() { echo $((32768 + 4096 * $1 + $2)); }
# A flag says that it is deleted, and others that there are none; a block number
# of which the uppermost byte is damaged.
container
for i in 1 2 3; do poke "$(byte 31 $((4056 - 16 * i)))" ffffff00; done
gives "APFS: flags in an object map that are none" </dev/null
container
poke "$(byte 30 $((0x37)))" ff
gives "APFS: an object map whose tree is outside by the last byte" </dev/null
# A copy of the superblock of the volume that leads to no files, of a
# transaction that cannot be, and the right one is damaged.
container
dd if=sound of=img bs=4096 skip=28 seek=68 count=1 conv=notrunc status=none
poke "$(byte 60 16)" ffffffffffffff00
poke "$(byte 60 $((0x80)))" 0a00
poke "$(byte 20 4000)" 01
gives "APFS: a damaged superblock of a volume is not the latest one" <<'ROWS'
> APFS container p1: the superblock of its volume v1 is damaged (byte 32768, length 262144)
< errors: 2
> errors: 3
ROWS
container map-loop
gives "APFS: an object map of a volume that is its own branch" <<'ROWS'
< p1.v1|/|dir|none|ok|0
< p1.v1|/notes.txt|file|complete|ok|16
< p1.v1|/notes.txt:user.label|stream|complete|ok|15
< p1.v1|/packed.txt|file|complete|ok|6
< p1.v1|/packed.txt:com.apple.decmpfs|stream|complete|ok|23
< p1.v1.snap1|/|dir|none|ok|0
< p1.v1.snap1|/draft.txt|file|complete|ok|18
< p1.v1.snap2|/|dir|none|ok|0
< p1.v1.snap2|/notes.txt|file|complete|ok|16
< p1.v1.snap2|/notes.txt:user.label|stream|complete|ok|15
< p1.v1.snap2|/packed.txt|file|complete|ok|6
< p1.v1.snap2|/packed.txt:com.apple.decmpfs|stream|complete|ok|23
> p1.v1||range|complete|ok|262144
< p1.v4|/|dir|none|ok|0
< p1.v4|/notes.txt|file|complete|ok|16
< p1.v4|/notes.txt:user.label|stream|complete|ok|15
< p1.v4|/packed.txt|file|complete|ok|6
< p1.v4|/packed.txt:com.apple.decmpfs|stream|complete|ok|23
> p1.v4||range|complete|ok|262144
> snapshot p1.v1.snap1 not walked: snapshot "before" of 2024-06-03T00:00:00.000000000Z, without its folders
> snapshot p1.v1.snap2 not walked: snapshot "com.apple.%22x%22%0A" of 2024-06-03T12:00:00.500000000Z, without its folders
< errors: 2
> cannot open the file system of volume p1.v1: its object map does not lead to the tree of its files (byte 32768, length 262144)
> cannot open the file system of volume p1.v4: its object map does not lead to the tree of its files (byte 32768, length 262144)
> errors: 6
ROWS
container container-map-loop
gives "APFS: an object map of the container that is its own branch" <<'ROWS'
> APFS container p1: the superblock of its volume v1 is not found: another one of it is taken (byte 32768, length 262144)
> APFS container p1: the superblock of its volume v2 is not found: another one of it is taken (byte 32768, length 262144)
> APFS container p1: the superblock of its volume v4 is not found: another one of it is taken (byte 32768, length 262144)
< errors: 2
> errors: 5
ROWS
container entries-far
gives "APFS: entries that lead out of their node" <<'ROWS'
< p1.v1|/notes.txt|file|complete|ok|16
< p1.v1|/notes.txt:user.label|stream|complete|ok|15
< p1.v1|/packed.txt|file|complete|ok|6
< p1.v1|/packed.txt:com.apple.decmpfs|stream|complete|ok|23
< p1.v1.snap2|/notes.txt|file|complete|ok|16
< p1.v1.snap2|/notes.txt:user.label|stream|complete|ok|15
< p1.v1.snap2|/packed.txt|file|complete|ok|6
< p1.v1.snap2|/packed.txt:com.apple.decmpfs|stream|complete|ok|23
< p1.v4|/notes.txt|file|complete|ok|16
< p1.v4|/notes.txt:user.label|stream|complete|ok|15
< p1.v4|/packed.txt|file|complete|ok|6
< p1.v4|/packed.txt:com.apple.decmpfs|stream|complete|ok|23
< errors: 2
> 'img:p1.v1:2': folder is damaged, entries may be missing: what leads out of a node of its tree is left out (byte 196608, length 4096)
> 'img:p1.v1.snap2:2': folder is damaged, entries may be missing: what leads out of a node of its tree is left out (byte 196608, length 4096)
> 'img:p1.v4:2': folder is damaged, entries may be missing: what leads out of a node of its tree is left out (byte 196608, length 4096)
> errors: 5
ROWS
container snapshots-loop
gives "APFS: a tree of snapshots that is its own branch" <<'ROWS'
< p1.v1.snap1|/|dir|none|ok|0
< p1.v1.snap1|/draft.txt|file|complete|ok|18
< p1.v1.snap2|/|dir|none|ok|0
< p1.v1.snap2|/notes.txt|file|complete|ok|16
< p1.v1.snap2|/notes.txt:user.label|stream|complete|ok|15
< p1.v1.snap2|/packed.txt|file|complete|ok|6
< p1.v1.snap2|/packed.txt:com.apple.decmpfs|stream|complete|ok|23
> APFS container p1: not all snapshots of a volume can be listed (byte 32768, length 262144)
< errors: 2
> errors: 3
ROWS
container no-map
gives "APFS: no object map" <<'ROWS'
< p1.v1|/|dir|none|ok|0
< p1.v1|/notes.txt|file|complete|ok|16
< p1.v1|/notes.txt:user.label|stream|complete|ok|15
< p1.v1|/packed.txt|file|complete|ok|6
< p1.v1|/packed.txt:com.apple.decmpfs|stream|complete|ok|23
< p1.v1.snap1|/|dir|none|ok|0
< p1.v1.snap1|/draft.txt|file|complete|ok|18
< p1.v1.snap2|/|dir|none|ok|0
< p1.v1.snap2|/notes.txt|file|complete|ok|16
< p1.v1.snap2|/notes.txt:user.label|stream|complete|ok|15
< p1.v1.snap2|/packed.txt|file|complete|ok|6
< p1.v1.snap2|/packed.txt:com.apple.decmpfs|stream|complete|ok|23
> p1.v1||range|complete|ok|262144
< p1.v4|/|dir|none|ok|0
< p1.v4|/notes.txt|file|complete|ok|16
< p1.v4|/notes.txt:user.label|stream|complete|ok|15
< p1.v4|/packed.txt|file|complete|ok|6
< p1.v4|/packed.txt:com.apple.decmpfs|stream|complete|ok|23
> p1.v4||range|complete|ok|262144
> snapshot p1.v1.snap1 not walked: snapshot "before" of 2024-06-03T00:00:00.000000000Z, without its folders
> snapshot p1.v1.snap2 not walked: snapshot "com.apple.%22x%22%0A" of 2024-06-03T12:00:00.500000000Z, without its folders
< errors: 2
> cannot open the file system of volume p1.v1: its object map does not lead to the tree of its files (byte 32768, length 262144)
> cannot open the file system of volume p1.v4: its object map does not lead to the tree of its files (byte 32768, length 262144)
> errors: 6
ROWS
container map-far
gives "APFS: an object map outside the container" <<'ROWS'
< p1.v1|/|dir|none|ok|0
< p1.v1|/notes.txt|file|complete|ok|16
< p1.v1|/notes.txt:user.label|stream|complete|ok|15
< p1.v1|/packed.txt|file|complete|ok|6
< p1.v1|/packed.txt:com.apple.decmpfs|stream|complete|ok|23
< p1.v1.snap1|/|dir|none|ok|0
< p1.v1.snap1|/draft.txt|file|complete|ok|18
< p1.v1.snap2|/|dir|none|ok|0
< p1.v1.snap2|/notes.txt|file|complete|ok|16
< p1.v1.snap2|/notes.txt:user.label|stream|complete|ok|15
< p1.v1.snap2|/packed.txt|file|complete|ok|6
< p1.v1.snap2|/packed.txt:com.apple.decmpfs|stream|complete|ok|23
> p1.v1||range|complete|ok|262144
< p1.v4|/|dir|none|ok|0
< p1.v4|/notes.txt|file|complete|ok|16
< p1.v4|/notes.txt:user.label|stream|complete|ok|15
< p1.v4|/packed.txt|file|complete|ok|6
< p1.v4|/packed.txt:com.apple.decmpfs|stream|complete|ok|23
> p1.v4||range|complete|ok|262144
> snapshot p1.v1.snap1 not walked: snapshot "before" of 2024-06-03T00:00:00.000000000Z, without its folders
> snapshot p1.v1.snap2 not walked: snapshot "com.apple.%22x%22%0A" of 2024-06-03T12:00:00.500000000Z, without its folders
< errors: 2
> cannot open the file system of volume p1.v1: its object map does not lead to the tree of its files (byte 32768, length 262144)
> cannot open the file system of volume p1.v4: its object map does not lead to the tree of its files (byte 32768, length 262144)
> errors: 6
ROWS
container keys
gives "APFS: keys of 2^63 blocks" <<'ROWS'
ROWS
container snapshot-count
gives "APFS: 2^64 - 1 snapshots" <<'ROWS'
> APFS container p1: not all snapshots of a volume can be listed (byte 32768, length 262144)
< errors: 2
> errors: 3
ROWS
# --- HFS+ --------------------------------------------------------------------

# rec ID: where the record of that file is in the catalogue.
rec() {
	find_text "\\x00\\x02\\x00[\\x00-\\xff]\\x00{7}\\x$(printf %02x "$1")"
}
# copy FROM TO BYTES: of the file sound to the file img.
copy() {
	dd if=sound of=img bs=1 skip="$1" seek="$2" count="$3" conv=notrunc \
	    status=none
}
# hfs_links: the catalogue, whose one leaf is node 1, gets another, node 2, for
# its records from 13 on, and a root, node 3. Nothing may be lost where a link
# of those is wrong, but it is told.
hfs_links() {
	local cat=761856 ext=8192 att=40960 one two root at first rec len
	local told="catalogue: links that lead in a circle, or to no leaf: 1, the first in node"
	one=$((cat + 4096)) two=$((cat + 8192)) root=$((cat + 12288))
	cp sound alone
	copy $one $two 4096
	copy $((one + 4096 - 52)) $((two + 4096 - 26)) 26
	poke $one 00000002
	poke $((one + 10)) 000d
	poke $two 00000000 00000001
	poke $((two + 10)) 000d
	poke $root 0000000000000000 0002 0002
	at=14
	for first in 0 13; do
		rec=$((0x$(od -An -tx1 -j $((one + 4094 - 2 * first)) -N 2 sound | tr -d ' ')))
		len=$((2 + 0x$(od -An -tx1 -j $((one + rec)) -N 2 sound | tr -d ' ')))
		copy $((one + rec)) $((root + at)) $len
		poke $((root + at + len)) "$(be $((first == 0 ? 1 : 2)))"
		poke $((root + 4094 - (first == 0 ? 0 : 2))) "$(printf %04x $at)"
		at=$((at + len + 4))
	done
	poke $((root + 4090)) "$(printf %04x $at)"
	poke $((cat + 14)) 0002 00000003 0000001a 00000001 00000002
	cp img sound
	seen | diff clean - >"$why"
	tap "HFS+: a catalogue of two leaves"
	poke $one 00000001
	gives "HFS+: a leaf that leads to itself, and another is behind it" <<ROWS
< status 0
> $told 1; entries may be missing
> errors: 1
> status 1
ROWS
	poke $two 00000002
	gives "HFS+: the last leaf leads to itself" <<ROWS
< status 0
> $told 2; entries may be missing
> errors: 1
> status 1
ROWS
	poke $two 00000001
	gives "HFS+: the last leaf leads to the first" <<ROWS
< status 0
> $told 2; entries may be missing
> errors: 1
> status 1
ROWS
	poke $two 00000003
	gives "HFS+: the last leaf leads to the root" <<ROWS
< status 0
> $told 2; entries may be missing
> errors: 1
> status 1
ROWS
	poke $one 7fffffff
	gives "HFS+: a leaf leads out of the catalogue" <<ROWS
< status 0
> $told 1; entries may be missing
> errors: 1
> status 1
ROWS
	# A second root, 4, above and below the first.
	copy $root $((root + 4096)) 4096
	poke $((root + at - 4)) 00000004
	poke $((root + 4096 + at - 4)) 00000003
	gives "HFS+: two index nodes that are each other's branch" <<ROWS
< status 0
> $told 4; entries may be missing
> errors: 1
> status 1
ROWS
	poke $((att + 8192)) 00000001
	gives "HFS+: a leaf of attributes that leads to itself" <<ROWS
< status 0
> attributes: links that lead in a circle, or to no leaf: 1, the first in node 1; entries may be missing
> errors: 1
> status 1
ROWS
	# Node 2 is now 8, in an extent of which only the file of extents knows.
	copy $two $((700 * 4096)) 4096
	poke $((two + 8)) 01
	poke $one 00000008
	poke $((root + at - 4)) 00000008
	poke $((cat + 36)) 00000009
	poke $((1024 + 272)) 0000000000009000 00000000 00000009
	for first in 0 1 2 3 4 5 6 7; do
		poke $((1024 + 288 + 8 * first)) "$(be $((186 + first)))" 00000001
	done
	poke $((ext + 14)) 0001 00000001 00000001 00000001 00000001
	poke $((ext + 4096)) 0000000000000000 ff01 0001 0000 000a0000 00000004 \
	    00000008 "$(be 700)" 00000001 "$(printf %0112x 0)"
	poke $((ext + 8188)) 005a000e
	gives "HFS+: a leaf in the ninth extent of the catalogue" <<ROWS
< p0|/\$CatalogFile|file|complete|ok|32768
> p0|/\$CatalogFile|file|complete|ok|36864
ROWS
	poke $one 00000001
	timeout 60 "$B/bin/spill-cat" -q -e img img:p0:4 2>said | cmp - \
	    <(dd if=img bs=4096 skip=186 count=8 status=none) >"$why" 2>&1
	cp alone sound
	cp sound img
	tap "HFS+: the bytes of a catalogue with a wrong link are those on the disk"
}
hfs() {
	local cat=761856 ext=8192 att=40960 at name
	gunzip -c "$1" >sound
	cp sound img
	seen >clean
	grep -qx 'status 0' clean || cat clean >"$why"
	tap "HFS+: nothing is wrong"
	hfs_links
	# A second level: node 2, whose only entry leads to itself.
	poke $((cat + 14)) 0002 00000002
	poke $((cat + 8192 + 8)) 00020001 0000 0006 00000001 0000 00000002
	poke $((cat + 8192 + 4092)) 001a 000e
	gives "HFS+: a node of the catalogue that is its own branch" <<'ROWS'
< p0|/|dir|none|ok|0
< p0|/$ExtentsFile|file|complete|ok|32768
< p0|/$CatalogFile|file|complete|ok|32768
< p0|/$BadBlockFile|file|complete|ok|0
< p0|/$AllocationFile|file|complete|ok|4096
< p0|/$AttributesFile|file|complete|ok|65536
< p0|/.fseventsd|dir|none|ok|0
< p0|/.fseventsd/00000000171494cb|file|complete|ok|161
< p0|/.fseventsd/00000000171494cc|file|complete|ok|72
< p0|/.fseventsd/fseventsd-uuid|file|complete|ok|36
< p0|/.HFS+ Private Directory Data%0D|dir|none|ok|0
< p0|/a_directory|dir|none|ok|0
< p0|/a_directory/a_file|file|complete|ok|53
< p0|/a_directory/a_file:myxattr|stream|complete|ok|21
< p0|/a_directory/a_resourcefork|file|complete|ok|0
< p0|/a_directory/a_resourcefork:RSRC|stream|complete|ok|17
< p0|/a_directory/another_file|file|complete|ok|22
< p0|/a_link|link|complete|ok|24
< p0|/passwords.txt|file|complete|ok|116
< p0|/%00%00%00%00HFS+ Private Data|dir|none|ok|0
< status 0
> catalogue: links that lead in a circle, or to no leaf: 1, the first in node 2; entries may be missing
> '/': there is no root folder
> 'img:p0:2': folder is damaged, entries may be missing: hfs_cat_traverse: Node -1 too large for file
> errors: 3
> status 1
ROWS
	poke $((cat + 32)) 0000
	gives "HFS+: nodes of no size" <<'ROWS'
< p0|/|dir|none|ok|0
< p0|/$ExtentsFile|file|complete|ok|32768
< p0|/$CatalogFile|file|complete|ok|32768
< p0|/$BadBlockFile|file|complete|ok|0
< p0|/$AllocationFile|file|complete|ok|4096
< p0|/$AttributesFile|file|complete|ok|65536
< p0|/.fseventsd|dir|none|ok|0
< p0|/.fseventsd/00000000171494cb|file|complete|ok|161
< p0|/.fseventsd/00000000171494cc|file|complete|ok|72
< p0|/.fseventsd/fseventsd-uuid|file|complete|ok|36
< p0|/.HFS+ Private Directory Data%0D|dir|none|ok|0
< p0|/a_directory|dir|none|ok|0
< p0|/a_directory/a_file|file|complete|ok|53
< p0|/a_directory/a_file:myxattr|stream|complete|ok|21
< p0|/a_directory/a_resourcefork|file|complete|ok|0
< p0|/a_directory/a_resourcefork:RSRC|stream|complete|ok|17
< p0|/a_directory/another_file|file|complete|ok|22
< p0|/a_link|link|complete|ok|24
< p0|/passwords.txt|file|complete|ok|116
< p0|/%00%00%00%00HFS+ Private Data|dir|none|ok|0
< status 0
> '/': there is no root folder
> 'img:p0:2': folder is damaged, entries may be missing: hfs_cat_traverse: Node size 0 is too small to be valid
> errors: 2
> status 1
ROWS
	at=$(rec 20)
	poke $((at + 88)) 8000000000000000
	gives "HFS+: a file of 2^63 bytes" <<'ROWS'
< p0|/passwords.txt|file|complete|ok|116
> p0|/passwords.txt|file|complete|partial|0
< status 0
> '/passwords.txt': item is damaged: its size on the disk is 2^63 bytes or more: taken is 0
> errors: 1
> status 1
ROWS
	poke $((at + 48)) 686c6e6b6866732b
	poke $((at + 44)) 00000014
	gives "HFS+: a hard link to nothing" <<'ROWS'
ROWS
	# More than its own eight extents, by a tree that loops.
	poke $((at + 88)) 0000000040000000
	poke $((at + 100)) 00040000
	poke $((ext + 14)) 0001 00000001 00000001 00000001 00000001
	poke $((ext + 4096)) 00000001 00000001 ff010000
	poke $((ext + 4096 + 4094)) 000e
	gives "HFS+: extents that loop, of a file of 1 GiB" <<'ROWS'
< p0|/|dir|none|ok|0
< p0|/$ExtentsFile|file|complete|ok|32768
< p0|/$CatalogFile|file|complete|ok|32768
< p0|/$BadBlockFile|file|complete|ok|0
< p0|/$AllocationFile|file|complete|ok|4096
< p0|/$AttributesFile|file|complete|ok|65536
< p0|/.fseventsd|dir|none|ok|0
< p0|/.fseventsd/00000000171494cb|file|complete|ok|161
< p0|/.fseventsd/00000000171494cc|file|complete|ok|72
< p0|/.fseventsd/fseventsd-uuid|file|complete|ok|36
< p0|/.HFS+ Private Directory Data%0D|dir|none|ok|0
< p0|/a_directory|dir|none|ok|0
< p0|/a_directory/a_file|file|complete|ok|53
< p0|/a_directory/a_file:myxattr|stream|complete|ok|21
< p0|/a_directory/a_resourcefork|file|complete|ok|0
< p0|/a_directory/a_resourcefork:RSRC|stream|complete|ok|17
< p0|/a_directory/another_file|file|complete|ok|22
< p0|/a_link|link|complete|ok|24
< p0|/passwords.txt|file|complete|ok|116
< p0|/%00%00%00%00HFS+ Private Data|dir|none|ok|0
< status 0
> p0||range|complete|ok|4153344
> cannot open the file system of volume p0: hfs_ext_find_extent_record: zero records in node 1 (byte 0, length 4153344)
> errors: 1
> status 1
ROWS
	# decmpfs, zlib in the attribute: 4 KiB that say they are 10 GiB.
	name=$(printf com.apple.decmpfs | od -An -tx1 -v | tr -d '\n' | sed 's/ /00/g')
	poke $((at + 41)) 20
	poke $((att + 8192 + 14)) 002e 0000 00000014 00000000 0011 "$name" \
	    00000010 0000000000000000 00000020 \
	    66706d63 03000000 0000008002000000 789c030000000001 0000000000000000
	poke $((att + 8192 + 8188)) 008e 000e
	cp img bomb
	cp sound img
	(ulimit -t 20 -v 1500000; timeout 60 "$B/bin/spill-cat" -q -e bomb bomb:p0:20) \
	    2>said | head -c 100000000 | wc -c >got
	[ "$(cat got)" -lt 100000000 ] || echo "$(cat got) bytes" >"$why"
	tap "HFS+: a compressed file that says it is 10 GiB"
	# Thirteen characters for passwords.txt, in its key and in its thread.
	name=0070000a001b002f0000202e202800410042005c009b00250073
	for at in 1 2; do
		poke "$(find_text '\x00p\x00a\x00s\x00s\x00w\x00o' $at)" $name
	done
	gives "HFS+: a name with NUL, a slash, control characters" <<'ROWS'
< p0|/passwords.txt|file|complete|ok|116
> p0|/p%0A%1B:%00%E2%80%AE%E2%80%A8AB\\%C2%9B%25s|file|complete|ok|116
ROWS
}
if [ -e "$testdata/images/dfvfs_hfsplus.raw.gz" ]; then
	hfs "$testdata/images/dfvfs_hfsplus.raw.gz"
else
	skip "HFS+" "no testdata"
fi
tap_end
