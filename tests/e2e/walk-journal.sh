#!/bin/bash
# walk-journal.sh [MODE]: names, and inodes that deletion wiped, which the
# journal of ext3 and ext4 still has. TAP. Half of it takes root and a loop
# device: there the kernel writes the journal.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
suite="walk-journal"
export LC_ALL=C TZ=UTC PATH="$B/bin:$PATH:/sbin:/usr/sbin"
export MKE2FS_CONFIG=/dev/null E2FSPROGS_FAKE_TIME=1717406430
for p in mke2fs debugfs; do
	command -v $p >/dev/null || skip_all "no $p"
done
cd "$tmp" || exit 2
mounted=
trap 'cd /; [ -z "$mounted" ] || umount "$tmp/mnt"; rm -rf "$tmp"' EXIT

# seen: path|names|object|content|size|note of what is not in use.
seen() {
	(
		ulimit -t 20
		exec timeout 60 spill-walk -q --format tsv img
	) >rows 2>said
	status=$?
	awk -F'\t' -v OFS='|' '
	NR == 1 { for (i = 1; i <= NF; i++) col[$i] = i; next }
	$col["alloc_name"] != "yes" {
		print $col["path"], $col["alloc_name"], $col["alloc_meta"], \
		    $col["content"], $col["size"], $col["note"] }' rows
	sed "s/^spill-walk: 'img': //; s/^spill-walk: //" said
	echo "status $status"
}
# content PATH: the checksum of its bytes.
content() {
	spill-cat "$(awk -F'\t' -v p="$1" '$4 == p { print $1 }' rows)" \
	    -e img=img 2>&1 | sha256sum
}

# --- by debugfs ---------------------------------------------------------------

seq 1 700 >secret # three blocks
echo other >other
number() { debugfs -R "stat $1" img 2>/dev/null | sed -n 's/^Inode: \([0-9]*\).*/\1/p'; }
bmap() { debugfs -R "bmap $1 ${2:-0}" img 2>/dev/null; }
piece() { dd if=img bs=1024 skip="$1" count=1 status=none; }
# deleted ARG...: an image with a file that was deleted as the kernel does it,
# its folder's block and its inode as they were in the journal; sets jo, and
# where things are.
deleted() {
	local ino
	rm -f img
	truncate -s 8M img
	mke2fs -q -F -b 1024 -I 256 -N 128 -J size=1 \
	    -U 5eed0000-0000-4000-8000-00000000e4e4 "$@" img >log 2>&1
	debugfs -w -f - img >>log 2>&1 <<-'CMD'
	mkdir dir
	write other dir/other.txt
	write secret dir/secret.txt
	write other dir/third.txt
	CMD
	ino=$(number dir/secret.txt)
	dir=$(bmap dir)
	debugfs -R "imap <$ino>" img 2>/dev/null | awk '/located at/ {
		gsub(/,/, ""); print $4, $6 }' | {
		read -r b o
		echo "$b $((b * 1024 + o))"
	} >where
	read -r table inode <where
	piece "$dir" >dir.block
	piece "$table" >table.block
	debugfs -w -f - img >>log 2>&1 <<-CMD
	jo $jo
	jw -b $dir dir.block
	jw -b $table table.block
	jc
	feature -needs_recovery
	rm dir/secret.txt
	CMD
	poke $((inode + 4)) 00000000 # size, blocks, map, the upper half of size
	poke $((inode + 28)) 00000000
	[ "$(od -An -tx1 -j $((inode + 40)) -N 2 img)" = " 0a f3" ] &&
		poke $((inode + 42)) 0000 || poke $((inode + 40)) 00000000
	poke $((inode + 44)) "$(printf '00%.0s' {1..48})"
	poke $((dir * 1024 + $(grep -abo secret dir.block | cut -d: -f1) - 8)) \
	    "$(printf '00%.0s' {1..20})"
}
v3=filetype,extents,has_journal,metadata_csum,64bit
for form in "ext4, checksums|-c|-O $v3" "ext4||-O filetype,extents,has_journal" \
    "ext3||-O filetype,has_journal" "64 bits||-O filetype,extents,has_journal,64bit"; do
	IFS='|' read -r name jo options <<<"$form"
	# shellcheck disable=SC2086 # words
	deleted $options
	seen >got
	diff - got >"$why" <<-'ROWS'
	/dir/secret.txt|no|no|complete|2692|name, times and content's place: from the journal
	status 0
	ROWS
	[ "$(content /dir/secret.txt)" = "$(sha256sum <secret)" ] ||
		echo "another content" >>"$why"
	[ ! -s "$why" ] || cat log >>"$why"
	tap "$name: a deleted file"
done

# --- what must not be believed ------------------------------------------------

jo=-c
deleted -O $v3
cp img sound
journal=$(bmap '<8>')
# at TEXT: the byte of the journal's copy of it.
at() { tail -c +$((journal * 1024 + 1)) img | grep -abo "$1" | head -n 1 | cut -d: -f1; }
none() {
	seen >got
	diff - got >"$why" <<-'ROWS'
	/$OrphanFiles/OrphanFile-14|none|no|none|0|
	status 0
	ROWS
	cp sound img
	tap "$1"
}
poke $((journal * 1024 + $(at third.txt))) 54
seen >got
diff - got >"$why" <<'ROWS'
/$OrphanFiles/OrphanFile-14|none|no|complete|2692|times and content's place: from the journal
status 0
ROWS
cp sound img
tap "a copy that is not what its checksum says"
poke $((journal * 1024 + 12)) 00000800
none "blocks of the journal have another size"
poke $((journal * 1024 + 20)) ffffffff
none "a ring that begins behind its end"
poke $((journal * 1024)) 00000000
none "no superblock of a journal"
poke $((journal * 1024 + 16)) ffffffff
seen >got
grep -q '^/dir/secret.txt|no|no|complete' got || cat got >>"$why"
cp sound img
tap "a ring of 2^32 blocks"
# The inode is another's now: its generation differs.
poke $((inode + 100)) 01020304
seen >got
diff - got >"$why" <<'ROWS'
/dir/secret.txt|no|no|none|0|name: from the journal
status 0
ROWS
cp sound img
tap "an inode that is another's by now"
jo=
deleted -O filetype,extents,has_journal
# What follows the copy is of no transaction: it was overwritten.
journal=$(bmap '<8>')
for i in {1..8}; do
	[ "$(od -An -tx1 -j $(((journal + i) * 1024)) -N 8 img)" = \
	    " c0 3b 39 98 00 00 00 02" ] && poke $(((journal + i) * 1024)) 00
done
none "no commit behind a copy, and no checksum"

# --- by the kernel ------------------------------------------------------------

# by_kernel NAME TYPE ARG...
by_kernel() {
	local name=$1 type=$2 i
	shift 2
	rm -f img
	truncate -s 32M img
	mkdir -p mnt
	if ! MKE2FS_CONFIG='' mke2fs -q -F -t "$type" -b 1024 -J size=1 "$@" img >log 2>&1 ||
	    ! mount -o loop img mnt 2>>log; then
		skip "$name" "it cannot be mounted here"
		return
	fi
	mounted=1
	mkdir -p mnt/dir mnt/gone
	for i in 1 2 3; do seq $((i * 1000)) >mnt/dir/secret$i.doc; done
	echo inner >mnt/gone/inner.txt
	seq 3000 >mnt/gone/big.txt
	sync
	for ((i = 0; i < ${rounds:-1}; i++)); do
		mkdir "mnt/round $i"
		sync -f mnt
	done
	# What the ring had of these is gone after some rounds.
	touch mnt/dir/secret?.doc mnt/gone/* mnt/gone
	mkdir mnt/dir/tmp mnt/gone/tmp mnt/tmp
	sync -f mnt
	mv mnt/dir/secret3.doc mnt/dir/renamed.doc
	rm mnt/dir/secret[12].doc
	rm -r mnt/gone
	umount mnt && mounted=
	seen | grep -vE 'OrphanFile|/tmp' >got
	sort >want
	sort got | diff want - >"$why"
	[ "$(content /dir/secret2.doc)" = "$(seq 2000 | sha256sum)" ] ||
		echo "another content" >>"$why"
	[ "$(content /gone/big.txt)" = "$(seq 3000 | sha256sum)" ] ||
		echo "another content" >>"$why"
	tap "$name"
}
cat >rows.want <<'ROWS'
/dir/secret1.doc|no|no|complete|3893|name, times and content's place: from the journal
/dir/secret2.doc|no|no|complete|8893|name, times and content's place: from the journal
/dir/secret3.doc|no|yes|reallocated|13893|name: from the journal
/gone|no|no|complete|1024|name, times and content's place: from the journal
/gone/big.txt|no|no|complete|13893|times and content's place: from the journal
/gone/inner.txt|no|no|complete|6|times and content's place: from the journal
status 0
ROWS
if [ "$(id -u)" -eq 0 ]; then
	by_kernel "ext4 by the kernel" ext4 -O metadata_csum <rows.want
	by_kernel "ext3 by the kernel" ext3 <rows.want
	rounds=300 by_kernel "the journal began anew" ext4 -O metadata_csum <rows.want
else
	skip "by the kernel" "it takes root"
fi
tap_end
