#!/bin/bash
# ondisk.sh [MODE]: what our decoders say of small images, made here, is what
# other programs say of them: names, sizes, numbers, times. TAP, one line a
# file system. Times that those programs get wrong are in the unit tests.
set -u
cd "$(dirname "$0")/../.." || exit 2
mode=${1:-release}
B=${B:-$PWD/build/$mode}
export TZ=UTC LC_ALL=C.UTF-8
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
dump=$tmp/dump
flags=()
[ "$mode" != san ] || flags=(-fsanitize=address,undefined -fno-sanitize-recover=all)
# The decoders leave nothing to release; this program does.
export ASAN_OPTIONS=detect_leaks=0
if ! ${CC:-cc} -std=c17 -D_GNU_SOURCE -Iinclude -O1 "${flags[@]}" -o "$dump" \
    tests/e2e/ondisk-dump.c "$B/lib/libspill.a"; then
	echo "not ok 1 - ondisk: the program does not build"
	exit 1
fi

n=0 failed=0
# lacks NAME PROGRAM...: true, and skipped by name, if one is absent.
lacks() {
	local name=$1 p
	shift
	for p; do
		PATH=$PATH:/sbin:/usr/sbin command -v "$p" >/dev/null && continue
		n=$((n + 1))
		echo "ok $n - ondisk: $name # SKIP no $p"
		return 0
	done
	return 1
}
# same NAME: the files ours and theirs say the same, and something.
same() {
	n=$((n + 1))
	if [ -s "$tmp/theirs" ] && cmp -s "$tmp/theirs" "$tmp/ours"; then
		echo "ok $n - ondisk: $1, $(wc -l <"$tmp/ours") lines"
	else
		failed=$((failed + 1))
		echo "not ok $n - ondisk: $1"
		diff -U0 "$tmp/theirs" "$tmp/ours" | head -n 20 | cat -v |
			sed 's/^/# /'
	fi
}
PATH=$PATH:/sbin:/usr/sbin

mkdir -p "$tmp/d/sub"
echo "a memo" >"$tmp/d/memo"
head -c 30000 "$dump" >"$tmp/d/large"
ln -s "$tmp/nowhere" "$tmp/d/link"
touch -d 1995-07-14T08:30:42Z "$tmp/d/memo"
long="a memo with a long name, vertraulich.docx"

# seconds: bodyfile times of theirs, and ours without their fractions.
seconds() {
	sed -E 's/\.[0-9]{9}//g'
}

lacks ntfs mkntfs ntfscp fls || {
	truncate -s 8M "$tmp/ntfs"
	mkntfs -q -F -L LABEL "$tmp/ntfs" >/dev/null 2>&1
	ntfscp -q "$tmp/ntfs" "$tmp/d/memo" "$long" >/dev/null 2>&1
	ntfscp -q "$tmp/ntfs" "$tmp/d/large" large >/dev/null 2>&1
	# $MFT has no times; libtsk wraps what 0 means.
	fls -m '' -z UTC "$tmp/ntfs" | grep -v 'FILE_NAME' |
		awk -F'|' -v OFS='|' '$3 ~ /-128-/ && $2 != "/$MFT" {
		    print $2, $3, $7, $8, $9, $10, $11 }' | sort >"$tmp/theirs"
	"$dump" ntfs "$tmp/ntfs" | grep -v '^/\$MFT|' | seconds |
		sort >"$tmp/ours"
	same ntfs
}

for bits in 12 16 32; do
	lacks "FAT$bits" mkfs.fat mcopy mdel fls && continue
	f=$tmp/fat$bits
	truncate -s $((bits == 12 ? 2 : bits == 16 ? 20 : 40))M "$f"
	mkfs.fat -F $bits -n LABEL "$f" >/dev/null
	mcopy -m -i "$f" "$tmp/d/memo" "::$long"
	mcopy -m -i "$f" "$tmp/d/large" ::LARGE.BIN
	mcopy -i "$f" "$tmp/d/large" ::gone.bin
	mcopy -i "$f" "$tmp/d/large" "::gone too.bin"
	mdel -i "$f" ::gone.bin "::gone too.bin"
	fls -m '' -z UTC "$f" | grep -v -e 'Volume Label' -e '^0|/\$' |
		awk -F'|' -v OFS='|' '{ print $2, $7, $8, $9, $10, $11 }' |
		sort >"$tmp/theirs"
	"$dump" fat "$f" | seconds | sort >"$tmp/ours"
	same "FAT$bits"
done

lacks exFAT mkfs.exfat dump.exfat || {
	truncate -s 8M "$tmp/exfat"
	mkfs.exfat -L LABEL "$tmp/exfat" >/dev/null
	dump.exfat "$tmp/exfat" | sed -nE 's/:[[:space:]]+/: /; /^(Volume (Length|Serial|label:)|FAT (Offset|Length)|Cluster (Heap|Count)|Root|Bitmap (start|size)|Upcase table (start|size))/p' |
		sort >"$tmp/theirs"
	"$dump" exfat "$tmp/exfat" | sort >"$tmp/ours"
	same exFAT
}

# One line an inode of the root folder, out of what debugfs prints.
of_debugfs() {
	debugfs -R 'ls -p /' "$1" 2>/dev/null | awk -F/ '$2 > 10 { print $2, $3, $6 }' |
		while read -r ino mode name; do
			debugfs -R "stat <$ino>" "$1" 2>/dev/null |
				awk -v ino="$ino" -v mode="$mode" -v name="$name" '
				/^User:/ { uid = $2; gid = $4; size = $NF }
				/^Links:/ { links = $2 }
				/^ *(a|m|c|cr)time:/ {
					k = $1; hex[k] = $2
					sub(/.*-- /, ""); t[k] = $0
				}
				END {
					printf "%s|%s|%s|%s|%s|%s|%s", name, ino, mode, uid, gid, size, links
					split("atime: mtime: ctime: crtime:", want, " ")
					for (i = 1; i <= 4; i++)
						printf "|%s", hex[want[i]] "=" t[want[i]]
					print ""
				}'
		done |
		while IFS='|' read -r name ino mode uid gid size links a m c cr; do
			printf '%s|%s|%o|%s|%s|%s|%s' "$name" "$ino" "0$mode" \
			    "$uid" "$gid" "$size" "$links"
			for t in "$a" "$m" "$c" "$cr"; do
				[ "$t" != = ] || { printf '|0'; continue; }
				printf '|%s' "$(date -d "${t#*=}" +%s)"
				extra=${t%%=*} extra=${extra##*:}
				case $extra in 0x*) continue ;; esac
				ns=$((0x$extra >> 2))
				[ $ns -eq 0 ] || printf '.%09d' $ns
			done
			echo
		done | sort
}

for kind in ext2 ext3 ext4; do
	lacks $kind mke2fs debugfs && continue
	f=$tmp/$kind options=(-I 256)
	[ $kind != ext2 ] || options=(-I 128)
	[ $kind != ext4 ] || options=(-I 256 -O inline_data)
	truncate -s 8M "$f"
	mke2fs -q -t $kind "${options[@]}" -d "$tmp/d" "$f" >/dev/null 2>&1
	if [ $kind = ext4 ]; then
		ino=$(debugfs -R 'ls -p /' "$f" 2>/dev/null |
			awk -F/ '$6 == "memo" { print $2 }')
		printf 'sif <%s> %s\n' "$ino" 'mtime @15032385535' \
		    "$ino" 'atime @-2147483648' "$ino" 'ctime @4294967296' \
		    "$ino" 'mtime_extra 0xee6b27ff' >"$tmp/commands"
		debugfs -w -f "$tmp/commands" "$f" >/dev/null 2>&1
	fi
	of_debugfs "$f" >"$tmp/theirs"
	"$dump" ext "$f" | sort >"$tmp/ours"
	same $kind
done

echo "1..$n"
[ $failed -eq 0 ]
