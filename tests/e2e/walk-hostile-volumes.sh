#!/bin/bash
# walk-hostile-volumes.sh [MODE]: partition tables that loop, overlap, lie or
# nest; images of odd sizes and kinds, disks that read badly. What comes out is
# held to the letter; each byte of a disk is in one volume or one range. TAP.
#
# Where the other hostile cases of file systems and media are shown; a suite
# without a folder is beside this one, (cli) is in tests/cli/spill-walk, (unit)
# in tests/unit:
#
#	file systems and partitions
#	FAT: loops, cross links, names, two tables	walk-hostile-fat,
#				walk-fat, walk-mutants, fat_test (unit)
#	FAT: impossible boot sectors	walk-fat "fields of the boot sector"
#	exFAT: names of 1 to 255, sets over clusters	walk-fat "exFAT: names",
#				walk-hostile-fat, exfat_test (unit)
#	NTFS: index, attribute list, runs, $MFT	walk-hostile-ntfs, walk-ntfs
#	NTFS: streams, surrogates, reparse points	walk-hostile-ntfs,
#				walk-key (ws0417.raw)
#	ext: trees, extents, inodes, rec_len	walk-hostile-ext
#	HFS+: catalogue, links, extents	walk-hostile-other, walk-other
#	APFS: trees, object maps, snapshots	walk-hostile-other, walk-other
#	ISO 9660: continuations, path table, records	walk-hostile-other,
#				walk-other "a continuation that leads to itself"
#	tables: loops, overlaps, beyond the end, GPT, hybrid	here, walk-mmls,
#				parts_test (unit)
#	nested tables and file systems	here, a-table-in-a-partition (cli),
#				deleted-volumes-are-found (cli)
#	sparse images	here, holes-are-not-searched (cli)
#	many files, deep folders, long paths	walk-linear, walk-hostile-ext
#				"10,000 folders", walk-ntfs "8,000 times"
#	names of any bytes	walk-hostile-ext "names", walk-ntfs,
#				hostile-names-are-harmless (cli)
#	times of any value	walk-key (/times of each image), walk-erased,
#				time_test (unit)
#	the host's zone and clock	walk-key, same-bytes
#	deleted files	walk-erased, walk-key, walk-fls, walk-fat, walk-ntfs
#	a file system larger than its image	a-cut-file-system-is-told (cli),
#				here "cut in a partition"
#	encrypted volumes	walk-lost, bitlocker-is-named (cli)
#
#	image formats and media
#	E01: bad chunks	image-sets, ewf-verify, ewf_damage_test (unit)
#	E01: missing, doubled, foreign segments	image-sets
#	E01: cut, impossible tables, loops	image-sets, ewf_hostile_test (unit)
#	E01: hashes and header	ewf-verify, an-exhibit-in-any-language (cli)
#	split raw: gaps, sizes, order, many	image-sets, here "links"
#	sizes of 0, 1, 511 bytes, no multiple of 512	an-empty-file-is-exit-3,
#				one-byte-has-no-volume, less-than-a-sector
#				(cli), image-sets, here "sizes"
#	virtual disks that name another file	a-virtual-disk-is-named (cli)
#	links, fifos, sockets, folders, devices	here, a-fifo-does-not-block,
#				a-socket-is-refused, a-folder-is-exit-3 (cli)
#	read errors	walk-bad, image-sets "bad sectors", image_test (unit)
#	short and interrupted reads	here
#	an image that changes	walk-changes
#	unreadable, read-only, odd names	what-may-not-be-read-is-told,
#				a-name-with-a-line-break (cli)
#	two runs at once	here
#	nothing is written, no time changes	walk-calls, walk-changes
#
#	what The Sleuth Kit 4.11 is known to get wrong
#	exFAT: aborts at a name of 128	walk-fat "exFAT: names", walk-key
#				(exfat.raw /long 128)
#	ext4 and NTFS: times beyond 32 bits	walk-key (/times)
#	success with entries lost at read errors	walk-bad
#	names: lone surrogates, controls, bidi	walk-ntfs, walk-hostile-ext,
#				hostile-names-are-harmless (cli)
#	E01: a missing or cut segment is zeros, in silence	image-sets
#	E01: a damaged chunk is zeros, in silence	image-sets, ewf-verify
#	APFS: crashes; ISO 9660: hangs; ext4: memory	walk-mutants,
#				walk-other, walk-hostile-ext "2^32 groups"
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
# shellcheck source=tests/volumes.sh
. tests/volumes.sh
suite="hostile volumes"
export LC_ALL=C TZ=UTC PATH="$PATH:/sbin:/usr/sbin" MTOOLSRC=/dev/null
for p in mkfs.fat mcopy mke2fs; do
	command -v $p >/dev/null || skip_all "no $p"
done
walk=$B/bin/spill-walk
[ -x "$walk" ] || bail "it is not built"
${CC:-cc} -std=gnu17 -O1 -D_GNU_SOURCE -o "$tmp/disk" fixtures/disk.c \
    fixtures/fix.c fixtures/key.c -lcrypto -lz 2>"$tmp/log" ||
    bail "fixtures/disk.c does not compile: $(head -n 1 "$tmp/log")"
loop=
trap '[ -z "$loop" ] || losetup -d "$loop"; rm -rf "$tmp"' EXIT
cd "$tmp" || exit 2

printf 'EXERCISE EXERCISE EXERCISE\n' >paper
truncate -s 1M fat.img
mkfs.fat --invariant -F 12 -i 5eed0012 fat.img >log && mcopy -i fat.img paper ::/paper ||
	bail "no file system"
# blank SIZE; put FILE SECTOR: into img.
blank() { rm -f img && truncate -s "$1" img; }
put() { dd if="$1" of=img bs=512 seek="$2" conv=notrunc,sparse status=none; }
# run STATUS [ARG...]: img, or what is given; list, rows, errors; each byte once.
run() {
	local want=$1
	shift
	[ $# -gt 0 ] || set -- img
	rm -f errors
	timeout 60 "$walk" -q --list "$1" >list 2>said
	timeout 60 "$walk" -q --format tsv --errors errors "$@" >rows 2>>said
	status=$?
	[ "$status" = "$want" ] || { echo "status $status, not $want"; cat said; } >>"$why"
	tiles "$1" >>"$why"
}
# volumes: name, first byte and bytes of what has a name, and ranges, in order.
lists() {
	awk '$1 ~ /^([px][0-9]+|gap|table)$/ && $2 ~ /^[0-9]+$/ { print $1, $2, $3 }' list >got
	cat >want
	diff want got >>"$why"
}
# told: code, range and detail of the errors.
told() {
	awk -F, 'NR > 1 { d = $12; for (i = 13; i <= NF; i++) d = d "," $i
		gsub(/"/, "", d); print $6, $7 "+" $8, d }' errors >got
	cat >want
	diff want got >>"$why"
}
papers() { # VOLUME...: those in which the paper is.
	awk -F'\t' '$4 == "/paper" && $7 == "yes" { print $3 }' rows >got
	printf '%s\n' "$@" >want
	diff want got >>"$why"
}

# --- DOS tables ----------------------------------------------------------------

blank 8M
put fat.img 3000
entry 0 0 05 1000 15000
entry 1000 0 01 2000 2048
entry 1000 1 05 5000 4000
entry 6000 0 83 100 100
entry 6000 1 05 0 5000
run 1
lists <<'END'
table 0 512
gap 512 511488
table 512000 512
gap 512512 1023488
p5 1536000 1048576
gap 2584576 487424
table 3072000 512
gap 3072512 50688
p6 3123200 51200
gap 3174400 5214208
END
told <<'END'
anomaly 3072000+512 the extended table at sector 6000 leads back to the one at sector 1000
END
papers p5
tap "extended tables that lead to the first one"

blank 8M
put fat.img 1000
put fat.img 5000
entry 0 0 01 1000 4100
entry 0 1 01 5000 2048
entry 0 2 01 1000 2048
entry 0 3 01 15000 4000
run 1
told <<'END'
anomaly 7680000+2048000 volume p4 goes on beyond the end of the image by 1339392 bytes
anomaly 512000+1048576 volume p3 begins before volume p1 ends
anomaly 2560000+51200 volume p2 begins before volume p1 ends
END
papers p1 p2
lists <<'END'
table 0 512
gap 512 511488
p1 512000 2099200
p3 512000 0
p2 2560000 1048576
gap 3608576 4071424
p4 7680000 708608
END
tap "partitions that overlap, are the same, go on behind the end"

# --- GPT ------------------------------------------------------------------------

crc32() { # FILE FROM BYTES
	tail -c +$(($2 + 1)) "$1" | head -c "$3" | gzip -c | tail -c 8 |
	    od -An -t x1 -N 4 | tr -d ' \n'
}
# seal: both headers of img have the sum that fits.
seal() {
	local at
	for at in 512 $((67108864 - 512)); do
		poke $((at + 16)) 00000000
		poke $((at + 16)) "$(crc32 img $at 92)"
	done
}
gpt() {
	"$tmp/disk" gpt fat.img img
}
both() { poke $((512 + $1)) "$2"; poke $((67108864 - 512 + $1)) "$2"; }
gpt
run 0
papers p1
tap "GPT: as it should be"
gpt
poke $((512 + 72)) ff
run 1
grep -q '^.*,anomaly,512,512,' errors || cat errors >>"$why"
papers p1
tap "GPT: a header whose checksum is wrong: the backup is used"
gpt
poke 1080 ff
run 1
grep -q ',anomaly,' errors || cat errors >>"$why"
papers p1
tap "GPT: an entry that does not fit its checksum: the backup is used"
while IFS='|' read -r name at hex; do
	gpt
	both "$at" "$hex"
	seal
	run 1
	grep -q ',anomaly,' errors || cat errors >>"$why"
	# Its partition is no partition any more, but it is found.
	papers x2048
	tap "GPT: $name"
done <<'END'
entries of 0 bytes|84|00000000
entries of 2^32 - 1 bytes|84|ffffffff
2^32 - 1 entries|80|ffffffff
no entries|80|00000000
entries at 2^64 - 1|72|ffffffffffffffff
END
gpt
poke 462 00000000 01000000 "$(le32 2048)" "$(le32 2048)"
poke 478 00000000 83000000 "$(le32 8192)" "$(le32 8192)"
run 1
told <<'END'
anomaly 0+512 hybrid MBR: beside the GPT it has partitions of its own, of them 1 that the GPT has not
END
papers p1
tap "GPT: a hybrid MBR"

# --- one in the other -------------------------------------------------------------

# Ten tables, each in the partition of the one before, the paper in the last.
blank 8M
for level in 0 1 2 3 4 5 6 7 8 9; do
	entry $((level * 100)) 0 83 100 $((15000 - level * 1000))
done
put fat.img 1000
run 1
told <<'END'
anomaly 51200+512 volume p1 has a partition table of its own: DOS Partition Table, partitions: 1
anomaly 512000+1048576 volume x1000 was found: FAT12, which no partition table has
END
papers x1000
lists <<'END'
table 0 512
gap 512 50688
p1 51200 7680000
x1000 512000 1048576
gap 7731200 657408
END
tap "ten tables, one in the other"

# Ten file systems, each a file in the one around it.
cp fat.img inner
for level in 1 2 3 4 5 6 7 8 9; do
	truncate -s $((1024 + level * 128))K outer
	mkfs.fat --invariant -F 12 -i 5eed0012 outer >log
	mcopy -i outer inner ::/inner && mv outer inner
done
blank 4M
put inner 64
entry 0 0 01 64 8000
run 0
awk -F'\t' '$3 ~ /^x/' rows >>"$why"
[ "$(cut -f 4 rows | grep -c '^/inner$')" = 1 ] || cut -f 1,4 rows >>"$why"
for level in 1 2 3 4 5 6 7 8 9; do
	item=$("$walk" -q --format tsv img 2>>"$why" | awk -F'\t' '$4 == "/inner" { print $1 }')
	"$B/bin/spill-cat" -q -e img "$item" >next 2>>"$why"
	mv next img
done
cmp img fat.img >>"$why" 2>&1
tap "ten file systems, one in the other: files of the first are not volumes"

for at in 1 3 63 1001; do
	blank 4M
	put fat.img $at
	run 1
	papers x$at
	tap "a file system at sector $at"
done
blank 4M
dd if=fat.img of=img bs=1 seek=100001 conv=notrunc,sparse status=none
run 1
told <<'END'
unsupported + it has neither a partition table nor a file system that is read here
END
lists <<'END'
gap 0 4194304
END
tap "a file system between sectors is none, and its bytes are a range"

blank 3M
put fat.img 1000
entry 0 0 01 1000 2048
truncate -s 1000000 img
run 1
told <<'END'
anomaly 512000+1048576 volume p1 goes on beyond the end of the image by 560576 bytes
damaged 999936+560640 the file system goes on for 560640 bytes behind the end of the image
END
papers p1
tap "cut in a partition: the range that is lacking"

# --- holes ------------------------------------------------------------------------

big=$tmp
[ ! -w /dev/shm ] || big=$(mktemp -d /dev/shm/walk.XXXXXX)
trap '[ -z "$loop" ] || losetup -d "$loop"; rm -rf "$tmp" "$big"' EXIT
for size in 8796093022208 9223372036854775807; do
	gpt
	mv img "$big/h.raw"
	if truncate -s $size "$big/h.raw" 2>/dev/null; then
		run 0 "$big/h.raw"
		papers p1
		# Megabytes and seconds of all processes.
		{ /usr/bin/env bash -c 'ulimit -v 2000000; ulimit -t 20
		    exec "$0" -q "$1"' "$walk" "$big/h.raw"; } >out 2>>said
		[ "$(wc -l <out)" -ge 5 ] || cat said >>"$why"
		tap "a disk of $size bytes, most of them a hole"
	else
		skip "a disk of $size bytes" "no file can be so large here"
	fi
	rm -f "$big/h.raw"
done

# --- images -------------------------------------------------------------------------

for size in 511 513 1025 1048575 1048577; do
	head -c $size fat.img >img
	truncate -s $size img
	[ $size = 1048577 ] && run 0 || run 1
	[ "$(awk -F'\t' '$6 == "range" || $4 == "/" { n++ } END { print n + 0 }' rows)" -ge 1 ] ||
		echo "no rows" >>"$why"
	tap "sizes: $size bytes"
done

# rows_of IMAGE: whatever it is called.
rows_of() {
	timeout 60 "$walk" -q --format tsv -e x="$1" 2>said | cut -f 1,3-
	status=${PIPESTATUS[0]}
}
mkdir links
split -a 3 --numeric-suffixes=1 -b 300000 fat.img p.
for f in p.*; do ln -s "../$f" "links/$f"; done
rows_of fat.img >whole
[ "$(wc -l <whole)" -gt 4 ] || cat said >>"$why"
rows_of links/p.003 >got
same whole got
tap "links to the pieces of a split image"
# Of two pieces the one is at the place of the other: nothing says so, and the
# bytes are those of the pieces in the order of their names.
mv p.002 p && mv p.003 p.002 && mv p p.003
cat p.001 p.002 p.003 p.004 >img
rows_of img >whole.other
rows_of links/p.001 >got
same whole.other got
tap "pieces are taken in the order of their names"

ln -s fat.img link.raw
rows_of link.raw >got
same whole got
tap "a link to an image"
mkfifo fifo
ln -s fifo link.fifo
for f in link.fifo /dev/zero /dev/null /dev/tty; do
	timeout 20 "$walk" "$f" >got 2>said </dev/null
	status=$?
	[ $status = 3 ] && [ ! -s got ] && [ -s said ] || { echo "status $status"; cat said; } >>"$why"
	tap "$f is refused"
done
if [ "$(id -u)" -eq 0 ] && loop=$(losetup -f --show fat.img 2>/dev/null); then
	exec 4<"$loop"
	rows_of "$loop" >got
	exec 4<&-
	same whole got
	tap "a block device that is in use"
	losetup -d "$loop"
	loop=
else
	loop=
	skip "a block device that is in use" "no loop device here"
fi
chmod 444 fat.img
rows_of fat.img >got
same whole got
tap "an image that nobody may write"

# --- a misery of reading --------------------------------------------------------------

if [ "$mode" = san ]; then
	skip "short and interrupted reads" "a preloaded library and ASan do not mix"
else
	mkdir -p t/bin t/libexec/spillkit
	cp "$walk" "$B/bin/spill-cat" t/bin
	cat >t/libexec/spillkit/worker-fs <<END
#!/bin/sh
LD_PRELOAD=$B/tests/short.so exec $B/libexec/spillkit/worker-fs "\$@"
END
	chmod +x t/libexec/spillkit/worker-fs
	truncate -s 8M ext.img
	mkdir tree && for i in {1..300}; do echo "$i" >"tree/EXERCISE $i"; done
	seq 1 200000 >tree/large
	mke2fs -q -t ext4 -F -d tree ext.img >log 2>&1
	for f in fat.img ext.img; do
		"$walk" -q -rsa $f >clean 2>said
		timeout 100 t/bin/spill-walk -q -rsa $f >got 2>>said
		[ $? = 0 ] || cat said >>"$why"
		same clean got
		tap "short and interrupted reads: $f"
	done
	item=$(grep -m 1 ',/large,' clean | cut -d , -f 1)
	timeout 100 t/bin/spill-cat -e ext.img "$item" >got 2>said
	cmp got tree/large >>"$why" 2>&1
	tap "short and interrupted reads: spill-cat"
fi

for i in 1 2 3 4; do
	"$walk" -q fat.img >run.$i 2>>"$why" &
done
wait
for i in 2 3 4; do cmp run.1 run.$i; done >>"$why" 2>&1
[ "$(wc -l <run.1)" -gt 4 ] || echo "few rows" >>"$why"
tap "four runs at once"

tap_end
