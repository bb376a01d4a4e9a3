#!/bin/bash
# walk-hostile-ntfs.sh [MODE]: spill-walk on NTFS that was made to mislead, to
# loop, or to cost much: see ntfs-make.c. Each has the exact rows and messages
# that must come, within 256 MiB and some seconds of CPU. TAP.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
# shellcheck source=tests/hostile.sh
. tests/hostile.sh
suite="walk-hostile-ntfs"
export LC_ALL=C TZ=UTC
walk=$B/bin/spill-walk
[ -x "$walk" ] || bail "no $walk"
gcc -std=gnu17 -O1 -Wall -Wextra -Werror -o "$tmp/ntfs-make" \
    tests/e2e/ntfs-make.c || bail "ntfs-make.c does not compile"
cd "$tmp" || exit 2

# make RECORDS: img, by the script on standard input.
make() {
	./ntfs-make img "$1" 2>>"$why" || echo "no image" >>"$why"
}
# gives NAME: of img, all rows but those of system files, and messages.
gives() {
	cat >want
	walked
	status=$?
	awk -F'\t' -v OFS='|' '
	NR == 1 { for (i = 1; i <= NF; i++) col[$i] = i; next }
	$col["path"] !~ /^\/\$[A-Z][A-Za-z]*$/ && $col["kind"] != "range" {
		sub(/^img:p0:/, "", $col["item"])
		print $col["item"], $col["path"], $col["kind"], \
		    $col["alloc_name"] "/" $col["alloc_meta"], $col["content"], \
		    $col["status"], $col["kind"] == "dir" ? "" : $col["size"], \
		    $col["content"] == "resident" ? "" : \
			substr($col["runs"], 1, 40), $col["note"]
	}' rows | sed 's/|*$//' >got
	sed "s/^spill-walk: 'img': //; s/^spill-walk: //" said >>got
	[ $status -le 1 ] || echo "status $status" >>got
	diff want got >>"$why"
	tap "$1"
}
mft='in the MFT, but in no index of its folder'
root='5-144-2|/|dir|yes/yes|resident|ok'

# --- folders -----------------------------------------------------------------

make 64 <<'END'
rec 5 3
info
name 5 .
root 24:a.txt 25:dir
rec 24
info
name 5 a.txt
in 0x80 - 414243
rec 25 3
info
name 5 dir
name 26 dir
root 26:sub
rec 26 3
info
name 25 sub
root 24:a.txt 25:dir
END
gives "a folder in itself; entries that do not say what is a folder" <<END
$root
24-128-2|/a.txt|file|yes/yes|resident|ok|3
25-144-3|/dir|dir|yes/yes|resident|ok
26-144-2|/dir/sub|dir|yes/yes|resident|ok
24-128-2|/dir/sub/a.txt|file|yes/yes|resident|ok|3
25-144-3|/dir/sub/dir|dir|yes/yes|resident|ok
END

make 64 <<'END'
rec 5 3
info
name 5 .
root
rec 24 3
info
name 25 ring-a
root 25:ring-b
rec 25 3
info
name 24 ring-b
root 26:paper.txt 24:ring-a
rec 26
info
name 25 paper.txt
in 0x80 - 414243
rec 27 3
info
name 27 own
root 27:own
END
gives "folders that lead only to each other" <<END
$root
24-144-2|/\$OrphanFiles/ring-a|dir|no/yes|resident|ok
25-144-2|/\$OrphanFiles/ring-a/ring-b|dir|yes/yes|resident|ok
26-128-2|/\$OrphanFiles/ring-a/ring-b/paper.txt|file|yes/yes|resident|ok|3
24-144-2|/\$OrphanFiles/ring-a/ring-b/ring-a|dir|yes/yes|resident|ok
27-144-2|/\$OrphanFiles/own|dir|no/yes|resident|ok
27-144-2|/\$OrphanFiles/own/own|dir|yes/yes|resident|ok
'/\$OrphanFiles': items in use that no folder leads to: 2
errors: 1
END

# The root leads to block 1, that back to 0 and to itself; block 0 says that it
# is another. Blocks are read as they lie: each once.
make 64 <<'END'
rec 5 3
info
name 5 .
root 24>4:m.txt >0
out 0xa0 $I30 8192 0 7 2108F401
block 500 4 25>4:b.txt >0
block 504 0 26>0:a.txt >4
rec 24
info
name 5 m.txt
rec 25
info
name 5 b.txt
rec 26
info
name 5 a.txt
END
gives "blocks of an index that lead in a circle" <<END
$root
24|/m.txt|file|yes/yes|none|ok|0
25|/b.txt|file|yes/yes|none|ok|0
26|/a.txt|file|yes/yes|none|ok|0
END

# An index whose blocks have another name, and a root that does not know how
# large they are: record 26 is in no other place.
named() {
	make 64 <<END
rec 5 3
info
name 5 .
root 24>4:m.txt >0
out 0xa0 $1 8192 0 7 2108F401
block 500 4 25>4:b.txt >0
block 504 0 26>0:a.txt >4
rec 24
info
name 5 m.txt
rec 25
info
name 5 b.txt
END
}
blocks="$root
24|/m.txt|file|yes/yes|none|ok|0
25|/b.txt|file|yes/yes|none|ok|0
d5+4320|/a.txt|file|yes/none|unknown|unreadable"
gone="'/a.txt': item is damaged: its MFT record is not there (byte 92160, length 1024)"
named '$I31'
gives "blocks of an index by another name" <<END
$blocks
$gone
errors: 1
END
named '$I30'
at=$(grep -abo -m 1 -P '\x24\0I\0003\0000\0\x30\0\0\0' img |
	cut -d : -f 1 | head -n 1)
poke $((at + 16)) ffff
gives "an index that says that its blocks are of 65,535 bytes" <<END
$blocks
'img:p0:5-144-2': folder is damaged, entries may be missing: no such index block size (byte 70936, length 160)
$gone
errors: 2
END

# --- records -----------------------------------------------------------------

make 64 <<'END'
rec 5 3
info
name 5 .
root 24:list 25:ext 28:own
rec 24
info
list 0x20,0,24,1 0x80,0,24,3 0x30,0,24,2
name 5 list
in 0x80 - 414243
rec 25
info
list 0x30,0,25,2 0x80,0,26,0 0x80,0,27,0,s 0x80,0,99,0,t
name 5 ext
rec 26 1 25
in 0x80 - 44454647
rec 27 1 28
in 0x80 s 4848
rec 28 1 28
info
list 0x30,0,28,2 0x80,0,28,3
name 5 own
in 0x80 - 4949494949
rec 29 1 60
in 0x80 - 4a4a
END
gives "lists of attributes that lead to themselves, to others, to nothing" <<END
$root
24-128-3|/list|file|yes/yes|resident|ok|3
25-128-3|/ext|file|yes/yes|resident|partial|4
25-128-4|/ext:s|stream|yes/yes|unknown|partial
25-128-5|/ext:t|stream|yes/yes|unknown|partial
28-128-3|/own|file|yes/yes|resident|partial|5
29-128-0|/\$OrphanFiles/OrphanFile-29|file|none/yes|resident|partial|2
'/ext': item is damaged: an extension record is another file's (byte 93184, length 1024)
'/ext': item is damaged: an extension record is not there
'/own': item is damaged: it says that it is an extension of another record (byte 94208, length 1024)
'/\$OrphanFiles': items in use that no folder leads to: 1
'/\$OrphanFiles/OrphanFile-29': item is damaged: it says that it is an extension of another record (byte 95232, length 1024)
errors: 5
END

# --- runs --------------------------------------------------------------------

make 64 <<'END'
rec 5 3
info
name 5 .
root 24:over 25:back 26:huge 27:nt4 28:packed 29:mass
rec 24
info
name 5 over
out 0x80 - 4096 0 3 2102F401110200
rec 25
info
name 5 back
out 0x80 - 2048 0 1 2101F4012101F3F0
rec 26
info
name 5 huge
out 0x80 - 1024 0 0 280000000000000040F401
rec 27
info
name 5 nt4
out 0x80 - 3072 0 2 1102FF2101F401
rec 28
info
name 5 packed
out 0x80 - 16384 0 15 2103F401010D 1
rec 29
info
name 5 mass
out 0x80 - 4611686018427387904 0 4503599627370495 2101F401
put 500 FFFFFFFFFFFFFFFFFFFFFFFFFFFF
END
gives "runs that overlap, go below 0, go on for 2^62; a hole of NT 4" <<END
$root
24-128-2|/over|file|yes/yes|complete|ok|4096|512000+2048;512000+2048
25-128-2|/back|file|yes/yes|partial|partial|2048|512000+1024
26-128-2|/huge|file|yes/yes|unknown|partial|1024
27-128-2|/nt4|file|yes/yes|complete|ok|3072|512000+1024
28-128-2|/packed|file|yes/yes|complete|ok|16384|512000+3072
29-128-2|/mass|file|yes/yes|partial|partial|4611686018427387904|512000+1024
'/back': item is damaged: a run is outside the volume (byte 91392, length 72)
'/huge': item is damaged: a run is outside the volume (byte 92416, length 80)
'/mass': item is damaged: a run list is cut (byte 95488, length 72)
errors: 3
END

# --- the MFT -----------------------------------------------------------------

# 64 records where they are, a hole of 2^40 clusters, and 16 behind it.
make 64 <<'END'
rec 5 3
info
name 5 .
root 24:a.txt
rec 24
info
name 5 a.txt
in 0x80 - 414243
size 1099511627856 1140400600000000000111104000
END
gives "an MFT with a hole" <<END
$root
24-128-2|/a.txt|file|yes/yes|resident|ok|3
the MFT is larger than the volume
'img:p0:5-144-2': folder is damaged, entries may be missing: MFT records 64 to 4095: in a hole of the MFT
errors: 2
END

# --- names, streams, reparse points ------------------------------------------

u=$(printf '\\xd800%.0s' {1..255})
make 64 <<END
rec 5 3
info
name 5 .
root >0
out 0xa0 \$I30 4096 0 3 2104F401
block 500 0 24:$u 25:a\\xdc00b 26:wof 27:dedup 28:up
rec 24
info
name 5 $u
in 0x80 - 4142
rec 25
info
name 5 a\\xdc00b
in 0x80 x\\xd83d 41
rec 26
info
name 5 wof
in 0x80 WofCompressedData 414243
in 0xc0 - 170000801000000001000000020000000100000000000000
rec 27
info
name 5 dedup
in 0xc0 - 130000800400000000000000
rec 28 3
info
name 5 up
root
in 0xc0 - 030000a00c00000000000400040000002e002e00
END
long=$(printf '%%ED%%A0%%80%.0s' {1..255})
gives "names of surrogates; reparse points, which are not followed" <<END
$root
24-128-2|/$long|file|yes/yes|resident|ok|2
25-128-2|/a%ED%B0%80b:x%ED%A0%BD|stream|yes/yes|resident|ok|1
26-128-2|/wof:WofCompressedData|stream|yes/yes|resident|ok|3||content is packed by WOF: see stream WofCompressedData
27|/dedup|file|yes/yes|none|ok|0||content is in the chunk store of deduplication
28-144-2|/up|link|yes/yes|resident|ok|48
END

# extended COUNT ATTRIBUTE...: record 24 has so many extension records, from
# 100 on, each with those attributes: number is that of all of them before. Its
# list of attributes is in clusters from 3000 on.
extended() {
	awk -v count="$1" -v attr="$2" -v each="$3" 'BEGIN {
		for (r = 0; r < count; r++) {
			print "rec", 100 + r, 1, 24
			for (k = 0; k < each; k++)
				printf "in %s s%06d 41\n", attr, r * each + k
		}
		for (r = 0; r < count; r++)
			for (k = 0; k < each; k++) {
				list = list sprintf("%02x%02x0000280007" \
				    "1a0000000000000000%02x%02x00000000" \
				    "0100%04x7300", attr % 256, attr / 256, \
				    (100 + r) % 256, (100 + r) / 256, k * 256)
				s = sprintf("%06d", r * each + k)
				for (c = 1; c <= 6; c++)
					list = list "3" substr(s, c, 1) "00"
			}
		n = length(list) / 2
		for (i = 0; i < n; i += 8192)
			print "put", 3000 + i / 1024, substr(list, 2 * i + 1, 16384)
		c = int((n + 1023) / 1024)
		print "rec 24\ninfo"
		printf "out 0x20 - %d 0 %d 22%02x%02xb80b00\n", n, c - 1, \
		    c % 256, c / 256
		print "name 5 a"
	}'
}
{
	printf '%s\n' 'rec 5 3' info 'name 5 .' 'root 24:a'
	extended 625 128 16
} | make 800
walked
echo "status $?" >>said
echo 'status 0' | diff - said >>"$why"
awk -F'\t' 'NR == 1 { for (i = 1; i <= NF; i++) col[$i] = i; next }
$col["path"] ~ /^\/a:s[0-9]*$/ && $col["content"] == "resident" &&
$col["status"] == "ok" && !seen[$col["path"]]++ { n++ }
END { if (n != 10000) print n + 0 " streams" }' rows >>"$why"
tap "10,000 streams"

# --- what costs much ---------------------------------------------------------

# Each of 10,000 names leads to a file with 600 extension records.
{
	printf '%s\n' 'rec 5 3' info 'name 5 .' 'root >0' \
	    'out 0xa0 $I30 1081344 0 1055 22200484030000'
	awk 'BEGIN {
		for (b = 0; b < 264; b++) {
			printf "block %d %d", 900 + b * 4, b * 4
			for (k = 0; k < 38; k++)
				printf " 24:n%04d", b * 38 + k
			print ""
		}
	}'
	extended 600 256 2
} | make 800
walked
echo "status $?" >>said
sort said | uniq -c | sed "s/'[^']*a'/A/; s/n[0-9]*'/N'/" >got
awk -F'\t' '$4 ~ /^\/n[0-9]*$/ && !seen[$4]++ { n++ }
END { if (n != 10032) print n + 0 " names" }' rows >>"$why"
grep -q "/n[0-9]*': item is damaged: extension records were read too often" \
    said || head -n 5 said >>"$why"
[ "$(tail -n 1 said)" = 'status 1' ] || tail -n 1 said >>"$why"
tap "10,000 names of a file with 600 extension records"

{
	printf '%s\n' 'rec 5 3' info 'name 5 .' 'root 24:f1 25:f2 26:f3'
	for i in 1 2 3; do
		printf '%s\n' "rec $((23 + i)) 3" info "name 5 f$i" 'root >0' \
		    'out 0xa0 $I30 3145728 0 3071 22000c000400'
	done
} | make 64
gives "folders that share the blocks of their indexes" <<END
$root
24-144-2|/f1|dir|yes/yes|resident|ok
25-144-2|/f2|dir|yes/yes|resident|ok
26-144-2|/f3|dir|yes/yes|resident|ok
'/f1': folder is damaged, entries may be missing: no index block (byte 1048576, length 3145728)
'/f2': folder is damaged, entries may be missing: no index block (byte 1048576, length 3145728)
'/f3': folder is damaged, entries may be missing: no index block (byte 1048576, length 2097152)
'/f3': folder is damaged, entries may be missing: all indexes are larger than the volume: no more is read
errors: 4
END
# --- the beginning of the MFT and its mirror are lost -------------------------

make 64 <<'END'
rec 5 3
info
name 5 .
root 24:a.txt 25:dir
rec 24
info
name 5 a.txt
in 0x80 - 414243
rec 25 3
info
name 5 dir
root 26:b.txt
rec 26
info
name 25 b.txt
in 0x80 - 4445
END
# lose RECORDS: the first of the MFT, and the mirror.
lose() {
	dd if=/dev/zero of=img bs=1024 seek=64 count="$1" conv=notrunc status=none
	dd if=/dev/zero of=img bs=1024 seek=8 count=4 conv=notrunc status=none
}
lose 16
gives "the first 16 records are lost, and the mirror" <<'END'
24-128-2|/$OrphanFiles/a.txt|file|no/yes|resident|ok|3
25-144-2|/$OrphanFiles/dir|dir|no/yes|resident|ok
26-128-2|/$OrphanFiles/dir/b.txt|file|yes/yes|resident|ok|2
neither the MFT nor its mirror says where it is: it is taken as one piece
'/': there is no root folder
'img:p0:5': item is damaged: its MFT record is not there (byte 70656, length 1024)
'img:p0:5': folder is damaged, entries may be missing: there is no MFT record of it
'/$OrphanFiles': items in use that no folder leads to: 2
errors: 5
END

# All of the first 300, and so whatever says where the rest is.
make 400 <<'END'
rec 24
info
name 5 gone.txt
rec 320 3
info
name 5 dir
root 321:b.txt
rec 321
info
name 320 b.txt
in 0x80 - 4445
rec 399
info
name 5 last.txt
END
lose 300
gives "the first 300 records are lost, and the mirror" <<'END'
320-144-2|/$OrphanFiles/dir|dir|no/yes|resident|ok
321-128-2|/$OrphanFiles/dir/b.txt|file|yes/yes|resident|ok|2
399|/$OrphanFiles/last.txt|file|no/yes|none|ok|0
neither the MFT nor its mirror says where it is: it is taken as one piece
'/': there is no root folder
'img:p0:5': item is damaged: its MFT record is not there (byte 70656, length 1024)
'img:p0:5': folder is damaged, entries may be missing: there is no MFT record of it
'/$OrphanFiles': items in use that no folder leads to: 2
errors: 5
END

# --- what one damaged byte of a record hides ----------------------------------

make 64 <<'END'
rec 5 3
info
name 5 .
root
rec 24
info
in 0x50 - 00
name 5 late.txt
in 0x80 - 414243
rec 30
info
name 5 unsigned.txt
END
poke $(((64 + 30) * 1024)) 00000000
poke $(((64 + 30) * 1024 + 44)) 00000000
gives "a name behind attributes of other types; a record without signature and number" <<END
$root
24-128-3|/late.txt|file|yes/yes|resident|ok|3||$mft
30|/unsigned.txt|file|yes/yes|none|partial|0||$mft
'/unsigned.txt': item is damaged: its signature is damaged (byte 96256, length 1024)
errors: 1
END
tap_end
