#!/bin/bash
# big-quote.sh [MODE]: a quote that is never closed, with 1 GiB behind it,
# costs one row: spill-timeline ends, in bounded memory, with status 1. So do
# a line of 1 GiB and one without an end. TAP.
set -u
cd "$(dirname "$0")/../.." || exit 2
mode=${1:-release}
B=${B:-$PWD/build/$mode}
tool=$B/bin/spill-timeline
name="big quote"
[ -x "$tool" ] || { echo "not ok 1 - $name: no $tool"; exit 1; }
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
export TMPDIR=$tmp LC_ALL=C.UTF-8 TZ=UTC
cd "$tmp" || exit 2
size=1G limit=256000
if [ "$mode" = san ]; then # its shadow memory has no limit, and it is slow
	size=128M limit=unlimited
fi

n=0 failed=0
: >why
tap() {
	n=$((n + 1))
	if [ -s why ]; then
		failed=$((failed + 1))
		echo "not ok $n - $name: $1"
		head -n 12 why | cut -c 1-300 | cat -v | sed 's/^/# /'
	else
		echo "ok $n - $name: $1"
	fi
	: >why
}
# run WANTED: the tool on standard input, within the limit of memory (KiB).
run() {
	(ulimit -v $limit && exec timeout -k 5 110 "$tool" --memory 4M \
	    --jobs 1 --scratch "$tmp" --format tsv) 2>said | cut -f 1,3 |
		cut -c 1-60 >got
	local status=${PIPESTATUS[0]}
	[ "$status" = "$1" ] || { echo "status $status"; cat said; } >>why
	printf 'datetime\tmessage\n' >want
	printf '%s\n' "${@:2}" >>want
	cmp got want >>why 2>&1 || head got >>why
	[ "$(wc -l <said)" -le 4 ] || { wc -l said; tail -n 3 said; } >>why
}

head='datetime,timestamp_desc,message'
{
	printf '%s\n2020-01-01T00:00:00Z,d,one\n' "$head"
	printf '2020-01-01T00:00:00Z,d,"never closed'
	tr '\0' x </dev/zero | head -c $size
	printf '\n2020-01-03T00:00:00Z,d,three\n'
} | run 1 '2020-01-01T00:00:00Z	one' '2020-01-03T00:00:00Z	three'
tap "one line of $size behind the quote"

# All of it are rows once the quote is known to be no quote.
{
	printf '%s\n2020-01-01T00:00:00Z,d,"never closed\n' "$head"
	yes '2020-01-02T00:00:00Z,d,two' | head -n 1000000
} | (ulimit -v $limit && exec timeout -k 5 110 "$tool" --memory 4M --jobs 1 \
    --scratch "$tmp" --format tsv) 2>said | cut -f 3 | sort | uniq -c >got
[ "${PIPESTATUS[1]}" = 1 ] || { echo "no status 1"; cat said; } >>why
sed 's/^ *//' got >got.txt
printf '1 message\n1000000 two\n' | cmp - got.txt >>why 2>&1
grep -q 'line 2: a quote is never closed' said || cat said >>why
tap "a million rows behind the quote are rows"

# A quote that opens again in every line.
{
	printf '%s\n' "$head"
	yes '2020-01-02T00:00:00Z,d,"two' | head -n 100000
} >quotes.csv
(ulimit -v $limit && exec timeout -k 5 110 "$tool" --memory 4M --jobs 1 \
    --scratch "$tmp" --errors errors.csv -o out.csv quotes.csv) 2>said
status=$?
[ $status = 1 ] || { echo "status $status"; cat said; } >>why
[ "$(wc -l <errors.csv)" = 100001 ] || wc -l errors.csv >>why
tap "a quote in each of 100,000 lines"

tr '\0' x </dev/zero | head -c $size | (ulimit -v $limit &&
	exec timeout -k 5 110 "$tool" --memory 4M --jobs 1) >got 2>said
status=$?
[ $status = 3 ] || { echo "status $status"; head -c 400 said; } >>why
[ "$(wc -c <said)" -lt 1000 ] || wc said >>why
tap "$size without a line end are no timeline"

{
	echo '0|/a|1|r/r|0|0|10|100|100|100|100'
	tr '\0' '|' </dev/zero | head -c $size
	echo
	echo '0|/b|1|r/r|0|0|10|200|200|200|200'
} | (ulimit -v $limit && exec timeout -k 5 110 "$tool" --memory 4M --jobs 1 \
    --format tsv) 2>said | cut -f 11 >got
[ "${PIPESTATUS[1]}" = 1 ] || { echo "no status 1"; cat said; } >>why
printf 'path\n/a\n/b\n' | cmp - got >>why 2>&1
tap "a line of $size in a bodyfile costs one line"
echo "1..$n"
[ $failed -eq 0 ]
