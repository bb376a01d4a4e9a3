#!/bin/bash
# exfat-sets.sh: entries of exFAT in hex, and numbers. It is sourced.

# number OFFSET: 32 bits of the file img.
number() { od -An -t u4 -j "$1" -N 4 img | tr -d ' '; }
# le VALUE BYTES
le() {
	local v=$1 i
	for ((i = 0; i < $2; i++)); do
		printf %02x $((v & 255))
		v=$((v >> 8))
	done
}

# set_of LENGTH FLAGS ATTRIBUTES CLUSTER BYTES: the hex of a set of entries,
# whose name is the first LENGTH characters of the alphabet, over and over.
set_of() {
	awk -v n="$1" -v attributes="$3" -v stream="$(le "$4" 4)$(le "$5" 8)" \
	    -v valid="$(le "$5" 8)" -v flags="$2" '
	BEGIN {
		for (i = 0; i < 256; i++) value[sprintf("%02x", i)] = i
		pieces = int((n + 14) / 15)
		set = sprintf("85%02x0000%s00000000c358c358c3580000", pieces + 1, \
		    attributes "0000") "80808000000000000000"
		set = substr(set, 1, 64)
		while (length(set) < 64) set = set "0"
		set = set sprintf("c0%s00%02x00000000%s00000000%s", flags, n, valid, stream)
		for (p = 0; p < pieces; p++) {
			set = set "c100"
			for (k = p * 15; k < p * 15 + 15; k++)
				set = set (k < n ? sprintf("%02x00", 97 + k % 26) : "0000")
		}
		sum = 0
		for (i = 0; i < length(set) / 2; i++) {
			if (i == 2 || i == 3) continue
			b = value[substr(set, 2 * i + 1, 2)]
			sum = (sum % 2) * 32768 + int(sum / 2) + b
			sum = sum % 65536
		}
		printf "%s%02x%02x%s\n", substr(set, 1, 4), sum % 256, \
		    int(sum / 256), substr(set, 9)
	}'
}
