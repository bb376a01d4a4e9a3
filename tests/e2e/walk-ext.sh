#!/bin/bash
# walk-ext.sh [MODE]: what spill-walk finds on ext2, ext3 and ext4 beyond what
# is in use: inodes of an older file system, copies of what is damaged. TAP.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
suite="walk-ext"
export LC_ALL=C TZ=UTC PATH="$PATH:/sbin:/usr/sbin"
export MKE2FS_CONFIG=/dev/null E2FSPROGS_FAKE_TIME=1717406430
walk=$B/bin/spill-walk
for p in mke2fs debugfs dumpe2fs; do
	command -v $p >/dev/null || skip_all "no $p"
done
[ -x "$walk" ] || bail "no $walk"
cd "$tmp" || exit 2

# make TYPE SIZE ARG...: the file img.
make() {
	local type=$1 size=$2
	shift 2
	truncate -s "$size" img
	mke2fs -q -F -t "$type" -b 1024 \
	    -U 5eed0000-0000-4000-8000-00000000e4e4 "$@" img >log 2>&1 ||
		bail "no image: $(cat log)"
}
# seen COLUMN...: of img, by path; the messages; the status.
seen() {
	local status
	(
		ulimit -t 20
		exec timeout 60 "$walk" -q -r --format tsv img
	) >rows 2>said
	status=$?
	awk -F'\t' -v OFS='|' -v want="$*" '
	NR == 1 { for (i = 1; i <= NF; i++) col[$i] = i; n = split(want, w, " "); next }
	{ for (i = 1; i <= n; i++)
		printf "%s%s", $col[w[i]], i < n ? OFS : ORS }' rows
	sed "s/^spill-walk: 'img': //; s/^spill-walk: //" said
	echo "status $status"
}

# --- inodes that were never used ----------------------------------------------

mkdir tree
for i in {10..49}; do head -c $((i * 100)) /dev/zero | tr '\0' a >"tree/$i"; done
features=filetype,extents,64bit,metadata_csum
# In this order: that of mke2fs -d is that of the host's folder.
for i in {10..49}; do echo "write tree/$i $i"; done >script
make ext4 8M -N 512 -I 256 -O $features
debugfs -w -f script img >log 2>&1
make ext4 8M -N 512 -I 256 -O $features -E nodiscard,lazy_itable_init=1
dumpe2fs img 2>/dev/null | grep -q ITABLE_ZEROED && echo "it is zeroed" >>"$why"
seen path kind alloc_name alloc_meta size | grep -v '^/lost' >got
{
	echo '/|dir|yes|yes|1024'
	# shellcheck disable=SC2016 # it is no variable
	echo '/$OrphanFiles|dir|yes|yes|0'
	# 12 was in a block of inodes that are in use again.
	for i in {11..49}; do
		echo "/\$OrphanFiles/OrphanFile-$((i + 2))|file|none|no|$((i * 100))"
	done
	echo "status 0"
} >want
diff want got >>"$why"
tap "inodes of an older file system, in a part that is not zeroed"
table=$(dumpe2fs img 2>/dev/null | sed -n 's/.*Inode table at \([0-9]*\).*/\1/p')
# A type that there is not; neither links nor a time of deletion; both.
poke $((table * 1024 + 12 * 256)) ff31
poke $((table * 1024 + 13 * 256 + 26)) 0000
poke $((table * 1024 + 14 * 256 + 20)) 01020304
seen path | grep -c '/OrphanFile-1[0-9]$' >got
echo 4 | diff - got >"$why"
tap "but what cannot be an inode is none"

# --- descriptors of groups ----------------------------------------------------

# fresh SIZE ARG...: ext4 with the files; the rows of it are in the file clean.
fresh() {
	rm -f img
	make ext4 "$@"
	debugfs -w -f script img >log 2>&1
	cp img sound
	seen item path alloc_meta content size >clean
}
fresh 24M -N 384 -O $features
grep -q '^status 0' clean || cat clean >>"$why"
# gives NAME: the same, but for these messages.
gives() {
	cat >want
	seen item path alloc_meta content size >got
	diff clean got | grep '^[<>]' | diff want - >"$why"
	cp sound img
	tap "$1"
}
poke $((2048 + 64)) 00000000 00000000 00000000
gives "a descriptor that leads nowhere, and its copies" <<'ROWS'
< status 0
> groups with a bitmap or inodes outside the volume: 1, the first is 1
> groups whose descriptor is damaged and was taken from a copy: 1, the first is 1
> errors: 2
> status 1
ROWS
poke $((2048 + 8)) 30
gives "a descriptor that leads elsewhere" <<'ROWS'
< status 0
> groups whose descriptor has a wrong checksum: 1, the first is 0
> groups whose descriptor is damaged and was taken from a copy: 1, the first is 0
> errors: 2
> status 1
ROWS
table=$(dumpe2fs img 2>/dev/null | sed -n 's/.*Inode table at \([0-9]*\).*/\1/p;' | head -n 1)
poke 2048 "$(printf '00%.0s' {1..64})"
poke $((8193 * 1024 + 1024)) "$(printf '00%.0s' {1..64})"
gives "no sound copy: by the root folder" <<ROWS
< status 0
> groups with a bitmap or inodes outside the volume: 1, the first is 0
> groups whose descriptor is damaged and has no sound copy: 1, the first is 0
> inodes of group 0 were found by a folder of them, at block $table
> errors: 3
> status 1
ROWS
# folders OPTIONS FOLDER...: with one more folder, without the descriptor of group
# 0, and with 0 for the number of their own in those folders.
folders() {
	local options=$1 f
	shift
	# shellcheck disable=SC2086 # they are several
	fresh 24M -N 384 -O $options
	printf '%s\n' 'mkdir more' 'write tree/10 more/a' |
	    debugfs -w -f - sound >log 2>&1
	cp sound img
	seen item path alloc_meta content size >clean
	table=$(dumpe2fs img 2>/dev/null |
	    sed -n 's/.*Inode table at \([0-9]*\).*/\1/p;' | head -n 1)
	poke 2048 "$(printf '00%.0s' {1..32})"
	poke $((8193 * 1024 + 1024)) "$(printf '00%.0s' {1..32})"
	for f; do
		poke $(($(debugfs -R "bmap $f 0" sound 2>/dev/null) * 1024)) 0000
	done
}
folders filetype,extents,sparse_super / lost+found
gives "neither it nor lost+found: by another folder" <<ROWS
< status 0
> groups with a bitmap or inodes outside the volume: 1, the first is 0
> groups whose descriptor is damaged and has no sound copy: 1, the first is 0
> inodes of group 0 were found by a folder of them, at block $table
> errors: 3
> status 1
ROWS
folders "$features -I 256" / lost+found more
gives "and no folder: by the checksum of an inode" <<ROWS
< status 0
> groups with a bitmap or inodes outside the volume: 1, the first is 0
> groups whose descriptor is damaged and has no sound copy: 1, the first is 0
> inodes of group 0 were found by the checksum of one of them, at block $table
> errors: 3
> status 1
ROWS
fresh 40M -N 640 -O filetype,sparse_super,uninit_bg
poke 2048 "$(printf '00%.0s' {1..32})"
poke $((8193 * 1024 + 1024)) "$(printf '00%.0s' {1..32})"
gives "the first copy is damaged, too" <<'ROWS'
< status 0
> groups with a bitmap or inodes outside the volume: 1, the first is 0
> groups whose descriptor is damaged and was taken from a copy: 1, the first is 0
> errors: 2
> status 1
ROWS
fresh 24M -N 384 -O $features
# Bitmaps that say that nothing is in use, with a wrong checksum.
bitmaps=$(dumpe2fs sound 2>/dev/null | sed -n 's/.*[Bb]itmap at \([0-9]*\).*/\1/p' | head -n 2)
for at in $bitmaps; do poke $((at * 1024)) "$(printf '00%.0s' {1..16})"; done
gives "bitmaps with a wrong checksum" <<'ROWS'
< status 0
> groups with a bitmap whose checksum is wrong: 1, the first is 0
> errors: 1
> status 1
ROWS
# The superblock that says what it is, with an inode size of 0; another size of
# a block and so a wrong checksum; none at all.
for field in "88 0000" "24 02000000" "0 $(printf '00%.0s' {1..1024})"; do
	fresh 24M -N 384 -O $features
	# shellcheck disable=SC2086 # offset and bytes
	poke $((1024 + ${field% *})) ${field#* }
	gives "a damaged superblock: field at ${field% *}" <<ROWS
< status 0
> volume p0, its superblock: damaged, the copy at byte $((8193 * 1024)) is used (byte 0, length 25165824)
> errors: 1
> status 1
ROWS
done
tap_end
