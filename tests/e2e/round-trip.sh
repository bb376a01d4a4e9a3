#!/bin/bash
# round-trip.sh [MODE]: hostile names, odd times and missing ones go through
# every format of spill-timeline and come back as they were; where a format
# cannot hold them, what it says is lost is lost and nothing else. The Sleuth
# Kit's mactime reads the same lines beside it. TAP.
set -u
cd "$(dirname "$0")/../.." || exit 2
mode=${1:-release}
B=${B:-$PWD/build/$mode}
tool=$B/bin/spill-timeline
name="round trip"
[ -x "$tool" ] || { echo "not ok 1 - $name: no $tool"; exit 1; }
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
export TMPDIR=$tmp LC_ALL=C.UTF-8 TZ=UTC
cd "$tmp" || exit 2

n=0 failed=0
# tap NAME: ok if the file "why" is empty, which is emptied.
tap() {
	n=$((n + 1))
	if [ -s why ]; then
		failed=$((failed + 1))
		echo "not ok $n - $name: $1"
		head -n 24 why | cut -c 1-400 | cat -v | sed 's/^/# /'
	else
		echo "ok $n - $name: $1"
	fi
	: >why
}
skip() {
	n=$((n + 1))
	echo "ok $n - $name: $1 # SKIP $2"
}
# run WANTED ARG...: the tool; its words in "said". Another status is why.
run() {
	local want=$1
	shift
	"$tool" "$@" 2>said
	local got=$?
	[ $got = "$want" ] || {
		echo "status $got, not $want: spill-timeline $*"
		cat said
	} >>why
}
# same A B: the first lines that differ, without what makes no difference.
same() {
	cmp -s "$1" "$2" || diff -a "$1" "$2" | head -n 12 >>why
}
# says TEXT...: exactly these lines have been said.
says() {
	printf 'spill-timeline: %s\n' "$@" >want
	[ $# -gt 0 ] || : >want
	same want said
}
: >why

# --- the input -------------------------------------------------------------

# Names and texts, as printf has them; no newline, for those of a bodyfile.
# shellcheck disable=SC1003
names=('comma,' 'quote"' '"' '""' "'" 'tab\there' 'esc\033[2J\007'
	'cr\rhere' 'back\\slash' '\\n' '\\' 'percent%%' '%%41%%zz%%' '%%'
	'bad\377utf\300\257' 'lone\355\240\200' 'lone\355\277\277'
	'pair\355\240\275\355\270\200' 'rtl\342\200\256txt.exe'
	'zero\342\200\213width' 'bom\357\273\277' 'c1\302\233' 'del\177'
	'nel\302\205' 'ls\342\200\250' 'emoji\360\237\230\200' 'nfd\145\314\201'
	' blank ' '  ' '=1+1' '#seal rows=1' '{"a":1}' '[1]' 'null' '-' '0'
	'cut\360\237')
times=(2020-01-01T00:00:00Z 1970-01-01T00:00:00Z 1970-01-01T00:00:00.000Z ''
	2020-01-01T00:00:00.1Z 2020-01-01T00:00:00.12Z
	2020-01-01T00:00:00.123Z 2020-01-01T00:00:00.1234Z
	2020-01-01T00:00:00.12345Z 2020-01-01T00:00:00.123456Z
	2020-01-01T00:00:00.1234567Z 2020-01-01T00:00:00.12345678Z
	2020-01-01T00:00:00.123456789Z 2020-01-01T00:00:00.000000000Z
	1969-12-31T23:59:59.5Z 1969-12-31T23:59:59.999999999Z
	2020-01-01 2020-01-01T10:20Z 2020-01-01T10:20:30 2020-01-01T10:20:30.5
	2020-01-01T10:20 1700-01-01T00:00:00Z)
beyond=(1601-01-01T00:00:00Z 9999-12-31T23:59:59.999999999Z
	1699-12-31T23:59:59Z 2262-04-11T00:00:00Z)

# quote BYTES: a cell of CSV, whatever the bytes.
quote() {
	printf '"%s"' "${1//\"/\"\"}"
}
# escape BYTES: a cell of type name.
escape() {
	local LC_ALL=C s=$1 i c
	for ((i = 0; i < ${#s}; i++)); do
		c=${s:i:1}
		case $c in
		[A-Za-z0-9\ ,\"\'\|\\=+#{}:\[\].-]) printf %s "$c" ;;
		*) printf '%%%02X' "'$c" | sed 's/F*\(..\)$/\1/' ;;
		esac
	done
}
export -f escape

# rows TIME...: events that no column but the time tells apart from others.
texts=()
for x in "${names[@]}" 'new\nline' '\n' 'all,"\t\\|\r\n\033\377%%'; do
	# shellcheck disable=SC2059 # they are formats
	printf -v x -- "$x."
	texts+=("${x%.}")
done
header() {
	printf 'datetime,timestamp_desc,message,event,path,user,size'
	printf ',time_raw,id,extra,plain_1'
}
rows() {
	local i=0 t x e
	for x in "${texts[@]}"; do
		t=${*:i % $# + 1:1}
		e=$(escape "$x")
		printf '%s,d,' "$t"
		quote "$x"
		printf ',e,'
		quote "$e"
		printf ','
		quote "$e"
		printf ',%s,,ev-%016x,' $i $i
		quote '{"k":"v,\"\\"}'
		printf ','
		quote "$x"
		printf '\n'
		i=$((i + 1))
	done
	for t; do
		printf '%s,Creation Time,m,e,/t,,,,ev-%016x,,\n' "$t" $i
		i=$((i + 1))
	done
}
{ header; echo; rows "${times[@]}" "${beyond[@]}"; } >nasty.csv
# Columns beyond the schema with names as hostile as their cells.
{
	printf 'datetime,timestamp_desc,message,event,"a,b","c""d","new\nline",'
	printf '"tab\t",back\\slash,esc\033,bad\377,rtl\342\200\256,%%41, ,'
	printf '"{""k""}"\n'
	printf '2020-01-01T00:00:00Z,d,m,e,1,2,3,4,5,6,7,8,9,10,11\n'
} >columns.csv
i=0
for x in "${names[@]}" 'bar|' '|' '|||' '0|x|1|r|0'; do
	# shellcheck disable=SC2059
	printf -v x -- "$x."
	# A column without any value would be none in JSON lines: an MD5 once.
	printf '%s|%s|%d-128-1|r/rrwxrwxrwx|0|S-1-5|%d|%s|0|-1.5|%s\n' \
	    "$([ $i -gt 0 ] && echo 0 || echo d41d8cd98f00b204e9800998ecf8427e)" \
	    "${x%.}" $i $i "$((i % 3 * 1000)).$((i * 7919))" $((i % 2))
	i=$((i + 1))
done >nasty.body
printf '%s\n' '{"datetime":"2020-01-01T00:00:00Z","timestamp_desc":"d","message":"\ud800 \udc80\udcff \ud83d\ude00 \u202e\u001b\n","event":"e"}' \
    '{"timestamp_desc":"Not a time","message":"untimed","event":"exists","late":{"k":[1,"\u00e9"]}}' >nasty.jsonl
printf 'datetime\ttimestamp_desc\tmessage\tevent\n2020-01-01T00:00:00Z\td\ta\\tb\\nc\\\\d\\re\033\377,"|\te\n' >nasty.tsv
printf 'datetime,timestamp_desc,source,source_long,message,parser,display_name,tag\n2012-01-22T07:52:33.000001+00:00,d,LOG,l,say "hi\033\377,t,OS:/a\355\240\200"|,x\n' >nasty-plaso.csv
printf 'date,time,timezone,MACB,source,sourcetype,type,user,host,short,desc,version,filename,inode,notes,format,extra\n01/22/2012,08:52:33,CET,M...,LOG,l,d,-,h,s,"\033\377,2,a\342\200\256b,5,n,t,x: y\n' >nasty-l2t.csv
inputs=(nasty.csv columns.csv nasty.body nasty.jsonl nasty.tsv nasty-plaso.csv
	nasty-l2t.csv)

# --- there and back --------------------------------------------------------

run 0 -o first.csv "${inputs[@]}"
says
rows=$(("$("$tool" --format jsonl first.csv | wc -l)"))
[ "$rows" -gt 150 ] || echo "only $rows rows" >>why
tap "hostile input in every format is read without a word"

# What the first stream holds is what went in.
for x in "${texts[@]}"; do
	LC_ALL=C grep -qaF ",$(escape "$x" | sed 's/"/""/g; /[",]/s/.*/"&"/')," \
	    first.csv || { printf 'no path '; escape "$x"; echo; } >>why
	printf %s "$x" | od -An -v -tx1 | tr -d ' \n' >one
	# The text, as it stands in a cell of its own or in quotes.
	quote "$x" | od -An -v -tx1 | tr -d ' \n' >two
	od -An -v -tx1 first.csv | tr -d ' \n' >all
	grep -qF "2c$(cat one)2c" all || grep -qF "2c$(cat two)2c" all ||
		{ printf 'no text '; printf %s "$x" | cat -v; echo; } >>why
done
for t in "${times[@]}" "${beyond[@]}"; do
	[ "$(grep -ac "^$t," first.csv)" -ge 2 ] || echo "no time $t" >>why
done
tap "the first stream holds what went in"

for f in csv tsv jsonl; do
	run 0 --format $f -o "out.$f" first.csv
	says
	run 0 -o "back-$f.csv" "out.$f"
	says
	same first.csv "back-$f.csv"
	tap "$f and back is the same stream"
done
"$tool" --format tsv first.csv | "$tool" --format jsonl |
	"$tool" --format tsv | "$tool" --format jsonl | "$tool" >back.csv
same first.csv back.csv
tap "from format to format and back is the same stream"
for f in csv tsv jsonl; do
	run 0 --seal --format $f -o "sealed.$f" first.csv
	run 0 --sealed -o "unsealed-$f.csv" "sealed.$f"
	says
	same first.csv "unsealed-$f.csv"
done
tap "sealed and back is the same stream"

# --- Timesketch ------------------------------------------------------------

# Texts that are UTF-8, times that it can hold.
texts=()
for x in "${names[@]}" 'new\nline' 'all,"\t\\|\r\n\033%%'; do
	# shellcheck disable=SC2059
	printf -v x -- "$x."
	x=${x%.}
	printf %s "$x" | iconv -f UTF-8 -t UTF-8 >/dev/null 2>&1 &&
		texts+=("$x")
done
timed=()
for t in "${times[@]}"; do [ -z "$t" ] || timed+=("$t"); done
{ header; echo; rows "${timed[@]}"; } >gentle.csv
run 0 -o gentle-first.csv gentle.csv
run 0 --format timesketch -o gentle.jsonl gentle-first.csv
grep -av 'in a local time of unknown zone, ' said >>why
run 0 -o gentle-back.csv gentle.jsonl
same gentle-first.csv gentle-back.csv
tap "what timesketch can hold comes back the same"

# A file's event has no message: its path stands there, and not for good.
run 0 -o body-first.csv <(printf 'd41d|/a|1|r/r|0|0|1|100|0|0|0\n')
run 0 --format timesketch -o body.jsonl body-first.csv
run 0 -o body-back.csv body.jsonl
same body-first.csv body-back.csv
tap "events without a message come back without one"

run 0 --format timesketch -o nasty-sketch.jsonl first.csv
untimed=$(grep -ac '^,' first.csv)
left=$((rows - $(wc -l <nasty-sketch.jsonl)))
count() {
	sed -nE "s/^spill-timeline: $1.*: ([0-9]+)\$/\\1/p" said
}
out=$(($(count 'events without a time,') +
	$(count 'events before 1700 or after 2262,')))
[ "$left" = "$out" ] || echo "$left rows are missing, $out are said" >>why
[ "$untimed" = "$(count 'events without a time,')" ] ||
	echo "$untimed rows have no time, said is otherwise" >>why
# Those of columns.csv, and "tag" of plaso.
left=$(sed -n 's/.*columns that the format has no place for, left out: //p' said)
[ "$(tr -cd , <<<"$left" | wc -c)" = 12 ] || cat said >>why
[ -n "$(count 'cells with bytes that the format cannot hold,')" ] || cat said >>why
tap "what timesketch cannot hold is said"

# --- bodyfile --------------------------------------------------------------

# Of a file's times, what a bodyfile holds: all but where the line stood.
run 0 --format jsonl -o body-first.jsonl nasty.body
run 0 --format bodyfile -o out.body nasty.body
run 0 --format jsonl -o body-back.jsonl out.body
strip() {
	sed -E 's/"source_(item|record)":"[^"]*",//g; s/"id":"[^"]*"//' "$1" | sort
}
strip body-first.jsonl >a
strip body-back.jsonl >b
[ "$(wc -l <a)" = "$(wc -l <b)" ] ||
	echo "$(wc -l <a) events became $(wc -l <b)" >>why
# Those with a name that it cannot hold, and no others, differ: by that name.
diff a b | grep -a '^<' | grep -avE '\||%0D|%25[0-9A-F]{2}' >>why
run 0 --format bodyfile -o /dev/null nasty.body
told=$(count 'cells with bytes that the format cannot hold,')
differ=$(diff a b | grep -ac '^<')
[ "${told:-0}" = "$differ" ] ||
	echo "$differ events differ, ${told:-0} are said" >>why
tap "a bodyfile comes back but for the names that are said"

cat >few.csv <<'X'
datetime,timestamp_desc,message,event,path,size,meta,mode,uid,gid,md5
2020-01-01T00:00:00.25Z,Content Modification Time,,file_modified,/plain,5,1-2,r/r,6,7,aabb
2020-01-01T00:00:00.5Z,Last Access Time; Creation Time,,file_created,/two,5,1-2,r/r,6,7,aabb
-,Not a time,,exists,/never,,1,r,0,0,
1970-01-01T00:00:00Z,Creation Time,,file_created,/zero,5,1-2,r/r,6,7,
1969-12-31T23:59:59Z,Creation Time,,file_created,/one,5,1-2,r/r,6,7,
2020-01-01T00:00:00,Creation Time,,file_created,/local,5,1-2,r/r,6,7,
2020-01-01,Creation Time,,file_created,/day,5,1-2,r/r,6,7,
2020-01-01T00:00:00Z,Logon Time,m,logon,,,,,,,
2020-01-01T00:00:00Z,$FILE_NAME Creation Time,,file_created,/fn,5,1-2,r/r,6,7,
2020-01-01T00:00:00Z,Creation Time,,file_created,/a|%0A%0D%00%2541,5,1-2,r/r,6,7,
X
sed -i 's/^-,/,/' few.csv
run 0 --format bodyfile -o few.body few.csv
says 'cells with bytes that the format cannot hold, which stand there as %XX: 1' \
    'events that are not about a time of a file, whose time stands as mtime: 2' \
    'events of a time that the format takes for none, 0 or -1: 2' \
    'events in a local time of unknown zone, written as if UTC: 2' \
    'times known to the day or minute, written as if to the second: 1'
[ "$(wc -l <few.body)" = 10 ] || cat few.body >>why
tap "each loss in a bodyfile is said with its count"

# --- mactime ---------------------------------------------------------------

cat >two.body <<'X'
0|/first|bar|12-128-1|r/rrwxrwxrwx|0|0|10|1551781230|1551781231|1551781232|1551781233
0|/zero|13|r/rrwxrwxrwx|0|0|10|0|0|0|0
0|/plain|14|r/rrwxrwxrwx|0|0|10|1551781230|1551781230|1551781230|1551781230
X
if command -v mactime >/dev/null; then
	mactime -b two.body -d -y >mactime.csv 2>mactime.said
	grep -q /plain mactime.csv || { echo "no /plain"; cat mactime.csv; } >>why
	! grep -qE '/first|/zero' mactime.csv || cat mactime.csv >>why
	[ ! -s mactime.said ] || cat mactime.said >>why
	tap "mactime drops a name with a bar and a file without times, in silence"
else
	skip "mactime drops a name with a bar and a file without times, in silence" \
	    "no mactime"
fi
run 0 --format tsv -o two.tsv two.body
[ "$(cut -f 11 two.tsv | grep -cxF '/first|bar')" = 4 ] || cat two.tsv >>why
[ "$(grep -c '^	.*	/zero	' two.tsv)" = 1 ] || cat two.tsv >>why
[ "$(cut -f 11 two.tsv | grep -cx /plain)" = 1 ] || cat two.tsv >>why
tap "spill-timeline has them"
if command -v mactime >/dev/null; then
	# Our bodyfile of them, in which the bar is escaped, it reads.
	run 0 --format bodyfile -o ours.body two.body
	mactime -b ours.body -d -y >mactime.csv
	[ "$(grep -c '^2019.*"/first|bar"' mactime.csv)" = 4 ] || cat mactime.csv >>why
	tap "mactime reads the name with a bar from our bodyfile"
else
	skip "mactime reads the name with a bar from our bodyfile" "no mactime"
fi
echo "1..$n"
[ $failed -eq 0 ]
