#!/bin/bash
# walk.sh [EXT_FILES [NTFS_FILES]]: what the list of all files and the
# timeline of it cost beside fls and mactime, in CPU seconds of all processes;
# and what the jail costs. 300,000 files on ext4 and 60,000 on NTFS unless
# said otherwise. Making NTFS takes ntfs-3g and root: skipped by name.
#
# The two take turns, ROUNDS times (5); the median counts. Fails if a run
# fails, never for a time.
set -u
cd "$(dirname "$0")/../.." || exit 2
B=${B:-$PWD/build/release}
export LC_ALL=C TZ=UTC PATH="$PATH:/sbin:/usr/sbin"
files=(${1:-300000} ${2:-60000})
rounds=${ROUNDS:-5}
for p in fls mactime mke2fs awk; do
	command -v $p >/dev/null || { echo "bench: no $p"; exit 0; }
done
[ -x "$B/bin/spill-walk" ] || { echo "bench: no $B/bin/spill-walk" >&2; exit 2; }
tmp=$(mktemp -d "${TMPDIR:-/var/tmp}/walk-XXXXXX") || exit 2
mounted=
trap '[ -z "$mounted" ] || umount "$tmp/mnt"; rm -rf "$tmp"' EXIT

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
fill "$tmp/tree" "${files[0]}"
truncate -s $((files[0] * 14000)) "$tmp/ext4.raw"
mke2fs -q -F -t ext4 -N $((files[0] * 5 / 3)) -d "$tmp/tree" "$tmp/ext4.raw" ||
	exit 1
rm -rf "$tmp/tree"
images=(ext4)
if command -v ntfs-3g mkntfs >/dev/null && [ "$(id -u)" -eq 0 ] &&
    [ -c /dev/fuse ]; then
	truncate -s $((files[1] * 30000)) "$tmp/ntfs.raw"
	mkdir "$tmp/mnt"
	if mkntfs -Q -F -q "$tmp/ntfs.raw" >/dev/null 2>&1 &&
	    ntfs-3g "$tmp/ntfs.raw" "$tmp/mnt" >/dev/null 2>&1; then
		mounted=1
		fill "$tmp/mnt" "${files[1]}"
		umount "$tmp/mnt" && mounted=
		images+=(ntfs)
	fi
fi
[ ${#images[@]} -eq 2 ] || echo "ntfs: skipped, it cannot be made here"

# cost NAME COMMAND: a line "NAME cpu wall".
cost() {
	TIMEFORMAT="$1 %U %S %R"
	{ time bash -c "$2" >/dev/null 2>"$tmp/said"; } 2>>"$tmp/costs" ||
		{ echo "bench: $2" >&2; cat "$tmp/said" >&2; exit 1; }
}
for i in "${images[@]}"; do
	f=$tmp/$i.raw
	: >"$tmp/costs"
	for ((r = 0; r < rounds; r++)); do
		cost peer_walk "fls -r -m / '$f'"
		cost peer_all "fls -r -m / '$f' >'$tmp/body' && mactime -d -y -b '$tmp/body'"
		cost walk "'$B/bin/spill-walk' -q '$f'"
		cost walk_open "'$B/bin/spill-walk' -q --no-sandbox '$f'"
		cost all "'$B/bin/spill-walk' -q '$f' | '$B/bin/spill-timeline' -q"
	done
	rows=$("$B/bin/spill-walk" -q "$f" | wc -l)
	awk -v image="$i" -v rows="$rows" '
	{ v[$1] = v[$1] " " $2 + $3; n[$1]++ }
	# The jail costs less than rounds differ: the least of each.
	function least(name,    a, k, i, m) {
		k = split(v[name], a, " ")
		for (i = m = 1; i <= k; i++) if (a[i] + 0 < a[m] + 0) m = i
		return a[m]
	}
	function median(name,    a, k, i, j, t) {
		k = split(v[name], a, " ")
		for (i = 2; i <= k; i++)
			for (j = i; j > 1 && a[j] + 0 < a[j - 1] + 0; j--) {
				t = a[j]; a[j] = a[j - 1]; a[j - 1] = t
			}
		return a[int((k + 1) / 2)]
	}
	END {
		printf "%s, %d items, median CPU s of %d rounds\n", image, rows, n["all"]
		printf "  fls -r -m                    %6.2f\n", median("peer_walk")
		printf "  spill-walk                   %6.2f  (%.1f times as fast)\n", \
		    median("walk"), median("peer_walk") / median("walk")
		printf "    best, and without the jail %6.2f  %.2f (the jail is %.0f %%)\n", \
		    least("walk"), least("walk_open"), \
		    100 * (least("walk") - least("walk_open")) / least("walk")
		printf "  fls -r -m && mactime -d      %6.2f\n", median("peer_all")
		printf "  spill-walk | spill-timeline  %6.2f  (%.1f times as fast)\n", \
		    median("all"), median("peer_all") / median("all")
	}' "$tmp/costs"
done
