#!/bin/bash
# text-matrix.sh [MODE]: what fixtures/make-text puts into documents of every
# format, each place by each trick: spill-text tells the sentence exactly once,
# as a line of its own, with its role, part and page. One TAP line for each.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
suite=text-matrix
export LC_ALL=C.UTF-8 TZ=UTC PATH="$B/bin:$PATH"
command -v python3 >/dev/null || skip_all "no python3"
fixtures/make-text "$tmp/t" >"$tmp/log" 2>&1 ||
	bail "no fixtures: $(tail -n 3 "$tmp/log")"
fixtures/make-text "$tmp/again" >"$tmp/log" 2>&1
diff -r "$tmp/t" "$tmp/again" >>"$why" 2>&1
tap "two runs give the same bytes"
cd "$tmp/t" || exit 2

timeout 300 spill-text -q --format tsv -- *.* >"$tmp/rows" 2>"$tmp/said"
status=$?
# What is written in pictures is not read, which is said; nothing else is wrong.
grep -v 'there is no OCR: [0-9]*$' "$tmp/said" >>"$why"
[ $status -le 1 ] || echo "status $status" >>"$why"
tap "no document is damaged"

# judge: of each wanted sentence what is wrong, nothing if all is well. In rows:
# the sentence in how many lines, and in the right one?
judge() {
	columns item role part page text <"$tmp/rows" |
	    awk -F'\t' -v OFS='\t' '
	NR == FNR {
		n++; file[n] = $1; label[n] = $1 ": " $2 ": " $3
		role[n] = $4; part[n] = $5; page[n] = $6; text[n] = $7
		match($7, /Sentence [0-9][0-9][0-9]/)
		by[substr($7, RSTART, 12)] = n
		next
	}
	{
		gsub(/\\\\/, "\\", $5) # as TSV writes it
		s = rest = $5
		while (match(rest, /Sentence [0-9][0-9][0-9]/)) {
			k = by[substr(rest, RSTART, 12)]
			rest = substr(rest, RSTART + 12)
			seen[k]++
			got[k] = got[k] " [" $2 "|" $3 "|" $4 "|" s "]"
			if ($1 == "file:" file[k] && $2 == role[k] &&
			    $3 == part[k] && $4 == page[k] && s == text[k])
				right[k]++
		}
	}
	END {
		for (k = 1; k <= n; k++) {
			wrong = ""
			if (seen[k] != 1 || right[k] != 1)
				wrong = "want [" role[k] "|" part[k] "|" \
				    page[k] "|" text[k] "], got" got[k]
			print label[k], wrong
		}
	}' wanted -
}
judge >"$tmp/verdicts"
while IFS=$'\t' read -r label wrong; do
	[ -z "$wrong" ] || printf '%s\n' "$wrong" >>"$why"
	tap "$label"
done <"$tmp/verdicts"
[ "$(wc -l <"$tmp/verdicts")" -ge 300 ] ||
	echo "$(wc -l <"$tmp/verdicts") sentences" >>"$why"
tap "every sentence was looked for"

# The same outside the jail, byte by byte.
timeout 300 spill-text -q --no-sandbox --format tsv -- *.* >"$tmp/rows2" \
    2>/dev/null
same "$tmp/rows" "$tmp/rows2"
tap "the same without the jail"
tap_end
