#!/bin/bash
# walk-million.sh [MODE]: 1,000,000 files in one folder of ext4 are walked
# within 256 MiB, 3,000,000 within 416; with less memory it is said what is
# lacking. TAP.
#
# SPILL_TEST_FILES and SPILL_TEST_MEMORY: of the larger folder, so many within
# so much. Its blocks have 16 KiB, so that it fits into a group.
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

large=${SPILL_TEST_FILES:-3000000} memory=${SPILL_TEST_MEMORY:-416M}
truncate -s $((large / 60000 + 2))G large
mke2fs -q -F -t ext4 -b 16384 -I 256 -N $((large + 100)) \
    -O none,filetype,extent,sparse_super,large_file,dir_index large \
    >log 2>&1 && ./ext-files large "$large" "$large" ||
	bail "no large image: $(cat log)"

# walked MEMORY [IMAGE]: how many files there are, the sum of the numbers in
# their names; the status.
walked() {
	(
		ulimit -t 120
		exec timeout 300 "$B/bin/spill-walk" -q -m "$1" --format tsv \
		    "${2:-img}"
	) 2>said | cut -f 4 | awk -F/ '$2 == "folder 0" && NF == 3 { n++
		v = $3; gsub(/[^0-9]/, "", v); sum += v } END { printf "%d %.0f\n", n, sum }'
	echo "status ${PIPESTATUS[0]}"
}
walked 256M >got
printf '%s\n' "$files $((files / 2 * (files - 1)))" "status 0" |
    diff - got >"$why"
cat said >>"$why"
tap "$files files in one folder, with 256 MiB"
# Sanitizers have no such limit.
if [ "$mode" = san ]; then
	skip "$large files" "no limit of memory"
	skip "with too little memory" "no limit of memory"
else
	walked "$memory" large >got
	printf '%s\n' "$large $((large / 2 * (large - 1)))" "status 0" |
	    diff - got >"$why"
	cat said >>"$why"
	tap "$large files in one folder, with $memory"
	walked 128M >got
	grep -qx "status 1" got || cat got >>"$why"
	grep -q 'memory (134217728 bytes)' said || cat said >>"$why"
	tap "with too little memory"
fi
tap_end
