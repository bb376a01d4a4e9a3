#!/bin/bash
# type.sh: what types and SHA-256 of all files of an image cost, in CPU seconds,
# beside file(1) and openssl dgst of the same files, which lie ready in a folder;
# what one lane costs and two, what members cost on top, and what the jail does.
# The median of BENCH_ROUNDS runs (3).
#
# TYPE_IMAGE=IMAGE and TYPE_FILES=FOLDER: an image and its files as they are in
# it (tsk_recover -a IMAGE FOLDER). Else both are made: TYPE_COUNT files (20,000)
# of some kinds on ext4.
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"
need file openssl mke2fs zip awk
rounds=${BENCH_ROUNDS:-3}
allowed=1 # evidence may be damaged
count=${TYPE_COUNT:-20000}

# Texts, packed texts, zips, scripts, of a few KiB.
make_files() {
	local i=0 dir
	mkdir "$tmp/files"
	seq 1 200000 >"$tmp/numbers"
	while [ $i -lt "$count" ]; do
		dir=$tmp/files/$((i / 500))
		[ -d "$dir" ] || mkdir "$dir"
		case $((i % 5)) in
		0) tail -c +$((i + 1)) "$tmp/numbers" | head -c 20000 >"$dir/$i.txt" ;;
		1) tail -c +$((i + 1)) "$tmp/numbers" | head -c 9000 | gzip -n >"$dir/$i.gz" ;;
		2) printf '<html><body>%d</body></html>\n' $i >"$dir/$i.html" ;;
		3) head -c $((i % 60000)) /dev/urandom >"$dir/$i.bin" ;;
		4) printf '#!/bin/sh\necho %d\n' $i >"$dir/$i.sh" ;;
		esac
		i=$((i + 1))
	done
	truncate -s $((count * 40000 + 64000000)) "$tmp/image.raw"
}
image_of TYPE $((count / 10000 + 2)) make_files
find "$files" -type f | sort >"$tmp/list"
[ -s "$tmp/list" ] || die "no file in $files"

q() { printf %q "$1"; }
walk="$(q "$B/bin/spill-walk") -q $(q "$image")"
type="$(q "$B/bin/spill-type") -q"
peer="file -N -f $(q "$tmp/list"); \
tr '\n' '\0' <$(q "$tmp/list") | xargs -0 openssl dgst -sha256"
cost() { once "$1" null bash -c "set -o pipefail; $2"; }
for ((round = 1; round <= rounds; round++)); do
	echo "round $round of $rounds"
	cost peers "$peer"
	cost type-1 "$walk | $type -j 1 --no-members"
	cost type-2 "$walk | $type -j 2 --no-members"
	cost type-1-open "$walk | $type -j 1 --no-members --no-sandbox"
	cost members "$walk | $type -j 2"
done
n=$(wc -l <"$tmp/list")
result "walk, type and SHA-256 / file and openssl dgst, $n files:" \
    "$(awk -v a="$(median type-1 2)" -v b="$(median peers 2)" \
	'BEGIN { printf "%.2f", a / b }') of their CPU seconds (wanted: 0.40)"
result "one lane / two, by the clock: $(ratio "$(median type-1 3)" \
    "$(median type-2 3)") times"
result "jail of spill-type: $(awk -v a="$(least type-1 2)" \
    -v b="$(least type-1-open 2)" 'BEGIN { printf "%.1f", 100 * (a - b) / a }') %"
table
bench_end
