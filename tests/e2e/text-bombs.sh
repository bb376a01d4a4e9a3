#!/bin/bash
# text-bombs.sh [MODE]: documents that are small and would take much: each ends
# soon and within its memory, with a record that says so, and what came before
# it is there; nothing outside is opened. TAP.
#
# SPILL_TEST_LINE: bytes of one line of text [256M]; 2G is as right.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
suite=text-bombs
export LC_ALL=C.UTF-8 TZ=UTC PATH="$B/bin:$PATH"
command -v python3 >/dev/null || skip_all "no python3"
fixtures/make-text-bombs "$tmp/b" >"$tmp/log" 2>&1 ||
	bail "no fixtures: $(tail -n 3 "$tmp/log")"
line=${SPILL_TEST_LINE:-256M}
mkdir "$tmp/scratch"
export TMPDIR=$tmp/scratch
cd "$tmp/b" || exit 2

# told FILE [OPTION...]: its rows and what is said of it; little time and memory.
told() {
	(
		ulimit -t 100
		[ "$mode" = san ] || ulimit -v 1500000
		exec timeout 300 spill-text -q --jobs 1 --format tsv "$@"
	) >rows 2>said
	status=$?
	[ $status -le 1 ] || {
		echo "status $status"
		head -n 3 said
	} >>"$why"
	grep -q "worker" said && head -n 3 said >>"$why"
}
# ends FILE WORDS NAME: an error with these words; the sentence before the
# bomb is told once.
ends() {
	told "$1"
	[ $status -eq 1 ] || echo "status $status, no error" >>"$why"
	grep -qE -- "$2" said || head -n 3 said >>"$why"
	tap "$3"
}
# holds FILE NAME: no error is needed, but the sentence is there, once.
holds() {
	told "$1"
	[ "$(grep -c 'The sentence of the bomb' rows)" = 1 ] ||
		head -c 2000 rows >>"$why"
	tap "$2"
}

for f in laughs quadratic attributes; do
	ends $f.xml 'entities of XML become more' "$f: entities are bounded"
	holds $f.xml "$f: what stands before them is told"
done
holds deep.html "HTML, 100,000 elements deep"
holds spans.fodt "ODF, 100,000 spans deep"
ends deep.xml 'damaged|limit' "XML, 100,000 elements deep"
ends deep.rtf 'limit|too deep' "RTF, 100,000 groups deep"
holds deep.docx "a document.xml that is 100,000 elements deep"
holds arrays.pdf "PDF, arrays in arrays"
holds loop.pdf "a tree of pages that contains itself"
holds xref.pdf "a list of objects that leads to itself"
holds content.pdf "a content stream that unpacks to 64 MiB"
ends big.docx 'limit' "a document.xml that unpacks to 2 GiB"
ends strings.xlsx 'limit' "shared strings that unpack to 2 GiB"

# The whole line comes, in pieces that are no longer than a line may be, whose
# memory does not grow with it.
head -c "$line" /dev/zero | tr '\0' x >line.txt
told line.txt --max-text 0
columns text offset <rows | awk -F'\t' -v want="$(stat -c %s line.txt)" '
    length($1) > 65536 || $2 != sum { print "a piece at " sum ": " $2 }
    { sum += length($1) }
    END { if (sum != want) print sum + 0 " bytes of " want }' >>"$why"
tap "one line of $line"
rm -f line.txt rows

# --- nothing outside ------------------------------------------------------------
if command -v strace >/dev/null; then
	for f in outside.*; do
		strace -f -qq -e trace=open,openat,connect,socket -o calls \
		    timeout 60 spill-text -q --jobs 1 -- "$f" >rows 2>said
		grep -q 'The sentence of the bomb' rows || head -n 5 rows >>"$why"
		grep -E 'connect\(|AF_INET|passwd|secret' calls >>"$why"
		grep -E 'root:|secret' rows >>"$why"
		tap "$f: nothing outside is opened"
	done
else
	skip "nothing outside is opened" "no strace"
fi
tap_end
