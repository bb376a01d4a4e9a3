#!/bin/bash
# walk-key.sh [MODE]: spill-walk against the answer key of the fixtures, and
# what must hold whatever is on the evidence. TAP.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
suite=walk
export LC_ALL=C TZ=UTC PATH="$PATH:/sbin:/usr/sbin"
walk=$B/bin/spill-walk cat=$B/bin/spill-cat

fixtures/make-case "$tmp/case" >"$tmp/log" 2>&1 ||
	skip_all "make-case does not run here"
c=$tmp/case

# The key as TSV: no cell of it has a tab or a line break.
awk -v OFS='\t' '{
	line = ""; s = $0
	while (s != "") {
		if (substr(s, 1, 1) == "\"") {
			cell = ""
			while (match(s, /^"[^"]*"/)) {
				cell = cell (cell == "" ? "" : "\"") substr(s, 2, RLENGTH - 2)
				s = substr(s, RLENGTH + 1)
			}
			s = substr(s, 2)
		} else {
			i = index(s, ",")
			if (i == 0) i = length(s) + 1
			cell = substr(s, 1, i - 1)
			s = substr(s, i + 1)
		}
		line = line (line == "" ? "" : "\t") (cell == "" ? " " : cell)
	}
	print line
}' "$c/answers.csv" >"$tmp/key.tsv"

# Where the key has what no reader of the medium can know, or a slip.
known() {
	# A file in pieces whose chain is gone looks like one in a piece.
	# Streams that are not resident, though the key has them so.
	# A creation time of all zeros is none; a second without its fraction.
	# $FILE_NAME times from an entry in slack: the key has none.
	grep -vE -e '^content.*/deleted/in pieces\.txt' \
	    -e '^content.*many streams\.bin:stream 0[012]' \
	    -e '^born.*/times/1970 zero' -e '^modified.*/nanoseconds beyond' \
	    -e '^fn_.*/index/record taken'
}

# walked ARG...: but for the volume that was deleted, nothing is told.
walked() {
	"$walk" -q "$@" 2>"$tmp/said"
	grep -v -e ': volume x129280 was found: FAT12, ' -e ': errors: [12]$' \
	    "$tmp/said" >>"$why"
}
# differ IMAGE: rows of the key that are not there, and cells that differ.
differ() {
	walked --format tsv "$c/$1" >"$tmp/ours.tsv"
	awk -F'\t' -v image="$1" '
	function cell(name) { return $ours[name] == "" ? " " : $ours[name] }
	FNR == 1 && NR == FNR { for (i = 1; i <= NF; i++) ours[$i] = i; next }
	NR == FNR {
		gsub(/\\\\/, "\\")
		split($ours["item"], part, ":")
		object = part[3]
		if (object ~ /^d/) {
			object = $ours["meta"]; sub(/-.*/, "", object)
		}
		key = object "\t" $ours["path"]
		seen[key]++
		for (name in ours)
			row[key, seen[key], name] = $ours[name] == "" ? " " : $ours[name]
		next
	}
	FNR == 1 { for (i = 1; i <= NF; i++) col[$i] = i; next }
	$col["image"] != image || $col["kind"] == "range" { next }
	{
		key = $col["meta"] "\t" $col["path"]
		if (!(key in seen)) { print "missing: " key; next }
		best = ""; least = 99
		for (k = 1; k <= seen[key]; k++) {
			said = ""; bad = 0
			for (name in col) {
				if (name ~ /^(image|meta|path|sha256|note)$/ ||
				    ((name == "content" || name == "size") && $col[name] == " "))
					continue
				if ($col[name] != row[key, k, name]) {
					bad++
					said = said name ": " row[key, k, name] ", not " \
					    $col[name] ": " $col["path"] "\n"
				}
			}
			if (bad < least) { least = bad; best = said }
		}
		printf "%s", best
	}' "$tmp/ours.tsv" "$tmp/key.tsv" | known >>"$why"
}

for i in ws0417 stick fat12 fat16 exfat mail inline ext2 ext3; do
	differ $i.raw
	tap "$i.raw is what its key says"
done

[ "$(awk -F'\t' '$2 == "x129280"' "$tmp/key.tsv" | wc -l)" = 3 ] ||
	echo "the key has not three rows of it" >>"$why"
"$walk" -q --errors "$tmp/errors" "$c/ws0417.raw" >"$tmp/items"
tail -n +2 "$tmp/errors" | cut -d , -f 6-8 | diff - <(echo anomaly,66191360,737280) \
    >>"$why"
tap "the partition that was deleted is found and told"

# The bytes of what the key has a hash of.
awk -F'\t' 'NR == 1 { for (i = 1; i <= NF; i++) col[$i] = i; next }
	$col["sha256"] != " " && $col["kind"] != "range" && NR % 7 == 0 {
		name = $col["image"]; sub(/\.raw$/, "", name)
		print name ":" $col["volume"] ":" $col["meta"], $col["sha256"], \
		    $col["image"]
	}' "$tmp/key.tsv" | sort -u >"$tmp/hashes"
while read -r item sum image; do
	"$cat" -q -e "$c/$image" --verify "$sum" "$item" >"$tmp/bytes" 2>"$tmp/err" ||
		cat "$tmp/err" >>"$why"
done <"$tmp/hashes"
tap "spill-cat --verify: $(wc -l <"$tmp/hashes") items have the key's hash"

# Whatever the number of workers, and without the jail: the same bytes.
all=("$c"/ws0417.raw "$c"/ws0417-gpt.raw "$c"/stick.raw "$c"/mail.raw)
walked -rsa -j 1 "${all[@]}" >"$tmp/one"
for o in "-j 2" "-j 7" "--no-sandbox"; do
	# shellcheck disable=SC2086 # words are meant
	"$walk" -q -rsa $o "${all[@]}" >"$tmp/other" 2>"$tmp/err"
	cmp "$tmp/one" "$tmp/other" >>"$why" 2>&1
	tap "the same bytes with $o"
done
walked -e ws0417="$c/ws0417.E01" | cut -d, -f 1,3- >"$tmp/e01"
walked "$c/ws0417.raw" | cut -d, -f 1,3- | cmp - "$tmp/e01" \
    >>"$why" 2>&1
tap "E01 and raw give the same items"

# Every locator leads to bytes, as many as its row says.
walked -sa --format tsv "$c/ws0417.raw" |
    awk -F'\t' 'NR == 1 { for (i = 1; i <= NF; i++) col[$i] = i; next }
	NR % 5 == 0 && $col["size"] != "" { print $col["item"], $col["size"] }' |
    sort -u >"$tmp/sizes"
while read -r item size; do
	[ "$("$cat" -q -e "$c/ws0417.raw" "$item" 2>>"$why" | wc -c)" = "$size" ] ||
		echo "$item has not $size bytes" >>"$why"
done <"$tmp/sizes"
tap "spill-cat: $(wc -l <"$tmp/sizes") items are as long as their rows say"
for name in 'record taken' 'with two names'; do # the last without its head
	"$cat" -q -e "$c/ws0417.raw" "$("$walk" -q "$c/ws0417.raw" 2>"$tmp/said" |
	    grep "/$name" | grep -m 1 -o '^ws0417:p1:d[0-9]*+[0-9]*')" \
	    2>>"$why" | tr -d '\0' | grep -aq "$name" ||
	    echo "not the entry of $name" >>"$why"
done
tap "spill-cat: an entry without an object"

"$walk" -q --seal "$c/stick.raw" 2>>"$why" |
    "$B/bin/spill-timeline" -q --sealed -o "$tmp/timeline" 2>>"$why"
[ "$(wc -l <"$tmp/timeline")" -gt 60 ] || echo "not many events" >>"$why"
tap "spill-walk --seal | spill-timeline --sealed"
tap_end
