#!/bin/bash
# text-slow.sh [MODE]: PDFs that would take minutes or hours: each ends after
# about a minute of CPU time at most, it is told, and costs nobody else. TAP.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
suite=text-slow
export LC_ALL=C.UTF-8 TZ=UTC PATH="$B/bin:$PATH"
command -v python3 >/dev/null || skip_all "no python3"
fixtures/make-text-bombs slow "$tmp/b" >"$tmp/log" 2>&1 ||
	bail "no fixtures: $(tail -n 3 "$tmp/log")"
cd "$tmp/b" || exit 2
TIMEFORMAT='%U %S'

# slow FILE LINES: it and another document, which is told; of the first as many
# lines, or more: what stands before.
slow() {
	rm -f errors
	{ time timeout 1200 spill-text -q --jobs 1 --format tsv \
	    --errors errors -- "$1" plain.txt >rows 2>said; } 2>time
	status=$?
	[ $status -eq 1 ] || echo "status $status" >>"$why"
	grep -qE ",$1,(limit|timeout)," errors ||
		cat errors said >>"$why"
	[ "$(grep -c "^file:$1.*The sentence of the bomb" rows)" -ge "$2" ] ||
		head -c 2000 rows >>"$why"
	grep -q '^file:plain.txt.*Another document' rows ||
		echo "the other document is lost" >>"$why"
	awk '$1 + $2 > 90 { print "seconds of CPU: " $1 + $2 }' time >>"$why"
	tap "$1"
}
slow pages.pdf 1
slow page.pdf 0
tap_end
