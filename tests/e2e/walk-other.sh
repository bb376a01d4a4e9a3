#!/bin/bash
# walk-other.sh [MODE]: HFS+, APFS, ISO 9660 and UFS: what spill-walk lists
# against what was put there and against fls, and 200 damaged ones of each,
# which must cost nothing but themselves. TAP.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
suite=other
say=$why
testdata=${TESTDATA:-$PWD/../shared/testdata}
export LC_ALL=C TZ=UTC PATH="$B/bin:$PATH:/sbin:/usr/sbin"
unset SOURCE_DATE_EPOCH

# has PROGRAM NAME: false, and NAME skipped, if it is absent.
has() {
	command -v "$1" >/dev/null && return
	skip "$2" "no $1"
	return 1
}

compile() {
	gcc -std=gnu17 -O1 -Wall -Wextra -Werror -Iinclude -o "$tmp/$1" \
	    "tests/e2e/$1.c" >>"$tmp/log" 2>&1
}
compile mutate && compile apfs-make || { cat "$tmp/log"; exit 1; }

# cells IMAGE COLUMN...: columns of all rows, with "|" between.
cells() {
	local image=$1
	shift
	spill-walk -q --format tsv "$image" 2>"$tmp/err" |
	    awk -F'\t' -v want="$*" '
	NR == 1 { for (i = 1; i <= NF; i++) col[$i] = i; next }
	{ n = split(want, w, " ")
	  for (i = 1; i <= n; i++)
		printf "%s%s", $col[w[i]], i < n ? "|" : "\n" }'
}
# unescape: %XX, but of control bytes, as bytes.
unescape() {
	sed 's/\\/\\\\/g; s/%\([2-9A-F][0-9A-F]\)/\\x\1/g' |
	    while IFS= read -r line; do printf '%b\n' "$line"; done
}
# differ WANT GOT WHAT
differ() {
	diff "$1" "$2" | grep '^[<>]' | sed "s/^</lacking:/; s/^>/too much:/; s/^/$3: /" >>"$say"
}

# --- a tree of files ---------------------------------------------------------

src=$tmp/src
make_tree() {
	mkdir -p "$src/deep/2/3/4/5/6/7/8/9/10" "$src/Übung" "$src/many"
	echo "EXERCISE EXERCISE EXERCISE" >"$src/deep/2/3/4/5/6/7/8/9/10/paper.txt"
	echo "NATO RESTRICTED" >"$src/A long name with blanks, 2nd draft.docx.txt"
	echo ü >"$src/Übung/Anlage 1 (Entwurf).txt"
	seq 1 20000 | head -c 100000 >"$src/noise.bin"
	: >"$src/empty.txt"
	echo one >"$src/$(printf 'n%.0s' {1..200}).txt"
	for i in {1..150}; do echo "$i" >"$src/many/file-number-$i.txt"; done
	ln -s ../deep/./2 "$src/many/link"
	mkfifo "$src/pipe"
	find "$src" -exec touch -h -d '2024-06-03 10:20:30' {} +
	touch -d '1995-12-31 23:59:58' "$src/empty.txt"
	chmod 640 "$src/noise.bin"
}
make_tree

# tree_rows [PRUNE...]: path|size|modified|mode of what was put there.
tree_rows() {
	(cd "$src" && find . -mindepth 1 \( -type f "$@" -printf '/%P|%s|%TY-%Tm-%TdT%TH:%TM:%TSZ|%m\n' \) -o \
	    -mindepth 1 -type d -printf '/%P||%TY-%Tm-%TdT%TH:%TM:%TSZ|\n' ) |
	    sed 's/\(:[0-9][0-9]\)\.0*Z/\1Z/' | sort
}
# our_rows IMAGE: the same of a walk.
our_rows() {
	cells "$1" path kind size modified mode | unescape |
	    awk -F'|' -v OFS='|' '$2 == "file" { print $1, $3, $4, $5 }
		$2 == "dir" && $1 != "/" { print $1, "", $4, "" }' | sort
}
# bytes_differ IMAGE: of all files that are in the tree, too.
bytes_differ() {
	cells "$1" item kind path | unescape |
	    awk -F'|' '$2 == "file"' >"$tmp/items"
	[ -s "$tmp/items" ] || echo "no files" >>"$say"
	while IFS='|' read -r item _ path; do
		[ -f "$src$path" ] || continue
		spill-cat -q -e "$1" "$item" 2>/dev/null |
		    cmp -s - "$src$path" || echo "other bytes: $path"
	done <"$tmp/items" >>"$say"
}

# --- ISO 9660 ----------------------------------------------------------------

# find_text IMAGE TEXT [N]: the offset of its n-th place.
find_text() {
	grep -obUa -F "$2" "$1" | sed -n "${3:-1}s/:.*//p"
}
# poke IMAGE OFFSET BYTES: as printf has them.
poke() {
	printf '%b' "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}
# both NUMBER: of 32 bits in two orders, for printf.
both() {
	printf '\\x%02x\\x%02x\\x%02x\\x%02x' $(($1 & 255)) $(($1 >> 8 & 255)) \
	    $(($1 >> 16 & 255)) $(($1 >> 24 & 255))
	printf '\\x%02x\\x%02x\\x%02x\\x%02x' $(($1 >> 24 & 255)) \
	    $(($1 >> 16 & 255)) $(($1 >> 8 & 255)) $(($1 & 255))
}

iso_trees() {
	genisoimage -quiet -input-charset utf-8 -R -J -joliet-long -V TREES -o "$tmp/rr.iso" "$src" \
	    2>>"$tmp/log"
	tree_rows >"$tmp/want"
	our_rows "$tmp/rr.iso" | grep -v '^/rr_moved|' >"$tmp/got"
	differ "$tmp/want" "$tmp/got" rows
	cells "$tmp/rr.iso" path kind target | grep '|link|' >"$tmp/got"
	echo "/many/link|link|../deep/./2" | differ - "$tmp/got" link
	cells "$tmp/rr.iso" path kind | grep -q '^/pipe|special$' ||
		echo "no pipe" >>"$say"
	cat "$tmp/err" >>"$say"
	tap "Rock Ridge: names, sizes, times and modes; folders that lie too deep"
	bytes_differ "$tmp/rr.iso"
	tap "Rock Ridge: bytes"

	genisoimage -quiet -input-charset utf-8 -D -J -joliet-long -o "$tmp/j.iso" "$src" 2>>"$tmp/log"
	# Joliet has no more than 103 characters here, and no modes.
	tree_rows | sed -E 's/n{103,}[^|]*\|/LONG|/; s/\|[0-9]*$//' |
	    sort >"$tmp/want"
	our_rows "$tmp/j.iso" | grep -v '^/pipe|' |
	    sed -E 's/n{90,}[^|]*\|/LONG|/; s/\|[0-9]*$//' | sort >"$tmp/got"
	differ "$tmp/want" "$tmp/got" rows
	cat "$tmp/err" >>"$say"
	tap "Joliet: names, sizes and times"

	genisoimage -quiet -input-charset utf-8 -D -o "$tmp/plain.iso" "$src" 2>>"$tmp/log"
	[ "$(cells "$tmp/plain.iso" path kind | grep -c '|file$')" = \
	    "$(cells "$tmp/rr.iso" path kind | grep -cE '\|(file|special)$')" ] ||
		cells "$tmp/plain.iso" path kind >>"$say"
	cells "$tmp/plain.iso" path | grep -q '^/EMPTY.TXT$' ||
		echo "no EMPTY.TXT" >>"$say"
	tap "without either: names of 8.3 and no version"

	genisoimage -quiet -input-charset utf-8 -R -J -hide 'A long*' -hide-joliet noise.bin \
	    -o "$tmp/two.iso" "$src" 2>>"$tmp/log"
	spill-walk --format tsv "$tmp/two.iso" >"$tmp/out" 2>"$tmp/err"
	[ $? = 1 ] || echo "exit status" >>"$say"
	grep -q 'trees disagree: files of the Joliet tree alone: 1,' "$tmp/err" ||
		cat "$tmp/err" >>"$say"
	grep -q 'trees disagree: files not in the Joliet tree: 1' "$tmp/err" ||
		cat "$tmp/err" >>"$say"
	grep -q $'\t/$Joliet/A long name with blanks' "$tmp/out" ||
		echo "what one tree hides is not listed" >>"$say"
	tap "a file that one tree hides is listed, and it is said"

	if has fls "ISO 9660 against fls"; then
		fls -r -p "$tmp/j.iso" | grep -v -e Orphan |
		    sed 's/^[^:]*:[[:space:]]*/\//' | sort >"$tmp/want"
		cells "$tmp/j.iso" path | unescape | grep -v '^/$' |
		    sort >"$tmp/got"
		differ "$tmp/want" "$tmp/got" names
		tap "Joliet: the names of fls"
	fi
}

iso_hostile() {
	local at
	# Continuations that lead to themselves; folders likewise; a record of
	# no length; numbers that are two.
	cp "$tmp/rr.iso" "$tmp/loop.iso"
	at=$(find_text "$tmp/loop.iso" CE)
	poke "$tmp/loop.iso" $((at + 4)) "$(both $((at / 2048)))$(both $((at % 2048)))$(both 28)"
	timeout 60 spill-walk --format tsv "$tmp/loop.iso" >"$tmp/out" 2>"$tmp/err"
	[ $? = 1 ] || echo "exit status, or it took too long" >>"$say"
	grep -q 'directory records with damaged system use areas: 1' \
	    "$tmp/err" || cat "$tmp/err" >>"$say"
	grep -q 'noise.bin' "$tmp/out" || echo "files are lost" >>"$say"
	tap "a continuation that leads to itself ends, and is told"

	cp "$tmp/plain.iso" "$tmp/folder.iso"
	# Behind those in the two path tables.
	at=$(find_text "$tmp/folder.iso" MANY 3)
	poke "$tmp/folder.iso" $((at - 33 + 2)) \
	    "$(dd if="$tmp/folder.iso" bs=1 skip=$((32768 + 158)) count=8 status=none |
	    od -An -tx1 -v | tr -d '\n' | sed 's/ /\\x/g')"
	timeout 60 spill-walk --format tsv "$tmp/folder.iso" >"$tmp/out" 2>"$tmp/err"
	[ $? = 1 ] || echo "exit status, or it took too long" >>"$say"
	grep -q 'it has sectors of another folder' "$tmp/err" ||
		cat "$tmp/err" >>"$say"
	[ "$(grep -c 'NOISE.BIN' "$tmp/out")" = 1 ] ||
		echo "noise.bin is not there once" >>"$say"
	tap "a folder that leads to the root is told, and read once"

	cp "$tmp/rr.iso" "$tmp/empty.iso"
	at=$(find_text "$tmp/empty.iso" EMPTY.TXT)
	poke "$tmp/empty.iso" $((at - 33)) '\0'
	poke "$tmp/empty.iso" $((at - 1)) '\0'
	cells "$tmp/empty.iso" path kind size | grep -i empty >"$tmp/got"
	echo '/$Joliet/empty.txt|file|0' | differ - "$tmp/got" rows
	tap "a file without content, whose record of Rock Ridge is lost"

	cp "$tmp/plain.iso" "$tmp/length.iso"
	at=$(find_text "$tmp/length.iso" EMPTY.TXT)
	cells "$tmp/length.iso" item path size modified >"$tmp/want"
	for byte in '\x05' '\0' '\xff'; do
		poke "$tmp/length.iso" $((at - 33)) "$byte"
		cells "$tmp/length.iso" item path size modified >"$tmp/got"
		differ "$tmp/want" "$tmp/got" "$byte"
		grep -q "folder is damaged, entries may be missing: its rec" \
		    "$tmp/err" || cat "$tmp/err" >>"$say"
	done
	spill-cat -q -e "$tmp/length.iso" "$(sed -n 's/|.*NOISE.BIN.*//p' "$tmp/want")" |
	    cmp -s - "$src/noise.bin" || echo "bytes" >>"$say"
	tap "a record of a wrong length costs nothing, and is told"
}

# A file is put into the first session, another into the second, in which the
# first is not any more.
iso_sessions() {
	local next one=$tmp/one two=$tmp/two
	mkdir -p "$one" "$two"
	echo "NATO RESTRICTED" >"$one/gone.txt"
	echo kept >"$one/kept.txt"
	echo kept >"$two/kept.txt"
	seq 1 3000 >"$two/new.txt"
	# As on a CD: what is written later lies behind, after a gap.
	genisoimage -quiet -R -J -o "$tmp/disc.iso" "$one" 2>>"$tmp/log"
	next=$((($(stat -c %s "$tmp/disc.iso") / 2048 + 11431) / 32 * 32))
	genisoimage -quiet -R -J -C "0,$next" -o "$tmp/second" "$two" 2>>"$tmp/log"
	dd if="$tmp/second" of="$tmp/disc.iso" bs=2048 seek=$next status=none
	sessions_of disc "ISO 9660: the sessions of a disc"
	has xorriso "ISO 9660: a file that is grown" || return
	rm -f "$tmp/grown.iso"
	xorriso -outdev "$tmp/grown.iso" -map "$one" / -commit >>"$tmp/log" 2>&1
	xorriso -dev "$tmp/grown.iso" -rm /gone.txt -- -map "$two/new.txt" \
	    /new.txt -commit >>"$tmp/log" 2>&1
	sessions_of grown "ISO 9660: a file that is grown"
	(head -c 40960 /dev/zero && cat "$tmp/grown.iso") >"$tmp/lost.raw"
	cells "$tmp/lost.raw" item path | grep gone >"$tmp/got"
	grep -q '^lost:x80.session1:[0-9]*|/gone.txt$' "$tmp/got" ||
		cat "$tmp/got" "$tmp/err" >>"$say"
	spill-cat -q -e "$tmp/lost.raw" "$(cut -d'|' -f 1 "$tmp/got")" \
	    2>/dev/null | cmp -s - "$tmp/one/gone.txt" ||
		echo "other bytes of what is gone" >>"$say"
	tap "ISO 9660: a session of a disc that no table leads to"
}
# sessions_of NAME WHAT
sessions_of() {
	local image=$tmp/$1.iso
	cells "$image" volume path kind size | sort >"$tmp/got"
	cat >"$tmp/want" <<-EOT
	p0.session1|/gone.txt|file|16
	p0.session1|/kept.txt|file|5
	p0.session1|/|dir|2048
	p0|/kept.txt|file|5
	p0|/new.txt|file|13893
	p0|/|dir|2048
	EOT
	differ "$tmp/want" "$tmp/got" rows
	cat "$tmp/err" >>"$say"
	spill-cat -q -e "$image" "$(cells "$image" item path |
	    sed -n 's/|.gone.txt//p')" | cmp -s - "$tmp/one/gone.txt" ||
		echo "other bytes of what is gone" >>"$say"
	spill-cat -q -e "$image" "$(cells "$image" item path |
	    sed -n 's/|.new.txt//p')" | cmp -s - "$tmp/two/new.txt" ||
		echo "other bytes of what is new" >>"$say"
	tap "$2"
}

# --- UFS ---------------------------------------------------------------------

# makefs puts the superblock of UFS2 where libtsk does not look: it is moved
# into a file of noise, whose bytes are not compared.
ufs_image() {
	makefs -t ffs -B "$2" -o "version=$3" -s 4m "$1" "$src" >>"$tmp/log" 2>&1
	[ "$3" = 1 ] && return
	dd if="$1" of="$1.sb" bs=8192 skip=1 count=1 status=none
	dd if="$1.sb" of="$1" bs=8192 seek=8 conv=notrunc status=none
	dd if=/dev/zero of="$1" bs=8192 seek=1 count=1 conv=notrunc status=none
}
ufs() {
	local v e image
	rm -rf "$src/many"
	seq 1 60000 | head -c 300000 >"$src/noise.bin"
	find "$src" -exec touch -h -d '2024-06-03 10:20:30' {} +
	for v in 1 2; do
		for e in le be; do
			image=$tmp/ufs$v$e.img
			ufs_image "$image" $e $v || { cat "$tmp/log" >>"$say"; }
			tree_rows >"$tmp/want"
			our_rows "$image" | grep -v Orphan |
			    sed 's/\.000000000Z/Z/' >"$tmp/got"
			differ "$tmp/want" "$tmp/got" rows
			tap "UFS$v, $e: names, sizes, times and modes"
		done
	done
	# All but the file that lost a block to the superblock.
	bytes_differ "$tmp/ufs1le.img"
	tap "UFS1: bytes"
	# Where makefs puts the superblock of UFS2, and where no libtsk looks.
	for v in 1 2; do
		image=$tmp/place.img
		makefs -t ffs -B le -o "version=$v" -s 4m "$image" "$src" \
		    >>"$tmp/log" 2>&1
		for e in 8192 0; do
			if [ $e = 0 ]; then
				dd if="$image" of="$image.sb" bs=8192 skip=1 count=1 status=none
				dd if=/dev/zero of="$image" bs=8192 seek=1 count=1 conv=notrunc status=none
				dd if="$image.sb" of="$image" conv=notrunc status=none
			fi
			our_rows "$image" | grep -v Orphan |
			    sed 's/\.000000000Z/Z/' >"$tmp/got"
			differ "$tmp/want" "$tmp/got" rows
			cat "$tmp/err" >>"$say"
			bytes_differ "$image"
			tap "UFS$v with its superblock at $e: rows and bytes"
		done
	done
	has fls "UFS against fls" || return
	for v in 1le 1be 2le 2be; do
		against_fls "$tmp/ufs$v.img" "UFS${v%??}, ${v#?}" p0
	done
}

# --- APFS and HFS+ -----------------------------------------------------------

apfs() {
	"$tmp/apfs-make" "$tmp/pool.apfs"
	spill-walk --list "$tmp/pool.apfs" 2>/dev/null |
	    awk '$1 ~ /^p0/ { $2 = $3 = ""; print }' |
	    sed 's/  */ /g' >"$tmp/got"
	cat >"$tmp/want" <<-'EOT'
	p0 APFS container (256 KiB)
	p0.v1 APFS "Case files", Data, snapshots: 2 (256 KiB)
	p0.v1.snap1 snapshot "before" of 2024-06-03T00:00:00.000000000Z (256 KiB)
	p0.v1.snap2 snapshot "com.apple.%22x%22%0A" of 2024-06-03T12:00:00.500000000Z (256 KiB)
	p0.v2 APFS "V%C3%A4ult", encrypted (encrypted) (256 KiB)
	p0.v4 APFS "Twin" (256 KiB)
	EOT
	differ "$tmp/want" "$tmp/got" list
	tap "APFS: volumes, their names, encryption and snapshots"
	cells "$tmp/pool.apfs" item path kind born modified changed accessed |
	    grep -F ':p0.v1:' >"$tmp/got"
	t=1969-12-31T23:59:59.999999999Z\|2200-01-01T00:00:00.000000000Z
	t=$t\|2024-06-03T00:00:00.000000005Z\|2024-06-03T00:00:00.123456789Z
	cat >"$tmp/want" <<-EOT
	pool:p0.v1:2|/|dir|$t
	pool:p0.v1:16|/notes.txt|file|$t
	pool:p0.v1:16-4354-1|/notes.txt:user.label|stream|$t
	pool:p0.v1:17|/packed.txt|file|$t
	pool:p0.v1:17-4355-1|/packed.txt:com.apple.decmpfs|stream|$t
	EOT
	differ "$tmp/want" "$tmp/got" rows
	cells "$tmp/pool.apfs" item path kind size | grep -F ':p0.v1.snap' >"$tmp/got"
	cat >"$tmp/want" <<-EOT
	pool:p0.v1.snap1:2|/|dir|0
	pool:p0.v1.snap1:18|/draft.txt|file|18
	pool:p0.v1.snap2:2|/|dir|0
	pool:p0.v1.snap2:16|/notes.txt|file|16
	pool:p0.v1.snap2:16-4354-1|/notes.txt:user.label|stream|15
	pool:p0.v1.snap2:17|/packed.txt|file|6
	pool:p0.v1.snap2:17-4355-1|/packed.txt:com.apple.decmpfs|stream|23
	EOT
	differ "$tmp/want" "$tmp/got" "rows of snapshots"
	cells "$tmp/pool.apfs" item status content | grep -F ':p0.v2:' >"$tmp/got"
	echo 'pool:p0.v2:@0+262144|encrypted|complete' | differ - "$tmp/got" rows
	tap "APFS: rows, times before 1970 and beyond 2106, an extended attribute"
	[ "$(spill-cat -q -e "$tmp/pool.apfs" pool:p0.v1:16 2>/dev/null)" = \
	    "SYNTHETIC NOTES" ] || echo "other bytes" >>"$say"
	[ "$(spill-cat -q -e "$tmp/pool.apfs" pool:p0.v1:16-4354-1 2>/dev/null)" = \
	    "NATO RESTRICTED" ] || echo "other bytes of the attribute" >>"$say"
	[ "$(spill-cat -q -e "$tmp/pool.apfs" pool:p0.v1:17 2>/dev/null)" = \
	    "PACKED" ] || echo "other bytes of what is compressed" >>"$say"
	cells "$tmp/pool.apfs" item kind size attributes |
	    grep -q '^pool:p0.v1:17|file|6|compressed$' ||
		echo "its size is not that of its bytes" >>"$say"
	[ "$(spill-cat -q -e "$tmp/pool.apfs" pool:p0.v1.snap1:18 2>/dev/null)" = \
	    "EXERCISE EXERCISE" ] || echo "other bytes of the snapshot" >>"$say"
	tap "APFS: bytes"
	# The latest superblock is lost: the one before it is taken.
	cp "$tmp/pool.apfs" "$tmp/broken.apfs"
	poke "$tmp/broken.apfs" $((2 * 4096 + 100)) x
	spill-walk -q --list "$tmp/broken.apfs" 2>/dev/null |
	    grep -q 'p0.v1 .*Case files' || echo "no volume" >>"$say"
	poke "$tmp/broken.apfs" $((20 * 4096 + 700)) x
	spill-walk -q --list "$tmp/broken.apfs" 2>"$tmp/err" |
	    grep -q 'p0.v4 .*Twin' || echo "no other volume" >>"$say"
	grep -q 'superblock of its volume v1 is damaged' "$tmp/err" ||
		cat "$tmp/err" >>"$say"
	spill-walk "$tmp/broken.apfs" 2>/dev/null | grep -q 'v1:16.*notes.txt' ||
		echo "the damaged volume is not walked" >>"$say"
	# The object map: its root node, its head.
	cp "$tmp/pool.apfs" "$tmp/broken.apfs"
	poke "$tmp/broken.apfs" $((9 * 4096 + 24)) x
	spill-walk "$tmp/broken.apfs" 2>"$tmp/err" | grep -q 'v1:16.*notes.txt' ||
		echo "nothing is walked by the older map" >>"$say"
	grep -q 'superblock of its volume v1 is not found: that of an older checkpoint is taken' \
	    "$tmp/err" || cat "$tmp/err" >>"$say"
	poke "$tmp/broken.apfs" $((8 * 4096 + 24)) x
	spill-walk "$tmp/broken.apfs" 2>"$tmp/err" | grep -q 'v1:16.*notes.txt' ||
		echo "nothing is walked without the latest map" >>"$say"
	grep -q 'its map of objects is damaged: an older one is taken' \
	    "$tmp/err" || cat "$tmp/err" >>"$say"
	tap "APFS: an older superblock, an older object map; damage is told"
}

# An HFS volume that is no more than a wrapper: its master directory block,
# blocks of 4 KiB from sector 16 on, in the seventh of which HFS+ begins.
hfs_wrapper() {
	head -c 32768 /dev/zero >"$tmp/wrapper.hfs"
	cat "$tmp/hfsplus.raw" >>"$tmp/wrapper.hfs"
	poke "$tmp/wrapper.hfs" 1024 BD
	poke "$tmp/wrapper.hfs" 1044 '\0\0\x10\0'
	poke "$tmp/wrapper.hfs" 1052 '\0\x10'
	poke "$tmp/wrapper.hfs" 1148 'H+\0\6\4\0'
	spill-walk -r --format tsv "$tmp/hfsplus.raw" 2>"$tmp/err" | columns "$tmp/want" 32768
	echo ":p0:@0+32768||32768||" >>"$tmp/want"
	spill-walk -r --format tsv "$tmp/wrapper.hfs" 2>"$tmp/err2" | columns "$tmp/got" 0
	cat "$tmp/err2" >>"$say"
	grep -q passwords.txt "$tmp/want" || echo "no rows" >>"$say"
	differ "$tmp/want" "$tmp/got" rows
	spill-walk --list "$tmp/wrapper.hfs" 2>&1 |
	    grep -q 'p0 .*HFS+, in an HFS wrapper' || echo "list" >>"$say"
	[ "$(spill-cat -q -e "$tmp/wrapper.hfs" wrapper:p0:22 2>/dev/null)" = \
	    "$(spill-cat -q -e "$tmp/hfsplus.raw" hfsplus:p0:22 2>/dev/null)" ] ||
		echo "bytes" >>"$say"
	tap "HFS+ in an HFS wrapper: rows and bytes"
}
# columns FILE SHIFT: object, path, size, times, and the runs, so many bytes on.
columns() {
	awk -F'\t' -v OFS='|' -v shift="$2" '
	NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next }
	{ sub(/^[^:]*/, "", $c["item"])
	  n = split($c["runs"], run, ";"); runs = ""
	  for (i = 1; i <= n; i++) {
		split(run[i], r, "+")
		runs = runs " " r[1] + shift "+" r[2]
	  }
	  print $c["item"], $c["path"], $c["size"], $c["modified"], runs }' >"$1"
}

# against_fls IMAGE NAME VOLUME FLS-ARGUMENTS...: names, addresses, sizes.
against_fls() {
	local image=$1 name=$2 volume=$3
	shift 3
	fls -r -p -l "$@" "$image" 2>/dev/null |
	    awk -F'\t' -v OFS='|' '{ split($1, h, " "); a = h[2]
		sub(/:.*/, "", a); gsub(/[^ -~]/, "^", $2)
		m = substr($3, 1, 19); sub(/ /, "T", m)
		if (m ~ /^0000/) m = ""
		print a, $(NF - 2), $2, m }' | sort >"$tmp/want"
	cells "$image" volume kind item size path modified | unescape |
	    awk -F'|' -v OFS='|' -v volume="$volume" '
		$1 == volume && $2 ~ /^(file|dir|link|special)$/ && $5 != "/" {
			split($3, p, ":"); path = substr($5, 2)
			gsub(/%0[0-9A-F]/, "^", path); gsub(/[^ -~]/, "^", path)
			print p[3], $4, path, substr($6, 1, 19) }' |
	    sort >"$tmp/got"
	[ -s "$tmp/want" ] || echo "fls lists nothing" >>"$say"
	differ "$tmp/want" "$tmp/got" rows
	tap "$name: the $(wc -l <"$tmp/want") rows of fls"
}

# --- damage ------------------------------------------------------------------

# A disk with the volume as p1 and a small one of FAT as p2.
fat=$tmp/fat.img
disk_of() {
	local size sectors
	size=$(stat -c %s "$1")
	sectors=$(((size + 511) / 512))
	truncate -s $(((sectors + 64) * 512)) "$2"
	dd if="$1" of="$2" bs=64K seek=32768 oflag=seek_bytes conv=notrunc status=none
	dd if="$fat" of="$2" bs=64K seek=$(((sectors + 64) * 512)) \
	    oflag=seek_bytes conv=notrunc status=none
	poke "$2" 446 "\0\0\0\0\x83\0\0\0$(le 64)$(le $sectors)\0\0\0\0\x01\0\0\0$(le $((sectors + 64)))$(le 720)"
	poke "$2" 510 '\x55\xaa'
}
le() {
	printf '\\x%02x\\x%02x\\x%02x\\x%02x' $(($1 & 255)) $(($1 >> 8 & 255)) \
	    $(($1 >> 16 & 255)) $(($1 >> 24 & 255))
}

# mutants NAME IMAGE RANGE...: 200 of them.
mutants() {
	local name=$1 image=$2 seed code crashes=0 told=0 count=${MUTANTS:-200}
	shift 2
	for seed in $(seq 1 "$count"); do
		"$tmp/mutate" "$image" "$tmp/mutant" "$seed" "$@"
		disk_of "$tmp/mutant" "$tmp/disk.raw"
		timeout -k 5 60 spill-walk -q --errors "$tmp/errors" --format tsv \
		    "$tmp/disk.raw" >"$tmp/out" 2>"$tmp/err"
		code=$?
		[ $code -le 1 ] || echo "$name, seed $seed: exit status $code:" \
		    "$(head -n 1 "$tmp/err")" >>"$say"
		grep -q 'p2:.*/SURVIVOR.TXT' "$tmp/out" ||
			echo "$name, seed $seed: the other volume is lost" >>"$say"
		if grep -qE '^([^,]*,){5}(crash|timeout|memory),' "$tmp/errors"; then
			crashes=$((crashes + 1))
		fi
		rm -f "$tmp/errors" "$tmp/disk.raw"
	done
	tap "$name: $count damaged ones cost only themselves ($crashes by a crash)"
}

# Two pages of flash memory, each the header of an object, with 64 bytes behind.
yaffs() {
	local i
	head -c 135168 /dev/zero | tr '\0' '\377' >"$tmp/flash.raw"
	for i in 0 2112; do
		poke "$tmp/flash.raw" $i '\x03\0\0\0\x01\0\0\0'
	done
	spill-walk --format tsv "$tmp/flash.raw" >"$tmp/out" 2>"$tmp/err"
	[ $? = 1 ] || echo "exit status" >>"$say"
	grep -q 'volume p0 is not walked: YAFFS2' "$tmp/err" ||
		cat "$tmp/err" >>"$say"
	poke "$tmp/flash.raw" 2112 '\x06'
	spill-walk "$tmp/flash.raw" 2>&1 | grep YAFFS >>"$say"
	tap "YAFFS2 is told"
}

if has mformat "damaged ones"; then
	truncate -s 360K "$fat"
	MTOOLSRC=/dev/null mformat -i "$fat" -f 360 ::
	echo survivor >"$tmp/survivor.txt"
	MTOOLSRC=/dev/null mcopy -i "$fat" "$tmp/survivor.txt" ::SURVIVOR.TXT
	damage=yes
else
	damage=
fi

if has genisoimage "ISO 9660"; then
	iso_trees
	iso_hostile
	iso_sessions
	[ -z "$damage" ] ||
		mutants "ISO 9660" "$tmp/rr.iso" 32768+6144 40960+200000
fi
if has makefs "UFS"; then
	ufs
	if [ -n "$damage" ]; then
		mutants UFS1 "$tmp/ufs1le.img" 8192+1376 16384+60000
		mutants UFS2 "$tmp/ufs2le.img" 65536+1376 16384+49152
	fi
fi
yaffs
apfs
for f in apfs hfsplus; do
	image=$testdata/images/dfvfs_$f.raw.gz
	[ -e "$image" ] || { skip "dfvfs_$f" "no testdata"; continue; }
	gunzip -c "$image" >"$tmp/$f.raw"
done
if [ -e "$tmp/apfs.raw" ]; then
	! has fls "APFS against fls" ||
		against_fls "$tmp/apfs.raw" APFS p0.v1 -P apfs -B 107
	[ -z "$damage" ] ||
		mutants APFS "$tmp/apfs.raw" 0+4096 28672+40960 327680+131072
elif [ -n "$damage" ]; then
	mutants "APFS by hand" "$tmp/pool.apfs" 0+16384 32768+8192 81920+12288 \
	    122880+8192 163840+4096 184320+4096
fi
if [ -e "$tmp/hfsplus.raw" ] && has fls "HFS+ against fls"; then
	against_fls "$tmp/hfsplus.raw" HFS+ p0
	cells "$tmp/hfsplus.raw" path | grep -q '^/%00%00%00%00HFS+ Private Data$' ||
		echo "no name with NUL" >>"$say"
	cells "$tmp/hfsplus.raw" item path size |
	    grep -q ':25-4353-1|/a_directory/a_resourcefork:RSRC|17$' ||
		echo "no resource fork" >>"$say"
	tap "HFS+: names with NUL, a resource fork"
	hfs_wrapper
	[ -z "$damage" ] || mutants HFS+ "$tmp/hfsplus.raw" 1024+512 8192+102400 761856+32768
fi
tap_end
