#!/bin/bash
# archives.sh [MODE]: containers that other programs made, against the files
# that were put into them.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
suite=archives
export LC_ALL=C.UTF-8 TZ=UTC0
src=$PWD
cflags=(-std=c17 -O1 -Wall -Wextra -Werror -D_GNU_SOURCE
	-D_FILE_OFFSET_BITS=64 -Iinclude -include spill/banned.h)
[ "$mode" != san ] || cflags+=(-fsanitize=address,undefined)
read -ra mail < <(pkg-config --libs gmime-3.0)
# What links of release have: the library's objects are of both kinds.
if ! ${CC:-cc} "${cflags[@]}" -o "$tmp/list" tests/e2e/unpack-list.c \
    "$B/lib/libspill.a" -larchive -lz -llzma -lcrypto "${mail[@]}" \
    2>"$why"; then
	bail "unpack-list does not build: $(head -n 5 "$why")"
fi
fixtures/make-archives "$tmp/x" 2>"$tmp/left-out" ||
	bail "fixtures/make-archives failed"
cd "$tmp" || exit 2
list=$tmp/list

# The files that went in: name, size, SHA-256.
want() {
	(cd "$tmp/x/files" && find . -type f -printf '%P\n' | sort |
	    while read -r f; do
		printf '%s\t%s\t%s\n' "$f" "$(stat -c %s "$f")" \
		    "$(sha256sum "$f" | cut -d' ' -f1)"
	    done)
}
# The same of a list, of files that are whole.
came() {
	awk -F'\t' '$1 == "file" && $8 == "ok" && $2 != "link" {
		sub(/^\.\//, "", $2); print $2 "\t" $6 "\t" $7 }' "$1" | sort
}
want >want
printf 'two.txt\t%s\t%s\n' "$(stat -c %s x/files/two.txt)" \
    "$(sha256sum x/files/two.txt | cut -d' ' -f1)" >want-two

# each NAME...: those that could be made.
each() {
	local f
	for f; do [ ! -e "x/$f" ] || echo "$f"; done
}

for f in $(each x.zip x.zipx x-bzip2.zip x-ppmd.zip x.7z x-ppmd.7z x.tar \
    x-gnu.tar x-pax.tar x-v7.tar x.tar.gz x.iso x.cpio); do
	"$list" "x/$f" >out 2>&1 || echo "exit $?" >>why
	came out | diff want - >>why
	grep '^flaw' out >>why
	case $f in
	*.7z | *.zipx | x-*.zip) ;; # 7z stores what the link leads to
	*) grep -qP '^link\t(\./)?link\t\.\./outside\t' out || cat out >>why ;;
	esac
	tap "$f: every file as it went in"
done
for f in $(each x.gz x.bz2 x.xz x.lzma x.zst x.lz4); do
	"$list" "x/$f" >out 2>&1 || echo "exit $?" >>why
	grep "^flaw" out >>why
	# The name is known of gzip alone.
	name=
	[ "$f" != x.gz ] || name=two.txt
	came out | diff <(sed "s/^two.txt/$name/" want-two) - >>why
	tap "$f: one member, as it went in"
done
for f in $(each x.ar); do
	"$list" "x/$f" >out 2>&1 || echo "exit $?" >>why
	came out | diff <(grep -v '^folder' want) - >>why
	tap "$f: every file as it went in"
done

# --- encrypted, unsupported -------------------------------------------------

for f in $(each x-aes.zip x-zipcrypto.zip x-aes.7z); do
	"$list" "x/$f" >out </dev/null 2>&1 || echo "exit $?" >>why
	for name in one.txt two.txt folder/below.txt; do
		grep -qP "^file\t$name\t.*\tencrypted\t.*\tencrypted" out ||
			echo "no $name"
	done >>why
	awk -F'\t' '$1 == "file" && $2 != "empty" && $6 > 0' out >>why
	tap "$f: names, and no content"
done
for f in $(each x-headers.7z); do
	"$list" "x/$f" >out </dev/null 2>&1 || echo "exit $?" >>why
	grep -qP '^flaw\tencrypted\t' out || cat out >>why
	tap "$f: its list is encrypted"
done
for f in $(each x-deflate64.zip); do
	"$list" "x/$f" >out 2>&1 || echo "exit $?" >>why
	grep -qP '^file\ttwo.txt\t.*\tunsupported: compression method 9' out ||
		cat out >>why
	grep -qP "^file\tone.txt\t.*\tok" out || cat out >>why
	tap "$f: what is not deflated so is there, the rest is told"
done

# --- cut ---------------------------------------------------------------------

# Each member that a cut leaves whole comes whole: by place, in these.
for f in $(each x.zip x.tar x-pax.tar); do
	size=$(stat -c %s "x/$f")
	"$list" "x/$f" >out 2>&1
	last=0
	for ((cut = 600; cut < size; cut += 97)); do
		head -c "$cut" "x/$f" >cut
		timeout 20 "$list" cut >cut.out 2>&1 || echo "exit $? at $cut" >>why
		now=$(came cut.out | wc -l)
		came cut.out | comm -23 - <(came out) | sed "s/^/$cut: /" >>why
		[ "$now" -ge "$last" ] || echo "$cut: $now after $last" >>why
		last=$now
	done
	[ "$last" = "$(wc -l <want)" ] || echo "$last at the end" >>why
	tap "$f: cut anywhere, what came before is whole"
done
for f in $(each x.7z x.tar.gz x.gz x.xz x.lzma x.bz2 x.zst x.lz4); do
	size=$(stat -c %s "x/$f")
	# Of lzma, which has no magic, fewer than 18 bytes are nothing known.
	for i in $(seq $((1 + 19 * 31 / size)) 30); do
		head -c $((size * i / 31)) "x/$f" >cut
		timeout 20 "$list" cut >cut.out 2>&1 || echo "exit $? at $i" >>why
		grep -qP '^flaw|\tpartial' cut.out || {
			echo "no word at $i of 31"
			cat cut.out
		} >>why
	done
	tap "$f: cut anywhere, it says so"
done

# --- one decompression ------------------------------------------------------

mkdir many
(cd many && for i in $(seq 10000); do echo "member $i" >"m$i"; done)
if command -v 7z >/dev/null; then
	7z a -y -bd -ms=on -mx=1 many.7z many >/dev/null 2>&1
	"$list" many.7z >out 2>&1 || echo "exit $?" >>why
	[ "$(grep -cP '^file\t.*\tok$' out)" = 10000 ] || tail -n 5 out >>why
	awk -F'\t' '$1 == "read" && $2 > 2 * $3 + 300000 { print }' out >>why
	tap "a solid 7z of 10,000 members is read once"
else
	skip "a solid 7z of 10,000 members is read once" "no 7z"
fi
tar -czf many.tar.gz many
"$list" many.tar.gz >out 2>&1 || echo "exit $?" >>why
[ "$(grep -cP '^file\t.*\tok$' out)" = 10000 ] || tail -n 5 out >>why
awk -F'\t' '$1 == "read" && $2 > $3 + 100 { print }' out >>why
tap "a tar.gz of 10,000 members is read once"

# --- harmless, and the same anywhere ----------------------------------------

"$list" x/x* >utc 2>&1
TZ=Asia/Tokyo "$list" x/x* >tokyo 2>&1
diff utc tokyo >>why
LC_ALL=C "$list" x/x* 2>&1 | diff utc - >>why
grep -qP '\t2024-06-03T09:00:00Z\t' utc || echo "no time" >>why
tap "times and names do not depend on zone and locale"

printf '\211LZO\0\r\n\032\n.....' >x/lzop
printf 'LRZI\0\6.........................' >x/lrzip
printf 'GRZipII\0\2\4:)...................' >x/grzip
mkdir empty
if command -v strace >/dev/null; then
	(cd empty && strace -f -qq -o "$tmp/calls" \
	    -e trace=execve,fork,vfork,clone,clone3,openat,creat,mkdir,symlink,link,mknod,unlink,rename,socket \
	    "$list" ../x/x* ../x/lzop ../x/lrzip ../x/grzip) >out 2>&1
	grep -cP '^flaw\tunsupported\t(lzop|lrzip|grzip):' out | grep -qx 3 ||
		grep flaw out >>why
	# The first execve is its own.
	sed 1d calls | grep -vE 'openat\(.*O_RDONLY|^[0-9]+ \+\+\+' >>why
	find empty -mindepth 1 >>why
	tap "no program is started and nothing is written"
else
	skip "no program is started and nothing is written" "no strace"
fi
cd "$src" || exit 2
tap_end
