#!/bin/bash
# walk-linear.sh [MODE]: a folder of so many files costs no more than as many
# in folders of 1,000 each: instructions of the walk, not seconds. TAP.
#
# SPILL_TEST_FILES: how many, 10,000 unless it is set. NTFS takes root and
# FUSE to make.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
suite=linear
export LC_ALL=C TZ=UTC PATH="$PATH:/sbin:/usr/sbin"
files=${SPILL_TEST_FILES:-10000}
most=150 # percent

[ "$mode" != san ] || skip_all "valgrind and sanitizers do not mix"
for p in valgrind mke2fs e2fsck gcc; do
	command -v $p >/dev/null || skip_all "no $p"
done
mounted=
trap '[ -z "$mounted" ] || umount "$tmp/mnt"; rm -rf "$tmp"' EXIT

# fill DIR one|many
fill() {
	awk -v dir="$1" -v n="$files" -v many="$2" 'BEGIN {
		d = dir "/all"
		for (i = 0; i < n; i++) {
			if (many == "many") d = dir "/folder " int(i / 1000)
			if (i == 0 || (many == "many" && i % 1000 == 0))
				system("mkdir \"" d "\"")
			f = d "/file number " i ".txt"
			printf "" >f
			close(f)
		}
	}'
}
# count NAME: instructions of the walk of an image, and its rows.
count() {
	valgrind --tool=callgrind --callgrind-out-file=/dev/null \
	    "$B/tests/walk_bench" "$tmp/$1.raw" >"$tmp/$1.rows" 2>"$tmp/said"
	sed -n 's/.*Collected : //p' "$tmp/said"
}
# compare FS [FILES]: its two images.
compare() {
	local one many rows
	one=$(count "$1-one") many=$(count "$1-many")
	rows=$(sed -n 's/^rows //p' "$tmp/$1-one.rows")
	[ "${rows:-0}" -gt "${2:-$files}" ] || echo "${rows:-0} rows" >>"$why"
	grep -qx 'errors 0' "$tmp/$1-one.rows" || cat "$tmp/$1-one.rows" >>"$why"
	if [ -z "$one" ] || [ -z "$many" ]; then
		cat "$tmp/said" >>"$why"
	elif [ $((one * 100 / many)) -gt $most ]; then
		echo "$one instructions in one folder, $many in many" >>"$why"
	fi
	tap "$1: ${2:-$files} files in one folder cost $((one * 100 / many)) % of those in many"
	rm -f "$tmp/$1"-*.raw
}

gcc -std=gnu17 -O1 -Wall -Wextra -Werror -o "$tmp/ext-files" \
    tests/e2e/ext-files.c || bail "ext-files.c does not compile"
# ext4 KIND PER: an image with so many files in each folder, which gets its
# tree of hashes.
ext4() {
	local image=$tmp/ext4-$1.raw
	truncate -s $((files * 512 + (64 << 20))) "$image"
	mke2fs -q -F -t ext4 -b 4096 -I 256 -N $((files + files / 1000 + 100)) \
	    -O none,filetype,extent,sparse_super,large_file,dir_index \
	    "$image" >"$tmp/said" 2>&1 &&
		"$tmp/ext-files" "$image" "$files" "$2" &&
		e2fsck -fn "$image" >"$tmp/said" 2>&1 || {
		cat "$tmp/said"
		echo "no image"
	} >>"$why"
	e2fsck -fyD "$image" >"$tmp/said" 2>&1
}
ext4 one "$files"
ext4 many 1000
compare ext4

# A folder of FAT has 2 MiB at most: 65,536 entries.
gcc -std=gnu17 -O1 -Wall -Wextra -Werror -o "$tmp/fat-fill" \
    tests/e2e/fat-fill.c 2>"$tmp/said" || { cat "$tmp/said"; bail "no fat-fill"; }
for fs in fat32 exfat; do
	n_fs=$files
	[ $fs != fat32 ] || [ "$files" -le 65000 ] || n_fs=65000
	for kind in one many; do
		"$tmp/fat-fill" $fs "$n_fs" $kind >"$tmp/$fs-$kind.raw" ||
			echo "no image" >>"$why"
	done
	compare $fs "$n_fs"
done

# ntfs KIND: a volume that libntfs-3g fills.
ntfs() {
	truncate -s $((files * 2048 + (64 << 20))) "$tmp/ntfs-$1.raw"
	mkdir -p "$tmp/mnt"
	mkntfs -Q -F -q "$tmp/ntfs-$1.raw" >/dev/null 2>&1 &&
		ntfs-3g "$tmp/ntfs-$1.raw" "$tmp/mnt" >/dev/null 2>&1 || return 1
	mounted=1
	fill "$tmp/mnt" "$1"
	umount "$tmp/mnt" && mounted=
}
if [ "$(id -u)" -eq 0 ] && [ -c /dev/fuse ] &&
    command -v ntfs-3g mkntfs >/dev/null && ntfs one && ntfs many; then
	compare ntfs
else
	skip "ntfs" "it cannot be made here"
fi
tap_end
