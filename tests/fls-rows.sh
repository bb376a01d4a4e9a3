#!/bin/bash
# fls-rows.sh: what fls lists, and what spill-walk does, in rows that can be
# compared. It is sourced.

# What is not printable ASCII is shown in many ways: all of it is "^".
plain='{ gsub(/[^ -~]+/, "^"); gsub(/\^+/, "^"); print }'

# fls_rows [LIST...]: address|allocated|size|name, four times, nothing, and the
# name of the list, which is one of fls -r -p -l -z UTC.
fls_rows() {
	awk -F'\t' -v OFS='|' '
	function stamp(s) {
		sub(/ \(UTC\)$/, "", s); sub(/ /, "T", s)
		return s ~ /^0000/ ? "" : s
	}
	{
		split($1, head, " ")
		free = head[2] == "*"
		addr = head[free ? 3 : 2]
		sub(/:$/, "", addr); sub(/\(realloc\)$/, "", addr)
		name = $2
		if (NF < 9)
			next
		for (i = 3; i <= NF - 7; i++)
			name = name "\t" $i
		gsub(/\|/, "^", name)
		print addr, free ? "no" : "yes", $(NF - 2), name, \
		    stamp($(NF - 6)), stamp($(NF - 5)), stamp($(NF - 4)), \
		    stamp($(NF - 3)), "", FILENAME
	}' "$@" | awk "$plain"
}
# our_rows VOLUME STREAM...: the same of item records in TSV, with the state of
# the content.
our_rows() {
	local volume=$1
	shift
	awk -F'\t' -v OFS='|' -v volume="$volume" '
	BEGIN { for (i = 0; i < 256; i++) byte[sprintf("%02X", i)] = i }
	function raw(s,    out, i) {
		out = ""
		while ((i = index(s, "%")) > 0) {
			out = out substr(s, 1, i - 1)
			c = byte[substr(s, i + 1, 2)]
			# NUL and "|" have no place in these lists.
			out = out (c == 37 ? "%" : c < 32 || c > 126 ? "^" : sprintf("%c", c))
			s = substr(s, i + 3)
		}
		return out s
	}
	FNR == 1 { for (i = 1; i <= NF; i++) col[$i] = i; next }
	{ gsub(/\\\\/, "\\") }
	# The root, not one without a name in it.
	$col["volume"] != volume || $col["kind"] ~ /^(slack|range)$/ ||
	($col["path"] == "/" && $col["parent"] == "") { next }
	{
		split($col["item"], part, ":")
		addr = part[3]
		if (addr ~ /^d/) {
			addr = $col["meta"]
			sub(/-.*/, "", addr)
			if (addr == "") addr = 0
		}
		size = $col["size"]
		name = raw(substr($col["path"], 2))
		gsub(/\|/, "^", name)
		print addr, $col["alloc_name"] == "yes" ? "yes" : "no", \
		    size == "" ? 0 : size, name, \
		    $col["modified"], $col["accessed"], $col["changed"], \
		    $col["born"], $col["content"], FILENAME
	}' "$@" | awk "$plain"
}
