#!/bin/bash
# walk-lost.sh [MODE]: what no partition table leads to: file systems that are
# walked, and those that are encrypted or not read here, which are named and
# told, wherever they lie. What a program makes is made by it, the rest by
# hand after the description of its format. TAP.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
# shellcheck source=tests/volumes.sh
. tests/volumes.sh
suite="walk-lost"
export LC_ALL=C TZ=UTC PATH="$PATH:/sbin:/usr/sbin" MTOOLSRC=/dev/null
for p in mkfs.fat mcopy mkfs.exfat; do
	command -v $p >/dev/null || skip_all "no $p"
done
[ -x "$B/bin/spill-walk" ] || bail "it is not built"
${CC:-cc} -std=gnu17 -O1 -D_GNU_SOURCE -include include/spill/banned.h -Iinclude \
    -o "$tmp/apfs-make" tests/e2e/apfs-make.c 2>"$tmp/log" ||
    bail "apfs-make does not compile: $(head -n 1 "$tmp/log")"
cd "$tmp" || exit 2

# --- volumes: each maker writes the file img, of 4 MiB ------------------------

blank() { rm -f img && truncate -s 4M img; }
# crc32c FROM BYTES: of img, without its last step.
crc32c() {
	local crc=$((0xffffffff)) byte bit
	for byte in $(od -An -v -t u1 -j "$1" -N "$2" img); do
		crc=$((crc ^ byte))
		for bit in 1 2 3 4 5 6 7 8; do
			crc=$((crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0)))
		done
	done
	echo $crc
}
make_exfat() {
	blank
	mkfs.exfat -c 4K img >log 2>&1
}
make_fat() {
	blank
	mkfs.fat --invariant -F 12 img >log && mcopy -i img apfs-make ::/a
}
make_apfs() {
	./apfs-make img
	truncate -s 4M img
}
# libbde's description: the header, which leads to the metadata.
make_bitlocker() {
	blank
	poke 0 eb5890 "$(ascii -FVE-FS-)"
	poke 510 55aa
	poke 176 "$(le64 65536)"
	poke 65536 "$(ascii -FVE-FS-)"
	poke $((65536 + 16)) "$(le64 4194304)"
}
make_luks1() {
	blank
	poke 0 "$(ascii LUKS)" babe0001 "$(ascii aes)"
	poke 40 "$(ascii xts-plain64)"
	poke 168 "$(ascii 5eed0417-0000-4000)"
}
make_luks2() {
	blank
	poke 0 "$(ascii LUKS)" babe0002 0000000000004000
	poke 168 "$(ascii 5eed0417-0000-4000)"
	poke 16384 "$(ascii SKUL)" babe0002 0000000000004000
}
# libfvde's description, "Physical volume header".
make_core_storage() {
	blank
	poke 4 ffffffff 0100 1000
	poke 64 "$(le64 4194304)"
	poke 88 "$(ascii CS)" 01000000
	poke 0 "$(le32 "$(crc32c 8 504)")"
}
make_xfs() {
	blank
	poke 0 "$(ascii XFSB)" 00001000 0000000000000400
	poke 84 00000400 00000001
	poke 102 0200
	poke 512 "$(ascii XAGF)" 00000001 00000000
}
# With a checksum that is not CRC-32C (xxhash).
make_btrfs() {
	blank
	poke $((65536 + 48)) "$(le64 65536)"
	poke $((65536 + 64)) "$(ascii _BHRfS_M)"
	poke $((65536 + 196)) 0100
	poke $((65536 + 209)) "$(le64 4194304)"
}
make_refs() {
	blank
	poke 3 "$(ascii ReFS)" 00000000
	poke 16 "$(ascii FSRS)"
	poke 24 "$(le64 8192)" "$(le32 512)" "$(le32 8)"
}
make_lvm() {
	blank
	poke 512 "$(ascii LABELONE)" "$(le64 1)"
	poke $((512 + 20)) 20000000 "$(ascii 'LVM2 001')"
	poke $((512 + 64)) "$(le64 4194304)"
}
make_raid() {
	blank
	poke 4096 fc4e2ba9 01000000
	poke $((4096 + 128)) "$(le64 2048)" "$(le64 6144)" "$(le64 8)"
}
make_swap() {
	blank
	poke 1024 "$(le32 1)" "$(le32 1023)"
	poke 4086 "$(ascii SWAPSPACE2)"
}

# --- disks --------------------------------------------------------------------

make_fat
mv img fat.img
# disk WHERE: img at byte 6 MiB of disk.raw, of 16 MiB, where
#	gap	no entry has it
#	deleted	an entry of type 0 has it
#	inside	the second partition, of which nothing is known, begins 1 MiB
#		before it
# p1 is a FAT at 1 MiB.
disk() {
	mv img lost.img
	rm -f img && truncate -s 16M img
	dd if=fat.img of=img bs=1M seek=1 conv=notrunc status=none
	dd if=lost.img of=img bs=1M seek=6 conv=notrunc,sparse status=none
	poke 446 00000000 01000000 "$(le32 2048)" "$(le32 8192)"
	case $1 in
	deleted) poke 462 00000000 00000000 "$(le32 12288)" "$(le32 8192)" ;;
	inside) poke 462 00000000 83000000 "$(le32 10240)" "$(le32 20480)" ;;
	esac
	poke 510 55aa
	mv img disk.raw
}
# found WHERE NAME BYTES STATUS WHAT [CODE]: by --list, in the rows, and as
# errors; without CODE it is walked.
found() {
	local code=${6:-}
	disk "$1"
	rm -f errors
	"$B/bin/spill-walk" --list disk.raw >list 2>said
	"$B/bin/spill-walk" -q --format tsv --errors errors disk.raw >rows 2>said
	[ $? -eq 1 ] || cat said >>"$why"
	{
		awk -v want="x12288 6291456 $3 $5" '
		$1 == "x12288" {
			got = $0; sub(/^ */, "", got); gsub(/ +/, " ", got)
			sub(/ \([0-9]+ [KM]iB\)$/, "", got)
		}
		END { if (got != want) print "list: " got ", not " want }' list
		grep -q ",anomaly,6291456,$3,.*volume x12288 was found: $2, which no" errors ||
			echo "it is not told that it was found"
		if [ -n "$code" ]; then
			grep -q ",$code,6291456,$3,.*volume x12288 is not walked" errors ||
				echo "it is not told that it is not walked"
		fi
		awk -F'\t' -v code="$code" -v status="$4" -v bytes="$3" '
		NR == 1 { for (i = 1; i <= NF; i++) col[$i] = i; next }
		$col["volume"] !~ /^x12288/ { next }
		$col["kind"] != "range" { items++ }
		$col["kind"] == "range" && $col["status"] == status &&
		    $col["img_offset"] == 6291456 { range += $col["size"] }
		END {
			if (status == "ok" && !items && !range) print "it has no rows"
			if (status != "ok" && range != bytes)
				print "its range has " range + 0 " bytes"
		}' rows
		tiles disk.raw
	} >>"$why"
	[ ! -s "$why" ] || cat errors list >>"$why"
}

while IFS='|' read -r maker name bytes status what code; do
	for where in gap deleted inside; do
		"make_$maker"
		found $where "$name" "$bytes" "$status" "$what" "$code"
		tap "$name, $where${code:+: $code}"
	done
done <<'END'
exfat|exFAT|4194304|ok|exFAT|
fat|FAT12|4194304|ok|fat12|
apfs|APFS container|262144|ok|APFS container|
bitlocker|BitLocker volume|4194304|encrypted|BitLocker volume (encrypted)|encrypted
core_storage|CoreStorage volume (FileVault)|4194304|encrypted|CoreStorage volume (FileVault) (encrypted)|encrypted
xfs|XFS|4194304|unsupported|XFS (unsupported)|unsupported
btrfs|Btrfs|4194304|unsupported|Btrfs (unsupported)|unsupported
refs|ReFS|4194304|unsupported|ReFS (unsupported)|unsupported
lvm|LVM physical volume|4194304|unsupported|LVM physical volume (unsupported)|unsupported
raid|Linux software RAID|4194304|unsupported|Linux software RAID (unsupported)|unsupported
swap|swap space|4194304|ok|swap space|
END
# LUKS does not say how long it is: it goes on to the end of what is searched.
for version in 1 2; do
	make_luks$version
	found gap "LUKS container" 10485760 encrypted "LUKS container (encrypted)" encrypted
	tap "LUKS $version, gap: encrypted"
	make_luks$version
	found inside "LUKS container" 10485760 encrypted "LUKS container (encrypted)" encrypted
	tap "LUKS $version, inside: encrypted"
done

# --- what lies in what is not read ----------------------------------------------

# The second half of a mirror: its file system can be read as it is.
make_raid
mv img raid.img
make_fat
truncate -s 3M img
mkfs.fat --invariant -F 12 img >log 2>&1
mcopy -i img apfs-make ::/a
{ head -c 1048576 raid.img; cat img; } >mirror && mv mirror img
disk gap
"$B/bin/spill-walk" -q --format tsv disk.raw 2>/dev/null | cut -f 1,4,12 >rows
grep -q "^disk:x14336:[0-9]*	/a	$(stat -c %s apfs-make)" rows || cat rows >>"$why"
tap "a file system in a member of a mirror is walked"

# Its signs, but nothing of what they lead to.
blank
poke 0 "$(ascii XFSB)"
poke 4096 "$(ascii BD)"
poke $((8192 + 88)) "$(ascii CS)"
poke $((12288 + 64)) "$(ascii _BHRfS_M)"
poke 16384 1020f5f2
poke 20480 "$(ascii LABELONE)"
poke 24576 fc4e2ba9
poke $((28672 + 502)) "$(ascii SWAPSPACE2)"
poke 32768 "$(ascii hsqs)"
poke 36867 "$(ascii ReFS)"
poke 40960 00 "$(ascii BEA01)"
poke $((45056 + 510)) 55aa
poke 49152 "$(ascii LUKS)" babe0001
disk gap
"$B/bin/spill-walk" --list disk.raw >list 2>said
! grep -E '^ *x[0-9]' list >>"$why"
[ ! -s said ] || cat said >>"$why"
tap "signs alone are nothing"

tap_end
