#!/bin/bash
# big-quote.sh [MODE]: a quote that is never closed, with 1 GiB behind it,
# costs one row: spill-timeline ends, in bounded memory, with status 1. So do
# a line of 1 GiB and one without an end. TAP.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
begin "big quote"
size=1G limit=256000
if [ "$mode" = san ]; then # its shadow memory has no limit, and it is slow
	size=128M limit=unlimited
fi

# limited ARG...: the tool on standard input, within the limit of memory (KiB).
limited() {
	(ulimit -v $limit &&
		exec timeout -k 5 110 "$tool" --memory 4M --jobs 1 "$@") 2>said
}
# run STATUS ROW...: these come, with few words.
run() {
	limited --scratch "$tmp" --format tsv | cut -f 1,3 | cut -c 1-60 >got
	ended "$1" "${PIPESTATUS[0]}"
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
} | limited --scratch "$tmp" --format tsv | cut -f 3 | sort | uniq -c >got
ended 1 "${PIPESTATUS[1]}"
sed 's/^ *//' got >got.txt
printf '1 message\n1000000 two\n' | cmp - got.txt >>why 2>&1
grep -q 'line 2: a quote is never closed' said || cat said >>why
tap "a million rows behind the quote are rows"

# A quote that opens again in every line.
{
	printf '%s\n' "$head"
	yes '2020-01-02T00:00:00Z,d,"two' | head -n 100000
} >quotes.csv
limited --scratch "$tmp" --errors errors.csv -o out.csv quotes.csv
ended 1 $?
[ "$(wc -l <errors.csv)" = 100001 ] || wc -l errors.csv >>why
tap "a quote in each of 100,000 lines"

tr '\0' x </dev/zero | head -c $size | limited >got
ended 3 $?
[ "$(wc -c <said)" -lt 1000 ] || wc said >>why
tap "$size without a line end are no timeline"

{
	echo '0|/a|1|r/r|0|0|10|100|100|100|100'
	tr '\0' '|' </dev/zero | head -c $size
	echo
	echo '0|/b|1|r/r|0|0|10|200|200|200|200'
} | limited --format tsv | cut -f 11 >got
ended 1 "${PIPESTATUS[1]}"
printf 'path\n/a\n/b\n' | cmp - got >>why 2>&1
tap "a line of $size in a bodyfile costs one line"
tap_end
