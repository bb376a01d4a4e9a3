#!/bin/bash
# timesketch.sh [MODE]: what spill-timeline writes for Timesketch is taken
# whole, and unchanged, by the rules of its importers (timesketch_check.py),
# whatever the input. TAP.
set -u
cd "$(dirname "$0")/../.." || exit 2
mode=${1:-release}
B=${B:-$PWD/build/$mode}
tool=$B/bin/spill-timeline
check=$PWD/tests/e2e/timesketch_check.py
name=timesketch
[ -x "$tool" ] || { echo "not ok 1 - $name: no $tool"; exit 1; }
if ! command -v python3 >/dev/null; then
	echo "ok 1 - $name # SKIP no python3"
	echo 1..1
	exit 0
fi
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
export TMPDIR=$tmp LC_ALL=C.UTF-8 TZ=UTC
cd "$tmp" || exit 2

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
# whole NAME ROWS INPUT...: as many rows are written, and all are taken.
whole() {
	local rows=$2 what=$1
	"$tool" --format timesketch "${@:3}" >out.jsonl 2>said ||
		{ echo "status $?"; cat said; } >>why
	[ "$(wc -l <out.jsonl)" = "$rows" ] ||
		{ echo "$(wc -l <out.jsonl) rows, not $rows"; cat said; } >>why
	python3 "$check" --strict out.jsonl >checked 2>&1 || cat checked >>why
	[ "$rows" = 0 ] || grep -qx "accepted $rows, dropped 0" checked ||
		cat checked >>why
	tap "$what"
}

# The checker itself says no where it must.
printf '%s\n' '{"message":"m","datetime":"2020-01-01T00:00:00+00:00"}' >bad.jsonl
! python3 "$check" bad.jsonl >>checked 2>&1 || echo "no timestamp_desc" >>why
printf '%s\n' '{"message":"m","datetime":"20 Jan 2020","timestamp":1577836800000000,"timestamp_desc":"d"}' >bad.jsonl
! python3 "$check" bad.jsonl >>checked 2>&1 || echo "20 Jan is taken" >>why
printf '%s\n' '{"message":"m","datetime":"2020-01-01T00:00:00+00:00","timestamp":1577836800000001,"timestamp_desc":"d"}' >bad.jsonl
! python3 "$check" --strict bad.jsonl >>checked 2>&1 || echo "1 us is taken" >>why
printf '%s\n' '{"message":"m","datetime":"2020-01-01T00:00:00+00:00","timestamp":1577836800000000,"timestamp_desc":"d","n":1}' \
    '{"message":"m","datetime":"2020-01-01T00:00:00+00:00","timestamp":1577836800000000,"timestamp_desc":"d","n":"x"}' >bad.jsonl
! python3 "$check" bad.jsonl >>checked 2>&1 || echo "mixed types are taken" >>why
tap "the check refuses what the importer would drop"

head='datetime,timestamp_desc,message,event'
{
	echo "$head"
	for f in '' .1 .12 .123 .1234 .12345 .123456 .1234567 .12345678 \
	    .123456789 .999999999; do
		printf '2020-01-01T00:00:00%sZ,d,m,e\n' $f
		printf '1969-12-31T23:59:59%sZ,d,m,e\n' $f
		printf '1700-01-01T00:00:00%sZ,d,m,e\n' $f
		printf '2262-04-10T23:59:59%sZ,d,m,e\n' $f
		printf '2020-01-01T00:00:00%s,d,m,e\n' $f
	done
	printf '%s,d,m,e\n' 2020-01-01 2020-01-01T10:20Z 2020-01-01T10:20 \
	    1970-01-01T00:00:00Z 1600-01-01T00:00:00Z '' \
	    1699-12-31T23:59:59.999999999Z 2262-04-11T00:00:00Z \
	    9999-12-31T23:59:59Z 1601-01-01T00:00:00Z
} >times.csv
"$tool" -o times-read.csv times.csv 2>/dev/null
whole "times of every precision, and only those that it can hold" 59 \
    times-read.csv

{
	echo "$head,path,user"
	# shellcheck disable=SC1003
	for x in 'new\nline' 'cr\r' 'nul-free\001\002\037' 'tab\t' 'esc\033[2J' \
	    'quote""' 'back\\' 'bad\377' 'lone\355\240\200' 'c1\302\205nel' \
	    'ls\342\200\250ps\342\200\251' 'vt\013ff\014fs\034' \
	    'rtl\342\200\256' 'emoji\360\237\230\200' 'nonchar\357\277\276' \
	    '\342\200\213' '[1,2]' '[' '{}' 'null' 'nan' 'NaN' '-' 'true' \
	    '1e5' '007' '2020-01-01' ' ' '<script>'; do
		# shellcheck disable=SC2059
		printf "2020-01-01T00:00:00Z,d,\"$x\",\"$x\",\"$x\",\"$x\"\n"
	done
} >texts.csv
whole "hostile texts" 29 texts.csv

{
	printf '%s,label,tag,_id,_source,_index,__ts_timeline_id,_ts,' "$head"
	printf 'timestamp_,time,a.b,a,"sp ace",é,%s,' "$(printf 'x%.0s' {1..200})"
	# shellcheck disable=SC2016 # it is a name
	printf '1st,"nl\n",size,datetime_native_,Message,_routing,x-y,$FN\n'
	printf '2020-01-01T00:00:00Z,d,m,e'
	printf ',%s' {1..22}
	printf '\n2020-01-01T00:00:00Z,d,m,e'
	printf ',%s' one two three 4 5 6 7 8 x '[]' true 12 13 '{}' 15 16 17 x y z a b
	printf '\n'
} >columns.csv
whole "columns with names and types that would do harm" 2 columns.csv

printf '%s\n' "$head,path" '2020-01-01T00:00:00Z,,,,' \
    '2020-01-01T00:00:01Z,,,,/p' >unset.csv
whole "rows without any of the fields that it demands" 2 unset.csv

for ((i = 0; i < 50; i++)); do
	printf '0|/a%d\377|%d|r/r|0|0|1|%d|%d|%d.%d|0\n' $i $i $i $i $((i * i)) $i
done >a.body
printf '0|/zero|1|r/r|0|0|1|0|0|0|0\n' >>a.body
whole "a bodyfile" "$(($("$tool" a.body | grep -c '^[0-9]')))" a.body

printf 'date,time,timezone,MACB,source,sourcetype,type,user,host,short,desc,version,filename,inode,notes,format,extra\n01/22/2012,08:52:33,CET,M...,LOG,l,d,-,h,s,"x,2,f,-,-,t,x: y\n' >l2t.csv
printf 'datetime,timestamp_desc,source,source_long,message,parser,display_name,tag\n2012-01-22T07:52:33.000001+00:00,d,LOG,l,m,t,OS:/f,a b\n2012-01-22T07:52:33+00:00,d,LOG,l,m,t,OS:/f,-\n' >plaso.csv
printf 'item,path,kind,size,modified,born,fn_born\nd:p1/x,/x,file,5,2020-01-01T00:00:00.1234567Z,,2020-01-01T00:00:00Z\n' >items.csv
whole "plaso's outputs and items beside each other" 5 l2t.csv plaso.csv items.csv

# A field of many rows: types hold over chunks of the importer.
{
	echo "$head,size,mixed"
	for ((i = 0; i < 25000; i++)); do
		printf '2020-01-01T00:00:00Z,d,m,e,%s,%s\n' \
		    "$((i % 3 ? i : 0))" "$((i == 24000))x"
	done
} >many.csv
whole "more rows than the importer takes at a time" 25000 many.csv

# The index holds a limited number of fields, and refuses a file with more.
{
	printf %s "$head"
	printf ',x%d' {1..500}
	printf '\n2020-01-01T00:00:00Z,d,m,e'
	printf ',%d' {1..500}
	echo
} >wide.csv
whole "more columns than the index takes" 1 wide.csv

"$tool" --format timesketch --since 2500-01-01 columns.csv >none.jsonl 2>said ||
	cat said >>why
[ ! -s none.jsonl ] || cat none.jsonl >>why
tap "an empty timeline is an empty file"
echo "1..$n"
[ $failed -eq 0 ]
