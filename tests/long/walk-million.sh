#!/bin/bash
# walk-million.sh [MODE]: 1,000,000 files in one folder of ext4 are walked
# within 256 MiB; with less memory it is said what is lacking. TAP.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
suite=million
export LC_ALL=C TZ=UTC PATH="$PATH:/sbin:/usr/sbin"
files=1000000
for p in mke2fs e2fsck gcc; do
	command -v $p >/dev/null || skip_all "no $p"
done
gcc -std=gnu17 -O1 -Wall -Wextra -Werror -o "$tmp/ext-files" \
    tests/e2e/ext-files.c || bail "ext-files.c does not compile"
cd "$tmp" || exit 2
truncate -s 4G img
mke2fs -q -F -t ext4 -b 4096 -I 256 -N $((files + 100)) \
    -O none,filetype,extent,sparse_super,large_file,dir_index img >log 2>&1 &&
	./ext-files img $files $files && e2fsck -fn img >log 2>&1 ||
	bail "no image: $(cat log)"

# walked MEMORY: the status, how many files there are, how many names.
walked() {
	(
		ulimit -t 120
		exec timeout 300 "$B/bin/spill-walk" -q -m "$1" --format tsv img
	) >rows 2>said
	echo "status $?"
	cut -f 4 rows | awk -F/ '$2 == "folder 0" && NF == 3 { n++
		v = $3; gsub(/[^0-9]/, "", v); sum += v } END { printf "%d %.0f\n", n, sum }'
}
walked 256M >got
printf '%s\n' "status 0" "$files $((files / 2 * (files - 1)))" |
    diff - got >"$why"
cat said >>"$why"
tap "$files files in one folder, with 256 MiB"
# Sanitizers have no such limit.
if [ "$mode" = san ]; then
	skip "with too little memory" "no limit of memory"
else
	walked 128M >got
	grep -qx "status 1" got || cat got >>"$why"
	grep -q 'memory (134217728 bytes)' said || cat said >>"$why"
	tap "with too little memory"
fi
tap_end
