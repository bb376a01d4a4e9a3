#!/bin/bash
# volumes.sh: what suites about volumes share. It is sourced, behind tap.sh.

# Numbers and text as hex, for poke.
le16() { printf '%02x' $(($1 & 255)) $(($1 >> 8 & 255)); }
le32() { le16 $(($1 & 65535)); le16 $(($1 >> 16 & 65535)); }
le64() { le32 $(($1 & 0xffffffff)); le32 $(($1 >> 32)); }
ascii() { printf '%s' "$1" | od -An -v -t x1 | tr -d ' \n'; }
# entry SECTOR SLOT TYPE FIRST COUNT: of a DOS table in the file img.
entry() {
	poke $(($1 * 512 + 446 + 16 * $2)) 00000000 "$3" 000000 "$(le32 "$4")" \
	    "$(le32 "$5")"
	poke $(($1 * 512 + 510)) 55aa
}
# tiles IMAGE: of what spill-walk --list and spill-walk --format tsv wrote to
# the files list and rows: each byte of the disk is in one volume that is
# walked, or in one range.
tiles() {
	awk -v OFS='\t' '$1 ~ /^[px][0-9]+$/ { print $1, $2, $3 }' list >volumes
	awk -F'\t' -v size="$(stat -c %s "$1")" '
	FILENAME == "volumes" { if (NF == 3) { start[$1] = $2; end[$1] = $2 + $3 } next }
	FNR == 1 { for (i = 1; i <= NF; i++) col[$i] = i; next }
	$col["kind"] != "range" { walked[$col["volume"]] = 1; next }
	{
		v = $col["volume"]
		at = $col["img_offset"]
		piece[at] = at + $col["size"]
		if (v in end && at < end[v] && at > start[v] && !(v in cut))
			{ end[v] = at; cut[v] = 1 }
	}
	END {
		for (v in walked) { sub(/\.v.*/, "", v); piece[start[v]] = end[v] }
		for (at = 0; at < size; at = piece[at])
			if (!(at in piece)) {
				print "no range begins at byte " at; exit
			} else
				n++
		for (at in piece) all++
		if (at > size) print "beyond the end"
		if (all != n) print all - n " ranges overlap others"
	}' volumes rows
}
