#!/bin/bash
# same-bytes.sh [MODE]: spill-timeline writes the same bytes whatever its
# memory, its threads and the order of its operands. Inputs with many equal
# times, rows that differ in columns of their own only, columns that come
# late, and rows larger than a batch. TAP.
set -u
cd "$(dirname "$0")/../.." || exit 2
mode=${1:-release}
B=${B:-$PWD/build/$mode}
tool=$B/bin/spill-timeline
name="same bytes"
[ -x "$tool" ] || { echo "not ok 1 - $name: no $tool"; exit 1; }
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
export TMPDIR=$tmp LC_ALL=C.UTF-8 TZ=UTC
cd "$tmp" || exit 2
# Instrumented code is slow; it still sees every path.
lines=150000
[ "$mode" != san ] || lines=60000

n=0 failed=0
: >why
# tap NAME: ok if the file "why" is empty, which is emptied.
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
# run OUT ARG...: the hash of what the tool writes, in OUT; its words in said.
run() {
	local out=$1
	shift
	"$tool" "$@" 2>said | sha256sum >"$out"
	local got=${PIPESTATUS[0]}
	[ "$got" = 0 ] || { echo "status $got: $*"; tail -n 3 said; } >>why
}

# A linear congruential generator: the same input everywhere.
awk -v lines=$lines '
function next_of(n) {
	seed = (seed * 1103515245 + 12345) % 2147483648
	return int(seed / 65536) % n
}
BEGIN {
	seed = 20200101
	for (i = 0; i < lines; i++) {
		# One time in three is one of a few, so ties are long.
		t = next_of(3) ? 1500000000 + next_of(30000) * 7919 : 1.6e9
		u = next_of(4) ? t : 1400000000 + next_of(1000)
		printf "0|/d%d/f%d%s|%d|r/rrwxrwxrwx|%d|%d|%d|%d|%d|%d%s|%d\n",
		    next_of(50), next_of(500), next_of(100) ? "" : "|x,\"",
		    next_of(1000), next_of(5), next_of(5), next_of(100000),
		    t, t, u, next_of(10) ? "" : "." next_of(1000),
		    next_of(5) ? 0 : u
	}
}' >a.body
awk '
function next_of(n) {
	seed = (seed * 1103515245 + 12345) % 2147483648
	return int(seed / 65536) % n
}
BEGIN {
	seed = 7
	print "datetime,timestamp_desc,message,event,zz,path,\"own \"\"x\"\"\"" \
	    >"b.csv"
	# Rows that only the columns of their own tell apart.
	for (i = 0; i < 20000; i++)
		printf "2020-09-13T12:26:40%s,d,m,e,%d,/p,%d\n",
		    next_of(2) ? "Z" : ".0Z", next_of(50), next_of(50) >"b.csv"
	print "datetime,timestamp_desc,message,event,aa,path,zz" >"c.csv"
	for (i = 0; i < 5000; i++)
		printf "2020-09-13T12:26:40Z,d,m,e,%s,/p,%d\n",
		    next_of(3) ? next_of(50) : "", next_of(50) >"c.csv"
	print "datetime,timestamp_desc,source,source_long,message,parser," \
	    "display_name,tag" >"d.csv"
	for (i = 0; i < 5000; i++)
		printf "2020-09-13T12:26:%02d.%06d+00:00,d,LOG,l%d,say \"%d,p" \
		    ",OS:/f%d,-\n", next_of(60), next_of(10), next_of(9),
		    next_of(20), next_of(30) >"d.csv"
	for (i = 0; i < 10000; i++) {
		printf "{\"datetime\":\"2020-09-13T12:26:40Z\",\"timestamp_desc\"" \
		    ":\"d\",\"message\":\"m\",\"event\":\"e\"" >"e.jsonl"
		if (next_of(2))
			printf ",\"late%d\":%d", int(i / 100), next_of(9) >"e.jsonl"
		if (next_of(2))
			printf ",\"zz\":\"%d\"", next_of(50) >"e.jsonl"
		print "}" >"e.jsonl"
	}
	print "item,path,class,level,rank" >"v.csv"
	for (i = 0; i < 500; i++)
		printf "d:p1/%d,/x,%s,L%d,%d\n", next_of(100),
		    next_of(2) ? "marked" : "mention", next_of(4),
		    next_of(4) >"v.csv"
	print "item,path,kind,size,modified,born,fn_born" >"i.csv"
	for (i = 0; i < 5000; i++)
		printf "d:p1/%d,/i%d,file,%d,2020-09-13T12:26:40Z,%s,%s\n",
		    i % 100, i, i, next_of(2) ? "2020-09-13T12:26:40Z" : "",
		    next_of(2) ? "2020-09-13T12:26:40.1234567Z" : "" >"i.csv"
}'
# shellcheck disable=SC2034 # they are named in the loop
inputs=(a.body b.csv c.csv d.csv e.jsonl i.csv v.csv)
# shellcheck disable=SC2034
back=(v.csv i.csv e.jsonl d.csv c.csv b.csv a.body)
# shellcheck disable=SC2034
mixed=(d.csv a.body v.csv c.csv i.csv b.csv e.jsonl)

run want --memory 256M --jobs 1 -v "${inputs[@]}"
grep -q 'runs: 0,' said || cat said >>why
tap "with 256M nothing is spilled"
"$tool" --memory 256M --jobs 1 "${inputs[@]}" >want.csv
want=$(cat want)

most=0
for memory in 4M 5M 16M 256M; do
	for jobs in 1 2 4; do
		for order in inputs back mixed; do
			declare -n files=$order
			run got -v --memory $memory --jobs $jobs "${files[@]}"
			[ "$(cat got)" = "$want" ] ||
				echo "other bytes, operands $order" >>why
			runs=$(sed -nE 's/.*; runs: ([0-9]+).*/\1/p' said)
			[ "${runs:-0}" -le "$most" ] || most=$runs
			# Every order with every limit, and with every count of threads.
			[ $jobs = 1 ] || [ $memory = 4M ] || break
		done
		tap "--memory $memory --jobs $jobs: $runs runs"
	done
done

# A merge takes 64 runs of 4M at a time: this many want several passes.
awk 'BEGIN {
	for (i = 0; i < 160; i++)
		long = long "0123456789"
	for (i = 0; i < 110000; i++) {
		seed = (seed * 1103515245 + 12345) % 2147483648
		printf "0|/%s/%d|%d|r/r|0|0|%d|%d|0|0|0\n", long, seed % 97,
		    i, i % 7, 1500000000 + int(seed / 65536) % 2000
	}
}' >many.body
run want --memory 1G --jobs 1 -v many.body
grep -q 'runs: 0,' said || cat said >>why
for jobs in 1 2 4; do
	run got --memory 4M --jobs $jobs -v many.body
	cmp -s want got || echo "other bytes with $jobs jobs" >>why
	runs=$(sed -nE 's/.*; runs: ([0-9]+).*/\1/p' said)
	[ $jobs = 1 ] || [ "${runs:-0}" -ge 100 ] || echo "only $runs runs" >>why
done
tap "$runs runs and several passes of merging"
rm many.body

# Rows that are larger than all the memory for rows.
{
	echo datetime,timestamp_desc,message,event,id
	for i in 3 1 2; do
		printf '2020-01-0%dT00:00:00Z,d,' $i
		head -c $((5 << 20)) /dev/zero | tr '\0' "$i"
		printf ',e,%d\n2020-01-0%dT00:00:00Z,d,small,e,%d\n' $i $i $i
	done
} >large.csv
run want --memory 256M --jobs 1 large.csv
"$tool" --memory 256M large.csv | cut -c 1-40 >heads
[ "$(wc -l <heads)" = 7 ] || cat heads >>why
run all --memory 256M --jobs 1 large.csv a.body
for memory in 4M 16M; do
	for jobs in 1 2; do
		run got --memory $memory --jobs $jobs a.body large.csv
		cmp -s got all || echo "other bytes with $memory, $jobs" >>why
		run got --memory $memory --jobs $jobs large.csv
		cmp -s got want || echo "other bytes alone, $memory, $jobs" >>why
	done
done
tap "rows of 5 MiB with 4M of memory"

# Other formats come from the same rows.
for f in tsv jsonl bodyfile timesketch; do
	run want --format $f --memory 256M --jobs 1 "${inputs[@]}"
	run got --format $f --memory 4M --jobs 2 "${back[@]}"
	cmp -s want got || echo "other bytes in $f" >>why
	tap "--format $f"
done
"$tool" --seal --memory 256M --jobs 1 "${inputs[@]}" 2>said | tail -n 1 >a
"$tool" --seal --memory 4M --jobs 4 "${back[@]}" 2>said | tail -n 1 >b
cmp a b >>why
tap "the seal says neither memory nor threads"

# The order is the one that is promised: time, then machine, source, ...
"$tool" --format tsv want.csv | tail -n +2 | cut -f 1 | sed '/^$/d' >times.txt
# Fractions of a second sort as text only if all have the same digits.
sed -E 's/Z$//; /\./!s/$/./; s/$/000000000/; s/(\.[0-9]{9}).*/\1/' times.txt >padded
sort -c padded 2>>why
tap "times ascend"
"$tool" --memory 4M want.csv | cmp - want.csv >>why
tap "what is sorted stays as it is"
echo "# at most $most runs"
echo "1..$n"
[ $failed -eq 0 ]
