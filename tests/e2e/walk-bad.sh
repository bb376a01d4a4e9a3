#!/bin/bash
# walk-bad.sh [MODE]: spill-walk on ext4, FAT16 and NTFS of which 64 KiB cannot
# be read. The rows are those of the sound image but for what lies there; what
# must become of each is worked out from the sound rows and from where inodes,
# entries and records are. TAP.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
suite="walk-bad"
export LC_ALL=C TZ=UTC PATH="$PATH:/sbin:/usr/sbin" MTOOLSRC=/dev/null
[ "$mode" != san ] || skip_all "a preloaded library and ASan do not mix"
for p in mke2fs mkfs.fat mcopy; do
	command -v $p >/dev/null || skip_all "no $p"
done
[ -x "$B/tests/eio.so" ] || bail "no eio.so"
ln -s "$PWD/fixtures" "$tmp/fixtures"
mounted=
trap '[ -z "$mounted" ] || umount "$tmp/mnt"; rm -rf "$tmp"' EXIT
cd "$tmp" || exit 2

# A copy of the tool, whose worker has a disk with a bad area.
mkdir -p t/bin t/libexec/spillkit
cp "$B/bin/spill-walk" t/bin
cat >t/libexec/spillkit/worker-fs <<END
#!/bin/sh
[ ! -e $tmp/area ] || read -r EIO_FROM EIO_TO <$tmp/area
export LD_PRELOAD=$B/tests/eio.so EIO_FROM EIO_TO
exec $B/libexec/spillkit/worker-fs "\$@"
END
chmod +x t/libexec/spillkit/worker-fs
# run IMAGE: number|path|parent's number|kind|content|status|size|runs of each
# row, in the file got; errors; status.
run() {
	rm -f errors
	timeout 100 t/bin/spill-walk -q -r --format tsv --errors errors "$1" \
	    >rows 2>said
	status=$?
	awk -F'\t' -v OFS='|' '
	function number(s) { sub(/^[^:]*:[^:]*:/, "", s); sub(/-.*/, "", s); return s }
	NR == 1 { for (i = 1; i <= NF; i++) col[$i] = i; next }
	{
		print number($col["item"]), $col["path"], \
		    number($col["parent"]), $col["kind"], $col["content"], \
		    $col["status"], $col["size"], $col["runs"]
	}' rows >got
}
# told CODE: from, length and path of the errors of a code, or all.
told() {
	awk -F, -v code="$1" '
	NR == 1 { for (i = 1; i <= NF; i++) col[$i] = i; next }
	code == "" || $col["code"] == code {
		print $col["img_offset"] + 0, $col["length"] + 0, $col["path"] }' errors
}
# What all families share: functions of awk, for the area from to to.
lib='
function within(at, n) { return at < to && at + n > from }
function touches(runs,    v, i, r, n) {
	n = split(runs, v, ";")
	for (i = 1; i <= n; i++) {
		split(v[i], r, "+")
		if (r[2] > 0 && within(r[1], r[2]))
			return 1
	}
	return 0
}
function base(path) { sub(/^.*\//, "", path); return path }
function put(number, path, rest) { print number "|" path "|" rest }
'
# judge STATUS FROM TO: the area is told, and nothing outside of it; no error
# comes twice from one folder or item; content is no worse than the area makes
# it.
judge() {
	{
		[ "$status" = "$1" ] || { echo "status $status"; cat said; }
		told unreadable | awk -v from="$2" -v to="$3" '
		$1 < from || $1 + $2 > to { print "told outside of the area: " $0 }
		END { if (NR == 0) print "the area is not told" }'
		told damaged | awk -v from="$2" -v to="$3" '
		$2 > 0 && ($1 >= to || $1 + $2 <= from) && $3 != "" {
			print "damage outside of the area: " $0 }'
		awk -F, 'NR > 1' errors | sort | uniq -d | sed 's/^/told twice: /'
		told unreadable | sort -n | awk '
		$1 < end { print "told twice: " $0 }
		$1 + $2 > end { end = $1 + $2 }'
		awk -F'|' -v from="$2" -v to="$3" "$lib"'
		$5 == "partial" && !touches($8) { print "partial: " $0 }' got
	} >>"$why"
}
# compare: the files want and got; content is judged apart.
compare() {
	sort want >want.s
	awk -F'|' -v OFS='|' '{ sub(/^partial$/, "complete", $5)
		print $1, $2, $4, $5, $6, $7, $8 }' got | sort >got.s
	diff want.s got.s | grep '^[<>]' >diff.txt
	head -n 12 diff.txt >>"$why"
}
area() { echo "$1 $(($1 + 65536))" >area; from=$1 to=$(($1 + 65536)); }

# --- what is on them ---------------------------------------------------------

for d in {00..13}; do
	mkdir -p "tree/folder-$d"
	for f in {00..49}; do
		head -c $((1500 + (10#$d * 50 + 10#$f) % 7 * 900)) /dev/zero |
		    tr '\0' x >"tree/folder-$d/EXERCISE paper number $d-$f.txt"
	done
done

# --- ext4 --------------------------------------------------------------------

truncate -s 12M ext.raw
uuid=5eed0000-0000-4000-8000-00000000e4e4
mke2fs -q -F -t ext4 -b 1024 -g 8192 -N 1024 -O metadata_csum,64bit,flex_bg \
    -U $uuid -E hash_seed=$uuid,root_owner=0:0 -d tree ext.raw >log 2>&1 ||
    bail "no image of ext4"
tables=$(dumpe2fs ext.raw 2>/dev/null |
    sed -n 's/.*Inode table at \([0-9]*\)-.*/\1/p' | tr '\n' ' ')
bitmap=$(dumpe2fs ext.raw 2>/dev/null |
    sed -n 's/.*Inode bitmap at \([0-9]*\) .*/\1/p' | head -n 1)
rm -f area
run ext.raw
cp got ext.clean
[ "$status:$(awk 'END { print (NR > 710) }' got)" = 0:1 ] || cat said >"$why"
tap "ext4: the sound image"

# ext_want: where an inode is lost, so is the row but for its name; where a
# name is, the item is in $OrphanFiles.
ext_want() {
	dd if=ext.raw bs=1024 skip=$((from / 1024)) count=64 status=none |
	    strings -n 8 >names
	awk -F'|' -v from="$from" -v to="$to" -v tables="$tables" "$lib"'
	function inode(n) { return t[int((n - 1) / 512) + 1] * 1024 + (n - 1) % 512 * 256 }
	BEGIN { split(tables, t, " ")
		while ((getline line <"names") > 0) named[line] = 1 }
	{
		bad = $2 != "/$OrphanFiles" && within(inode($1), 256)
		folder[$1] = $8
		lost = $3 != "" && $2 != "/$OrphanFiles" && (shut[$3] ||
		    (touches(folder[$3]) && base($2) in named))
		path[$1] = lost ? "/$OrphanFiles/OrphanFile-" $1 : \
		    $3 == "" ? "" : path[$3] "/" base($2)
		shown = path[$1] == "" ? "/" : path[$1]
		if (!bad)
			put($1, shown, $4 "|" $5 "|" $6 "|" $7 "|" $8)
		else if (!lost)
			put($1, shown, $4 "|unknown|unreadable|0|")
		shut[$1] = bad
	}' ext.clean >want
}
# ext NAME FROM [LEAST]: so many rows are other ones.
ext() {
	area "$2"
	ext_want
	run ext.raw
	compare
	judge 1 "$from" "$to"
	[ "$(awk -F'|' '{ print $1 "|" $2 "|" $4 "|" $5 "|" $6 "|" $7 "|" $8 }' ext.clean |
	    sort | comm -23 - want.s | wc -l)" -ge "${3:-0}" ] ||
		echo "it does no harm" >>"$why"
	tap "ext4: $1"
}
folder() { awk -F'|' -v p="$2" -v i="$3" '$2 == p { split($8, v, ";"); print v[i] + 0 }' "$1"; }
ext "the superblock and the descriptors of groups: there are copies" 0
ext "bitmaps and the root's inode" $((bitmap * 1024 / 65536 * 65536)) 700
ext "inodes of folders and files" $((${tables%% *} * 1024 / 65536 * 65536 + 65536)) 200
ext "blocks of a folder" $(($(folder ext.clean /folder-07 2) - 30720)) 15

# --- FAT16 -------------------------------------------------------------------

truncate -s 32M fat.raw
{
	mkfs.fat --invariant -F 16 -s 1 -S 512 -R 1 -r 512 -f 2 -i 5eed0016 \
	    fat.raw && mcopy -s -i fat.raw tree/* ::
} >log 2>&1 || bail "no image of FAT16"
# Sectors: boot, 254 of each table, 32 of the root; entry 3 is the first there.
root=$((509 * 512))
rm -f area
run fat.raw
cp got fat.clean
[ "$status:$(awk 'END { print (NR > 710) }' got)" = 0:1 ] || cat said >"$why"
tap "FAT16: the sound image"

# fat_want: an item is its entry, which has four slots here, but for those of
# folders, which have one. Without the first of them the name is the short one;
# a folder without its entry is found by its entry ".".
fat_want() {
	awk -F'|' -v from="$from" -v to="$to" -v root="$root" "$lib"'
	# Is one of the n slots before that at a place in the area?
	function cut(list, at, n,    v, i, r, k, p, off) {
		k = split(list, v, ";")
		for (i = 1; i <= k; i++) {
			split(v[i], r, "+")
			for (p = r[1]; p < r[1] + r[2]; p += 32)
				slot[off++] = p
			if (at >= r[1] && at < r[1] + r[2])
				break
		}
		while (slot[--off] != at)
			;
		for (i = 1; i <= n; i++)
			if (off >= i && within(slot[off - i], 32))
				return 1
		return 0
	}
	$2 ~ /^\/\$/ || $2 == "/" { runs[$1] = $8; path[$1] = ""; put($1, $2, $4 "|" ($5 == "none" ? $5 : "complete") "|" $6 "|" $7 "|" $8); next }
	{
		at = root + ($1 - 3) * 32
		bad = within(at, 32)
		number = $1
		folder = $4 == "dir"
		name = path[$3] "/" (!folder && !bad && cut(runs[$3], at, 3) ? "~" : base($2))
		if (bad && folder) {
			first = $8 + 0
			number = 3 + (first - root) / 32
			name = "/$OrphanFiles/OrphanFile-" number
			bad = within(first, 64)
		}
		path[$1] = name
		runs[$1] = $8
		if (bad || gone[$3]) {
			gone[$1] = folder
			next
		}
		put(number, name, $4 "|complete|" $6 "|" $7 "|" $8)
	}' fat.clean >want
}
fat() {
	area "$2"
	fat_want
	run fat.raw
	# Of the parts of a long name no item is left.
	awk -F'|' -v OFS='|' '$1 ~ /^d/ { next }
	{ sub(/\/EXERCI~[0-9]*\.TXT$/, "/~", $2); sub(/\/EX[0-9A-F]*~[0-9]*\.TXT$/, "/~", $2); print }' got >left
	mv left got
	compare
	judge 1 "$from" "$to"
	[ $((719 - $(awk 'END { print NR }' want))) -ge "${3:-0}" ] ||
		echo "it does no harm" >>"$why"
	tap "FAT16: $1"
}
fat "FAT 1: there is FAT 2" 512
fat "the root" $root 1
fat "clusters of folders" $(($(folder fat.clean /folder-00 1) + 512)) 0
fat "the rest of a folder" $(($(folder fat.clean /folder-05 2) - 30720)) 40
area 0
run fat.raw
[ "$status" = 1 ] || echo "status $status" >>"$why"
told unreadable | grep -q '^0 65536 ' || cat errors >>"$why"
cat >want <<'ROWS'
@0+33554432||range|complete|ok|33554432|
ROWS
cut -d '|' -f 1,2,4- got | diff want - >>"$why"
tap "FAT16: the boot sector, of which there is no copy"

# --- NTFS --------------------------------------------------------------------

# ntfs NAME FROM MOVED LOST: no item is lost but those whose record is, of
# which the names are left. Items whose index entry or folder is lost are in
# $OrphanFiles, by the names that their records have.
ntfs() {
	area "$2"
	awk -F'|' -v from="$from" -v to="$to" -v mft="$mft" "$lib"'
	{ split($1, n, "-"); bad = within(mft + n[1] * 1024, 1024) }
	$4 == "file" && $2 !~ /^\/\$/ { print n[1], base($2), bad ? "record" : "ok", bad ? "" : $7, bad ? "" : $8 }
	' ntfs.clean | sort >want
	run ntfs.raw
	awk -F'|' "$lib"'
	$4 == "file" && ($2 !~ /^\/\$/ || $2 ~ /^\/\$OrphanFiles\/EXERCISE/) {
		split($1, n, "-")
		bad = $1 ~ /^d/ || $5 == "unknown"
		print bad ? $1 : n[1], base($2), bad ? "record" : "ok", $7, $8 }' got >seen
	# A name without its record has the entry for its number.
	awk 'NR == FNR { number[$5] = $1; next }
	$1 ~ /^d/ { $1 = number[$5]; $0 = $0 " " } { print }' want seen |
	    sort >seen.s
	diff -b want seen.s | grep '^[<>]' | grep -v '^< .* record' | head -n 12 >>"$why"
	judge 1 "$from" "$to"
	awk -F'|' '$2 ~ /^\/\$OrphanFiles\/EXERCISE/ { n++ } END { print n + 0 }' got >moved
	grep -c ' record' seen >lost
	[ "$(cat moved lost | tr '\n' ' ')" = "$3 $4 " ] ||
		echo "moved $(cat moved), records lost $(cat lost)" >>"$why"
	tap "NTFS: $1"
}
made=
truncate -s 12M ntfs.raw
mkdir mnt
if [ "$(id -u)" -eq 0 ] && [ -c /dev/fuse ] && command -v ntfs-3g mkntfs \
    >/dev/null && mkntfs -Q -F -q -c 1024 ntfs.raw >log 2>&1 &&
    ntfs-3g ntfs.raw mnt >>log 2>&1; then
	mounted=1
	# In one order, so that the numbers of records are known.
	for d in tree/*; do
		mkdir "mnt/${d#tree/}" && cp "$d"/* "mnt/${d#tree/}"
	done
	umount mnt && mounted= && made=1
fi
if [ -n "$made" ]; then
	mft=16384
	rm -f area
	run ntfs.raw
	cp got ntfs.clean
	[ "$status" = 0 ] || cat said >"$why"
	tap "NTFS: the sound image"
	# Those of three files of folder-00, of folder-01 with all that is in
	# it, and of folder-02 with 9 of 50.
	ntfs "records of the MFT" $((mft + 112 * 1024)) 41 3
	index=$(grep -abo INDX ntfs.raw | sed -n '2s/:.*//p')
	ntfs "an index block of a folder: records have names, too" \
	    "$((index - 30720))" 0 0
	told damaged | grep -qx "$index 4096 /folder-00" || cat errors >>"$why"
	tap "NTFS: that block is told"
else
	skip "NTFS" "it cannot be made here"
fi

tap_end
