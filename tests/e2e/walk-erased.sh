#!/bin/bash
# walk-erased.sh [MODE]: spill-walk on erased files of FAT and exFAT: whole,
# overwritten, overwritten in part, a name without clusters, clusters without a
# name; no cluster of another file may be given as theirs. And on chains and
# times that mean nothing. Each has the exact rows that must come. TAP.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
# shellcheck source=tests/hostile.sh
. tests/hostile.sh
# shellcheck source=tests/exfat-sets.sh
. tests/exfat-sets.sh
suite="walk-erased"
export LC_ALL=C TZ=UTC PATH="$PATH:/sbin:/usr/sbin" MTOOLSRC=/dev/null
walk=$B/bin/spill-walk
for p in mkfs.fat mkfs.exfat mcopy; do
	command -v $p >/dev/null || skip_all "no $p"
done
[ -x "$walk" ] || bail "no $walk"
cd "$tmp" || exit 2

# shows NAME: rows of img, clusters of the heap as theirs (which begins at byte
# heap and has clusters of 512), messages and status are those of standard input.
shows() {
	local status
	cat >want
	walked
	status=$?
	{
		awk -F'\t' -v OFS='|' -v heap="$heap" '
		NR == 1 { for (i = 1; i <= NF; i++) col[$i] = i; next }
		$col["kind"] == "range" || $col["path"] == "/" || $col["path"] ~ /^\/\$/ { next }
		{
			runs = $col["fragments"] + 0
			at = $col["img_offset"]
			print $col["path"], $col["alloc_name"], $col["content"], \
			    $col["size"], at == "" ? "" : (at - heap) / 512 + 2, runs, \
			    $col["runs"], $col["born"], $col["modified"], \
			    $col["accessed"], $col["note"]
		}' rows
		sed "s/^spill-walk: 'img': //; s/^spill-walk: //" said
		echo "status $status"
	} >got
	diff want got >"$why"
	tap "$1"
	cp sound img
}

# --- FAT16 -------------------------------------------------------------------

# Clusters: A 2-4, B 5-7, C 8-10, D 11-13, E 14-16, F 17-19; then B to F are
# erased, and N takes 5 to 8.
content() { head -c "$2" /dev/zero | tr '\0' "$1" >"$1.TXT"; }
truncate -s 8M img
mkfs.fat --invariant -F 16 -s 1 img >log 2>&1 || bail "no image of FAT16"
for f in A B C D E F; do
	content $f 1500
	mcopy -i img $f.TXT :: >>log 2>&1 || bail "$(cat log)"
done
content N 2000
mdel -i img ::B.TXT ::C.TXT ::D.TXT ::E.TXT ::F.TXT
mcopy -i img N.TXT :: >>log 2>&1 || bail "$(cat log)"
root=66048 heap=82432
for slot in 0 1 2 3 4 5; do
	poke $((root + 32 * slot + 13)) 64 2c545158 5158 0000 2c545158
done
# Cluster 12, D's second, is in use, and no name has it; E has no cluster.
for table in 512 33280; do poke $((table + 2 * 12)) ffff; done
poke $((root + 32 * 4 + 26)) 0000
cp img sound
times='2024-02-17T10:33:25.00|2024-02-17T10:33:24|2024-02-17|'
guess='where its clusters were is a guess, but for the first'
shows "FAT16: erased files" <<ROWS
/A.TXT|yes|complete|1500|2|1|82432+1536|$times
/N.TXT|yes|complete|2000|5|1|83968+2048|$times
/_.TXT|no|overwritten|1500|8|1|85504+512|$times$guess
/_.TXT|no|unknown|1500|11|2|87040+512;88064+1024|$times$guess
/_.TXT|no|unknown|1500||0||$times
/_.TXT|no|complete|1500|17|1|90112+1536|$times$guess
status 0
ROWS

# A alone, from here on: 2-4.
poke $((root + 32)) "$(printf %0320x 0)"
cp img sound
for link in 0000 0100 f7ff; do
	case $link in
	0000) what='has a cluster that is marked as free' ;;
	0100) what='leads out of the volume' ;;
	*) what='has a cluster that is marked as bad' ;;
	esac
	for table in 512 33280; do poke $((table + 6)) $link; done
	shows "FAT16: a chain goes on with $link" <<ROWS
/A.TXT|yes|partial|1500|2|1|82432+1024|$times
'/A.TXT': item is damaged: its chain $what (byte 518, length 2)
errors: 1
status 1
ROWS
done
# Hundredths, clock, date: month 0 and 13, day 0, 30 February, 24:00, a minute
# of 60, a second of 62; 2.00 s.
noted='a time on the disk means nothing'
for t in 64.2c54.1158 64.2c54.b159 64.2c54.4058 64.2c54.5e58 64.00c0.5158 \
    64.8007.5158 64.1f00.5158 c8.2c54.5158; do
	born=
	[ $t != c8.2c54.5158 ] || born=2024-02-17T10:33:24
	poke $((root + 13)) "${t//./}"
	shows "FAT16: a time of birth of $t" <<ROWS
/A.TXT|yes|complete|1500|2|1|82432+1536|$born|2024-02-17T10:33:24|2024-02-17|$noted
status 0
ROWS
	t=${t#*.}
	[ -z "$born" ] || continue
	poke $((root + 22)) "${t//./}"
	shows "FAT16: a time of change of $t" <<ROWS
/A.TXT|yes|complete|1500|2|1|82432+1536|2024-02-17T10:33:25.00||2024-02-17|$noted
status 0
ROWS
done

# --- exFAT -------------------------------------------------------------------

# at CLUSTER: its first byte.
at() { echo $((heap + ($1 - 2) * 512)); }
# erase OFFSET ENTRIES: a set that begins there.
erase() {
	local i type
	for ((i = 0; i < $2; i++)); do
		type=$(od -An -tu1 -j $(($1 + 32 * i)) -N 1 img)
		poke $(($1 + 32 * i)) "$(printf %02x $((type & 127)))"
	done
}
# put_set SLOT FINE CLOCK DATE ZONE SET: in the root; born and modified are that,
# accessed is 2024-02-17 10:33:24 UTC; with a new checksum.
put_set() {
	local at=$(($(at "$root") + 32 * $1)) n=$((${#6} / 64))
	poke $at "$6"
	poke $((at + 8)) "$3$4$3$4" 2c545158 "$2$2" "$5$5" 80
	poke $((at + 2)) "$(od -An -v -w1 -tu1 -j $at -N $((32 * n)) img | awk '
	NR != 3 && NR != 4 {
		sum = ((sum % 2) * 32768 + int(sum / 2) + $1) % 65536
	}
	END { printf "%02x%02x", sum % 256, int(sum / 256) }')"
}
rm -f img
truncate -s 4M img
mkfs.exfat -c 512 -L '' img >log 2>&1 || bail "no image of exFAT"
heap=$(($(number 88) * 512)) root=$(number 96) fat=$(($(number 80) * 512))
bitmap=$(at "$(number $(($(at "$root") + 52)))")
put_right() { put_set "$1" 64 2c54 5158 80 "$2"; }
# In rows, each: a 32-34, ab 40-42, abc 48-50. abcd is in use, has a chain: 41, 48.
put_right 3 "$(set_of 1 03 2000 32 1500)"
put_right 6 "$(set_of 2 03 2000 40 1500)"
put_right 9 "$(set_of 3 03 2000 48 1500)"
put_right 12 "$(set_of 4 01 2000 41 1000)"
poke $((fat + 4 * 41)) 30000000
poke $((fat + 4 * 48)) ffffffff
poke $((bitmap + 4)) 8040
for slot in 3 6 9; do erase $(($(at "$root") + 32 * slot)) 3; done
cp img sound
times='2024-02-17T10:33:25.00Z|2024-02-17T10:33:25.00Z|2024-02-17T10:33:24Z|'
abcd="/abcd|yes|complete|1000|41|2|2117120+512;2120704+512|"
# Of ab and abc a cluster is that of abcd by now, so they are not whole.
cat >gone <<ROWS
/a|no|complete|1500|32|1|2112512+1536|$times
/ab|no|partial|1500|40|1|2116608+1536|$times
/abc|no|partial|1500|48|1|2120704+1536|$times
ROWS
shows "exFAT: erased files" <<ROWS
$(cat gone)
$abcd$times
status 0
ROWS
poke $((bitmap + 4)) c0c1
shows "exFAT: erased files, of one all is overwritten" <<ROWS
$(sed '/^.ab|/s/partial/overwritten/' gone)
$abcd$times
status 0
ROWS
# abcd alone, with a chain that goes wrong behind its first cluster.
poke $(($(at "$root") + 96)) "$(printf %0576x 0)"
for slot in 3 4 5 6 7 8 9 10 11; do poke $(($(at "$root") + 32 * slot)) 01; done
cp img sound
for link in 00000000 01000000 f7ffffff; do
	case $link in
	00000000) what='has a cluster that is marked as free' ;;
	01000000) what='leads out of the volume' ;;
	*) what='has a cluster that is marked as bad' ;;
	esac
	poke $((fat + 4 * 41)) $link
	shows "exFAT: a chain goes on with $link" <<ROWS
/abcd|yes|partial|1000|41|1|2117120+512|$times
'/abcd': item is damaged: its chain $what (byte $((fat + 4 * 41)), length 4)
errors: 1
status 1
ROWS
done
# Hundredths, clock, date, zone; and what it is: any number of quarters of an
# hour is a zone, without the top bit it is none.
while read -r fine clock date zone want; do
	put_set 12 "$fine" "$clock" "$date" "$zone" "$(set_of 4 01 2000 41 1000)"
	noted='a time on the disk means nothing'
	case $want in
	-) want= ;;
	2024-02-17T10:33:24Z) ;;
	*) noted= ;;
	esac
	shows "exFAT: times of $fine $clock $date $zone" <<ROWS
$abcd$want|$want|2024-02-17T10:33:24Z|$noted
status 0
ROWS
done <<'TIMES'
64 2c54 1158 80 -
64 2c54 b159 80 -
64 2c54 4058 80 -
64 2c54 5e58 80 -
64 00c0 5158 80 -
64 8007 5158 80 -
64 1f00 5158 80 -
c8 2c54 5158 80 2024-02-17T10:33:24Z
64 2c54 5158 00 2024-02-17T10:33:25.00
64 2c54 5158 40 2024-02-17T10:33:25.00
64 2c54 5158 c0 2024-02-18T02:33:25.00Z
64 2c54 5158 bf 2024-02-16T18:48:25.00Z
TIMES
tap_end
