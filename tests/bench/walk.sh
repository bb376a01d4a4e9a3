#!/bin/bash
# walk.sh [EXT_FILES [NTFS_FILES]]: what the list of all files and the
# timeline of it cost beside fls and mactime, in CPU seconds: the median of
# BENCH_ROUNDS runs each (5); and what the jail costs. 300,000 files on ext4
# and 60,000 on NTFS unless said otherwise. Making NTFS takes ntfs-3g and
# root: skipped by name.
#
# WALK_IMAGES="NAME=IMAGE ..." takes images that are there instead: of a disk
# with a partition table, all volumes that fls can read, or a bare file system.
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"
need fls mactime awk
files=("${1:-300000}" "${2:-60000}")
rounds=${BENCH_ROUNDS:-5}
# Evidence may be damaged: whoever says so has done its work.
allowed=1
mounted=
trap '[ -z "$mounted" ] || umount "$tmp/mnt"; rm -rf "$tmp"' EXIT
images=() # NAME=IMAGE

# --- images ------------------------------------------------------------------

# fill DIR FILES: folders of some 60 files, two levels deep, small files that
# were written, read and put there at different times, as files are.
fill() {
	awk -v dir="$1" -v n="$2" 'BEGIN {
		for (i = 0; i < n; i++) {
			d = dir "/folder " int(i / 3600) "/of things " int(i / 60) % 60
			if (i % 60 == 0) system("mkdir -p \"" d "\"")
			f = d "/document number " i ".docx"
			printf "%*s", (i * 2654435761) % 5000, "" >f
			close(f)
			if (i % 60 == 59)
				system("touch -m -d @" 1700000000 + i " \"" d "\"/*; " \
				    "touch -a -d @" 1710000000 + i " \"" d "\"/*")
		}
	}'
}
make_ext4() {
	fill "$tmp/tree" "$1"
	truncate -s $(($1 * 14000)) "$tmp/ext4.raw"
	mke2fs -q -F -t ext4 -N $(($1 * 5 / 3)) -d "$tmp/tree" "$tmp/ext4.raw" ||
		die "cannot make ext4"
	rm -rf "$tmp/tree"
}
make_ntfs() {
	[ "$(id -u)" -eq 0 ] && [ -c /dev/fuse ] &&
	    command -v ntfs-3g mkntfs >/dev/null || return 1
	truncate -s $(($1 * 30000)) "$tmp/ntfs.raw"
	mkdir "$tmp/mnt"
	mkntfs -Q -F -q "$tmp/ntfs.raw" >/dev/null 2>&1 &&
	    ntfs-3g "$tmp/ntfs.raw" "$tmp/mnt" >/dev/null 2>&1 || return 1
	mounted=1
	fill "$tmp/mnt" "$1"
	umount "$tmp/mnt" && mounted=
}
if [ -n "${WALK_IMAGES:-}" ]; then
	space 1
	read -r -a images <<<"$WALK_IMAGES"
else
	need mke2fs
	space $(((files[0] + files[1]) / 80000 + 1))
	make_ext4 "${files[0]}"
	images=("ext4=$tmp/ext4.raw")
	if make_ntfs "${files[1]}"; then
		images+=("ntfs=$tmp/ntfs.raw")
	else
		result "walk, ntfs: skipped, it cannot be made here"
	fi
fi

# --- runs --------------------------------------------------------------------

# peer IMAGE: the commands that list its files with fls. Of a disk, each
# partition in which there is a file system it knows.
peer() {
	local at
	at=$(mmls "$1" 2>/dev/null | awk '$2 ~ /^[0-9]+(:[0-9]+)?$/ { print $3 + 0 }')
	for at in ${at:-0}; do
		fsstat -t -o "$at" "$1" >/dev/null 2>&1 || continue
		printf 'fls -r -m / -o %d %q; ' "$at" "$1"
	done
}
# cost NAME COMMAND: in a shell, whose status is that of the last command.
cost() {
	once "$1" null bash -c "set -o pipefail; $2"
}
# rows COMMAND: how many lines it writes.
rows() {
	bash -c "$1" 2>"$tmp/said" | wc -l
}
# compare NAME IMAGE
compare() {
	local i=$1 f fls ours n body=$tmp/body
	f=$(printf %q "$2")
	fls=$(peer "$2")
	ours="$(printf %q "$B/bin/spill-walk") -q"
	[ -n "$fls" ] || { result "walk, $i: skipped, fls can read nothing of it"; return; }
	n=$(rows "$ours $f")
	[ "$n" -gt 1 ] || die "$2: no item"
	[ "$(rows "$fls")" -gt 0 ] || die "$2: fls lists nothing"
	for ((round = 1; round <= rounds; round++)); do
		echo "$i, round $round of $rounds"
		cost "$i-fls" "$fls"
		cost "$i-fls-mactime" "{ $fls } >'$body'; mactime -d -y -b '$body'"
		cost "$i-walk" "$ours $f"
		cost "$i-walk-open" "$ours --no-sandbox $f"
		cost "$i-walk-timeline" \
		    "$ours $f | $(printf %q "$B/bin/spill-timeline") -q"
	done
	rm -f "$body"
	result "spill-walk | spill-timeline / fls && mactime, $i, $((n - 1)) items:" \
	    "$(ratio "$(median "$i-fls-mactime" 2)" "$(median "$i-walk-timeline" 2)")" \
	    "times (wanted: 3.5)"
	result "spill-walk / fls, $i:" \
	    "$(ratio "$(median "$i-fls" 2)" "$(median "$i-walk" 2)") times"
	# It costs less than rounds differ: the least of each.
	result "jail, $i: $(percent "$(least "$i-walk" 2)" \
	    "$(least "$i-walk-open" 2)") % of spill-walk"
}
# percent ALL REST: what of ALL is not REST.
percent() {
	awk -v a="$1" -v b="$2" \
	    'BEGIN { if (a > 0) printf "%.1f", 100 * (a - b) / a; else print "-" }'
}
for image in "${images[@]}"; do
	[ -r "${image#*=}" ] || die "no image '${image#*=}'"
	compare "${image%%=*}" "${image#*=}"
done

table
bench_end
