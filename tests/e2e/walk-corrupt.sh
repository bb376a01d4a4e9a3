#!/bin/bash
# walk-corrupt.sh [MODE]: the damaged file systems of the test data: each is
# walked to its end, and what is wrong with it is told. TAP.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
suite="walk-corrupt"
data=${TESTDATA:-$PWD/../shared/testdata}/images_corrupt
export LC_ALL=C TZ=UTC
[ -r "$data/answers.csv" ] || skip_all "no $data"
walk=$B/bin/spill-walk
[ -x "$walk" ] || bail "no $walk"
cd "$tmp" || exit 2

unpack() {
	case $1 in
	*.tar.xz) tar -xOf "$data/$1" ;;
	*.gz) zcat "$data/$1" ;;
	*.bz2) bzcat "$data/$1" ;;
	esac | dd of=img bs=64k conv=sparse iflag=fullblock status=none
}
# Image, status, rows, a pattern that an error must match, and what e2fsck,
# fsck.exfat or fsck.fat say of it, or why a walk has no error.
tap_of() {
	local name=$1 want=$2 rows=$3 says=$4 note=$5 status
	rm -f img
	unpack "$name"
	(
		# Kilobytes of all that a process maps, and its CPU seconds.
		[ "$mode" = san ] || ulimit -v 2000000
		ulimit -t 60
		exec timeout 100 "$walk" -q -m 256M --format tsv --errors errors img
	) >out 2>said
	status=$?
	{
		[ "$status" = "$want" ] || { echo "status $status"; cat said; }
		[ "$(awk 'END { print NR - 1 }' out)" = "$rows" ] ||
			echo "$(awk 'END { print NR - 1 }' out) rows"
		if [ "$says" = - ]; then
			awk 'NR > 1' errors
		else
			grep -qE -- "$says" errors || { echo "no error '$says' in:"; cat errors; }
		fi
		! grep -qE 'crash|timeout|protocol|internal|memory' errors || cat errors
	} >>"$why" 2>&1
	rm -f errors
	tap "${name%%.*}: $note"
	echo "$name" >>seen
}
while IFS='|' read -r name want rows says note; do
	tap_of "$name" "$want" "$rows" "$says" "$note"
done <<'TABLE'
exfat_bad_bitmap.tar.xz|1|18|marked as free|clusters of a file are marked as free
exfat_bad_root.tar.xz|1|118|its clusters are marked as free|the chain of the root is broken
exfat_de_bad_csum.tar.xz|1|14|checksum of an entry set differs|checksums of entries
exfat_invalid_name.tar.xz|1|48|a name has a character that is none|names that exFAT forbids, shown as they are
exfat_loop_chain.tar.xz|1|18|leads back to where it was|a chain is a loop
exfat_unused-dentries.tar.xz|0|1001|-|nothing is wrong
ext_f_bad_fname.img.gz|0|7|-|names that are no UTF-8, shown as they are
ext_f_baddir2.img.gz|1|7|directory entry ends outside|a folder is garbage
ext_f_badroot.img.gz|1|5|its inode says that it is no folder|the root says that it is no folder
ext_f_badsymlinks.img.gz|1|16|block is outside the volume|links whose targets are nowhere
ext_f_crashdisk.img.gz|1|5|behind the end of the image|there are 2048 bytes of it
ext_f_dirlink.img.gz|1|7|more than one name|a second name of a folder
ext_f_dup.img.gz|1|6|blocks that are used elsewhere|files share blocks
ext_f_dupdot.img.gz|1|6|no folder leads to: 2|two folders have no names
ext_f_ea_inode_self_ref.img.gz|0|8|-|damage in an extended attribute, which is not walked
ext_f_extent_bad_node.img.gz|1|4|no node of extents|a node of an extent tree is garbage
ext_f_holedir.img.gz|1|4|block is outside the volume|a folder has a block outside
ext_f_illbbitmap.img.gz|1|4|bitmap or inodes outside|a bitmap is outside the volume
ext_f_lotsbad.img.gz|1|7|block is outside the volume|block pointers are garbage
ext_f_lpf2.img.gz|1|7|no folder leads to: 2|two folders have no names
ext_f_many_subdirs.img.gz|0|145621|-|more folders in one than its count of links can say
ext_f_orphan.img.gz|0|9|-|deleted while they were open: rows without a name, no damage
ext_f_zero_super.img.gz|1|8|the copy at byte 8389632 is used|no superblock but the copy
ext_i_qcow_image1024.bz2|0|330|-|nothing is wrong
fat_circular_chain.img.gz|0|8|-|nothing is wrong any more
fat_encryption_with_duplicate_dirent.img.gz|0|19|-|a short name that Windows writes and fsck refuses
fat_fat12_first_cluster.img.gz|0|6|-|nothing is wrong
fat_fat32_dos_cln_shut.img.gz|0|6|-|nothing is wrong
TABLE
find "$data" -maxdepth 1 -name '*.?z*' -printf '%f\n' | sort |
    comm -13 <(sort seen) - | sed 's/^/not looked at: /' >>"$why"
tap "all images"
tap_end
