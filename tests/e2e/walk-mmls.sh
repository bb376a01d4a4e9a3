#!/bin/bash
# walk-mmls.sh [MODE]: spill-walk --list has the partitions, tables and gaps
# that mmls has. TAP.
#
# Where both are right in their own way, the rule is:
#	extended	the container of logical partitions is a row of mmls
#			alone: what is in it has rows
#	tables		mmls counts sectors of tables as unallocated, too; here
#			they are no gaps
#	backup		the backup GPT, and the sector before a BSD label, are
#			tables here and unallocated there
#	driver		so is the driver descriptor before an Apple map, which
#			mmls has as table, and free space of that map, which it
#			has as partition, is a gap
#	whole		a slice of a label that is the whole disk is no volume:
#			what no other slice has is a gap
#	end		nothing here goes on behind the end of the image
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
# shellcheck source=tests/volumes.sh
. tests/volumes.sh
suite=walk-mmls
export LC_ALL=C TZ=UTC
walk=$B/bin/spill-walk
testdata=$PWD/../shared/testdata
command -v mmls >/dev/null || skip_all "no mmls"
[ -x "$walk" ] || bail "it is not built"
${CC:-cc} -std=gnu17 -O1 -D_GNU_SOURCE -o "$tmp/disk" fixtures/disk.c \
    fixtures/fix.c fixtures/key.c -lcrypto -lz 2>"$tmp/log" ||
    bail "fixtures/disk.c does not compile: $(head -n 1 "$tmp/log")"
cd "$tmp" || exit 2

# compare IMAGE [TYPE]: mmls is told the TYPE of the table.
compare() {
	# shellcheck disable=SC2086 # words are meant
	mmls ${2:+-t $2} "$1" >theirs 2>said || { cat said >>"$why"; return; }
	"$walk" --no-lost --list "$1" >ours 2>/dev/null
	awk '
	function add(list, from, n) { count[list]++; at[list, count[list]] = from
		len[list, count[list]] = n; has[list, from, n] = 1 }
	# The first of a list that has bytes between from and end; 0: none.
	function first(list, from, end,    i, best) {
		for (i = 1; i <= count[list]; i++)
			if (at[list, i] + len[list, i] > from && at[list, i] < end &&
			    (!best || at[list, i] < at[list, best]))
				best = i
		return best
	}
	# What of from to end is in no table of ours and no volume of theirs
	# goes to the list out.
	function less(out, from, end,    t, v, b, n) {
		while (from < end) {
			t = first("table", from, end)
			v = first("their volume", from, end)
			if (!t && !v) { add(out, from, end - from); return }
			if (t && (!v || at["table", t] <= at["their volume", v])) {
				b = at["table", t]; n = len["table", t]
			} else {
				b = at["their volume", v]; n = len["their volume", v]
			}
			if (b > from) add(out, from, b - from)
			from = b + n
		}
	}
	FNR == NR {
		if ($1 == "bytes") size = $2
		if ($2 !~ /^[0-9]+$/ || $3 !~ /^[0-9]+$/ || NF < 4) next
		if ($1 == "gap" || $1 == "table") add($1, $2, $3)
		else if ($1 ~ /^p/ && $3 > 0) { add("volume", $2, $3); name[$2] = $1 }
		next
	}
	/^Units are in/ { sector = $4 + 0 }
	$1 !~ /^[0-9]+:$/ { next }
	{
		from = $3 * sector; n = $5 * sector
		if (from >= size) next
		if (from + n > size) n = size - from	# end
	}
	$2 == "Meta" && /(DOS|Win95|Linux) Extended/ { next }	# extended
	from == 0 && n == size { free[++frees] = from; upto[frees] = n; next }	# whole
	$2 == "Meta" { add("their table", from, n); next }
	$2 == "-------" || /Apple_Free/ { free[++frees] = from; upto[frees] = from + n; next }
	/Apple_partition_map/ { add("their table", from, n); next }
	{
		add("their volume", from, n)
		split($2, slot, ":")
		# Primary partitions have their slot, logical ones count from 5.
		want = $2 ~ /^00[0-9]$/ ? "p" $2 + 1 : \
		    $2 ~ /^000:/ ? "p" slot[2] + 1 : "p" 5 + logical++
		if (dos_or_gpt && name[from] != want)
			print "the partition at " from " is " name[from] ", not " want
	}
	/^(DOS Partition Table|GUID Partition Table)/ { dos_or_gpt = 1 }
	END {
		if (sector == 0) print "mmls says nothing"
		# tables, backup, driver
		for (i = 1; i <= frees; i++) less("their gap", free[i], upto[i])
		for (i = 1; i <= count["their table"]; i++) {
			a = at["their table", i]; b = a + len["their table", i]
			while (a < b && (t = first("table", a, b)) && at["table", t] <= a)
				a = at["table", t] + len["table", t]
			if (a < b) print "mmls alone has a table at byte " a
		}
		n = split("volume gap", kinds, " ")
		for (k = 1; k <= n; k++) {
			kind = kinds[k]
			for (i = 1; i <= count["their " kind]; i++)
				if (!((kind, at["their " kind, i], len["their " kind, i]) in has))
					print "mmls alone has a " kind ": " \
					    at["their " kind, i] "+" len["their " kind, i]
			for (i = 1; i <= count[kind]; i++)
				if (!(("their " kind, at[kind, i], len[kind, i]) in has))
					print "mmls has no " kind ": " at[kind, i] "+" len[kind, i]
		}
		if (count["their volume"] == 0) print "no volumes"
	}' ours theirs >>"$why"
	[ ! -s "$why" ] || cat theirs ours >>"$why"
}

# --- made by hand ----------------------------------------------------------------

be16() { printf '%04x' "$1"; }
be32() { printf '%08x' "$1"; }
blank() { rm -f img && truncate -s 8M img; }
# xor16 SECTOR BYTES PLACE: so that the words of so many bytes come to 0.
xor16() {
	local word sum=0
	for word in $(od -An -v -t u2 -j $(($1 * 512)) -N "$2" img); do
		sum=$((sum ^ word))
	done
	poke $(($1 * 512 + $3)) "$(printf '%02x%02x' $((sum & 255)) $((sum >> 8)))"
}

blank
entry 0 0 83 64 1000
entry 0 2 07 2048 2048
tap_dos() { compare img; tap "DOS: $1"; }
tap_dos "two entries, an empty one between"
entry 0 1 05 6000 10000
entry 6000 0 83 10 990
entry 6000 1 05 2000 3000
entry 8000 0 83 100 900
entry 8000 1 05 5000 3000
entry 11000 0 0b 63 2937
tap_dos "three logical ones, gaps between"
entry 0 3 83 15000 4000
tap_dos "one that goes on behind the end"
blank
entry 0 0 0f 100 16000
entry 100 0 83 1 8000
tap_dos "an extended one alone"
blank
for i in 0 1 2 3; do entry 0 $i 83 $((1 + i * 4095)) 4095; done
tap_dos "four without a gap"

truncate -s 62M volume
"$tmp/disk" gpt volume gpt.raw
compare gpt.raw gpt
tap GPT
"$tmp/disk" mbr volume mbr.raw
compare mbr.raw
tap "DOS, of 64 MiB"

# sys/disklabel.h: a, c (the whole disk), d, e.
blank
poke 512 57455682
poke $((512 + 132)) 57455682
poke $((512 + 138)) 0500
slice() {
	poke $((512 + 148 + 16 * $1)) "$(le32 "$3")" "$(le32 "$2")" 00080000 "$4" 08 0000
}
slice 0 16 2000 07
slice 2 0 16384 07
slice 3 2016 4000 07
slice 4 8000 8384 07
xor16 1 $((148 + 16 * 5)) 136
compare img bsd
tap "BSD label"

# sys/vtoc.h: cylinders of 64 sectors.
blank
poke 140 "$(be16 8)"
poke 188 600ddeee
poke 436 "$(be16 4)" "$(be16 16)"
part() {
	poke $((142 + 4 * $1)) "$(be16 "$2")" 0000
	poke $((444 + 8 * $1)) "$(be32 "$3")" "$(be32 "$4")"
}
part 0 2 1 6400
part 2 5 0 16384
part 6 4 150 6400
poke 508 dabe
xor16 0 512 510
compare img sun
tap "Sun label"

# "Inside Macintosh: Devices", chapter 3.
blank
poke 0 "$(ascii ER)" 0200 "$(be32 16384)"
map() {
	poke $(($1 * 512)) "$(ascii PM)" 0000 "$(be32 4)" "$(be32 "$2")" "$(be32 "$3")"
	poke $(($1 * 512 + 16)) "$(ascii "part $1")"
	poke $(($1 * 512 + 48)) "$(ascii "$4")"
	poke $(($1 * 512 + 88)) "$(be32 51)"
}
map 1 1 63 Apple_partition_map
map 2 64 8000 Apple_HFS
map 3 8064 320 Apple_Free
map 4 8384 8000 Apple_HFS
compare img mac
tap "Apple map"

# --- from other hands -----------------------------------------------------------------

if [ -d "$testdata/images" ]; then
	for f in images/tsk_imageformat_mmls_1.E01 images/plaso_image-split.E01 \
	    images/dfvfs_mbr.raw.gz images/dfirntfs_gpt-512-3p.raw.gz \
	    carving/CFReDS001.E01 carving/nps-2010-emails.E01; do
		image=$testdata/$f
		if [ "${f%.gz}" != "$f" ]; then
			gunzip -c "$image" >unpacked
			image=unpacked
		fi
		compare "$image"
		tap "${f##*/}"
	done
	# Of the others mmls has a table of none.
	find "$testdata/images" "$testdata/images_corrupt" "$testdata/scenario" \
	    -name '*.gz' -size -600k | sort | while read -r f; do
		gunzip -c "$f" >unpacked 2>/dev/null
		mmls unpacked >/dev/null 2>&1 || continue
		compare unpacked
		[ ! -s "$why" ] || { echo "$f"; cat "$why"; } >>all
		: >"$why"
		echo "$f" >>seen
	done
	[ ! -e all ] || cat all >"$why"
	[ "$(wc -l <seen)" -ge 2 ] || echo "none of them has a table" >>"$why"
	tap "all images that mmls reads: $(wc -l <seen)"
else
	skip "images of other hands" "no testdata"
fi
tap_end
