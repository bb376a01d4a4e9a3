#!/bin/bash
# type-memory.sh [MODE]: the memory of spill-type itself does not grow with what
# its workers say: 4,000 archives in one, each with a name of 12,000 bytes. TAP.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
suite="memory of types"
[ "$mode" != san ] || skip_all "sanitizers have memory of their own"
for p in zip tar; do
	command -v $p >/dev/null || skip_all "no $p"
done
export TMPDIR=$tmp LC_ALL=C TZ=UTC
cd "$tmp" || exit 2
limit=$((80 << 10)) # KiB; what is kept of one item is 280 MiB

mkdir many
echo EXERCISE >m
zip -q -X many/0 m
for i in {1..3999}; do ln many/0.zip "many/$i.zip"; done
long=$(printf 'n%.0s' {1..12000})
tar --sort=name --hard-dereference --transform "s,^many/,$long," \
    -czf many.tgz many/*.zip
"$B/bin/spill-type" -q -j 1 --format tsv many.tgz >rows 2>said &
pid=$! peak=0
while now=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' /proc/$pid/status 2>/dev/null) &&
    [ -n "$now" ]; do
	peak=$now
	sleep 0.05
done
wait $pid
ended 0 $?
[ "$(wc -l <rows)" = 8002 ] || echo "$(wc -l <rows) rows" >>"$why"
columns status members <rows | sort | uniq -c | awk '{ print $1, $2, $3 }' >got
printf '4000 ok \n4000 ok 1\n1 ok 4000\n' | diff - got >>"$why"
[ "$peak" -gt 0 ] && [ "$peak" -lt $limit ] ||
	echo "peak $peak KiB, limit $limit" >>"$why"
tap "rows of 280 MiB within 80 MiB"
tap_end
