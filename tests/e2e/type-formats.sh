#!/bin/bash
# type-formats.sh [MODE]: a container of every format, with files in it that
# are known, through spill-type and spill-cat: each path, size and SHA-256, and
# the bytes. TAP.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
suite=formats
export LC_ALL=C TZ=UTC PATH="$B/bin:$PATH"
for p in python3 zip; do
	command -v $p >/dev/null || skip_all "no $p"
done
{
	fixtures/make-archives "$tmp/x" && rm -f "$tmp/x/h-"* &&
	    fixtures/make-containers "$tmp/x/files" "$tmp/x" &&
	    fixtures/make-mail "$tmp/mail" && fixtures/make-ole "$tmp/ole"
} >"$tmp/log" 2>&1 || bail "no fixtures: $(tail -n 3 "$tmp/log")"
sed -n 's/^make-archives: /# /p' "$tmp/log"
mkdir "$tmp/scratch"
export TMPDIR=$tmp/scratch
cd "$tmp" || exit 2

# facts NAME <BYTES: path, size, SHA-256.
facts() {
	cat >bytes
	printf '%s\t%s\t%s\n' "$1" "$(stat -c %s bytes)" \
	    "$(sha256sum <bytes | cut -c 1-64)"
}
# folder DIR: of its regular files.
folder() {
	(cd "$1" && find . -type f -printf '%P\n') | sort |
	    while read -r f; do facts "$f" <"$1/$f"; done
}

# --- documents with objects in them ------------------------------------------

mkdir -p docx/word/embeddings "odt/Object 1" inner/word
echo '<Types/>' | tee docx/'[Content_Types].xml' >inner/'[Content_Types].xml'
echo '<w:document>EXERCISE</w:document>' | tee docx/word/document.xml \
    >inner/word/document.xml
cp ole/document.ole docx/word/embeddings/oleObject1.bin
(cd inner && zip -qrX ../docx/word/embeddings/annex.docx .)
(cd docx && zip -qrX ../x/memo.docx .)
printf application/vnd.oasis.opendocument.text >odt/mimetype
echo '<office:text>EXERCISE</office:text>' |
    tee odt/content.xml >"odt/Object 1/content.xml"
cp ole/document-v4.ole "odt/Object 2"
(cd odt && zip -qX0 ../x/memo.odt mimetype && zip -qrX ../x/memo.odt . -x mimetype)

{
	echo 'From ana@example.org Mon Jun  3 09:00:00 2024'
	tr -d '\r' <mail/attachment.eml
} >x/box.mbox
cp mail/*.eml mail/*.mbox ole/document.ole ole/document-v4.ole x/
mkdir -p x/Maildir/{new,cur,tmp}
cp mail/attachment.eml "x/Maildir/cur/1717405200.M417P1.ws0417:2,S"

# --- all of it ---------------------------------------------------------------

cd x || exit 2
find . -type f ! -path './files/*' -printf '%P\n' | sort >../names
readarray -t names <../names
spill-type -q --format tsv "${names[@]}" >../rows 2>../said
ended 1 $?
columns evidence path kind status size sha256 parent <../rows >../facts
[ "$(grep -c $'\tfile\t' ../facts)" = ${#names[@]} ] || echo "files are lacking" >>"$why"
tap "one row for each of ${#names[@]} containers"
cd ..

# came NAME [AWK]: of the container NAME, what has bytes: path below it, size,
# hash; AWK selects more.
came() {
	awk -F'\t' -v OFS='\t' -v e="$1" '
	$1 == e && $3 ~ /^(member|attachment|message)$/ '"${2:-}"' {
		$2 = substr($2, length(e) + 2)
		sub(/^\.\//, "", $2)
		if ($2 != "link" && $2 !~ /\/link$/)
			print $2, $5, $6
	}' facts | sort
}
# The files of the tree, all in all or under a name.
folder x/files >tree
under() { sed "s|^|$1|" tree | sort; }
# holds NAME <WANT: exactly what it should, all of it sound; else it is told.
holds() {
	sort >want
	came "$1" >got
	diff want got >>"$why"
	awk -F'\t' -v e="$1" '$1 == e && $4 != "ok"' facts >>"$why"
	! grep -F "'$1" said >>"$why"
	tap "$1: each member as it went in"
}
each() {
	local f
	for f; do [ ! -e "x/$f" ] || echo "$f"; done
}
for f in $(each x.zip x.zipx x-bzip2.zip x-ppmd.zip x.7z x-ppmd.7z x.tar \
    x-gnu.tar x-pax.tar x-v7.tar x.tar.gz x.cpio x.iso h-stored.zip \
    h-deflate.zip h-zip64.zip h-streamed.zip h-behind.zip h-rar4.rar \
    h-rar5.rar h-stored.cab h-mszip.cab h-stored.xar h-packed.xar h-newc.cpio \
    h-odc.cpio h-bin.cpio h-level0.lzh h-level1.lzh h-level2.lzh \
    h-x.tar.bz2 h-x.tar.xz); do
	holds "$f" <tree
done
for f in $(each x.ar h-bsd.ar h-gnu.ar); do
	grep -v ^folder/ tree | holds "$f"
done
for f in $(each x.gz x.bz2 x.xz x.lzma x.zst x.lz4 h-two.lz h-two.Z); do
	name=${f%.*} # but gzip knows what it was called
	[ "$f" != x.gz ] || name=two.txt
	facts "$name" <x/files/two.txt | holds "$f"
done

# Packages are an archive and more: what they are for is below a member.
under data.tar.xz/ >want
came h-x.deb '&& $7 ~ /data.tar.xz$/' | diff want - >>"$why"
came h-x.deb '&& $7 ~ /x.deb$/' | cut -f 1 | tr '\n' ' ' >got
[ "$(cat got)" = "control.tar.gz data.tar.xz debian-binary " ] || cat got >>"$why"
under h-x/ >want
came h-x.rpm '&& $7 !~ /x.rpm$/' | diff want - >>"$why"
tap "h-x.deb, h-x.rpm: each member as it went in"

came h-local.zip | diff tree - >>"$why"
grep -q "'h-local.zip': no end of central directory" said || echo "not told" >>"$why"
tap "h-local.zip: without its directory, each member and an error"
for f in $(each x-aes.zip x-zipcrypto.zip x-aes.7z); do
	awk -F'\t' -v e="$f" '$1 == e && $3 == "member" && $2 !~ /\/link$/ {
		$2 = substr($2, length(e) + 2)
		print $2 "\t" $5 "\t" $4 "\t" $6 }' facts | sort >got
	awk -F'\t' '{ print $1 "\t" $2 "\tencrypted\t" }' tree |
		grep -v ^empty | comm -23 - <(grep -v ^empty got) >>"$why"
	tap "$f: names, sizes and no content"
done

# What is put into a compound file (fixtures/ole_case.c).
text='NATO RESTRICTED. EXERCISE EXERCISE. '
for ((i = 0; i < 250; i++)); do printf %s "$text"; done >body
# ole PREFIX
ole() {
	facts "$1WordDocument" <body
	head -c 5000 body | facts "$1"1Table
	head -c 300 body | facts "$1%05SummaryInformation"
	printf '\0\0\3\0\1\0' | facts "$1ObjectPool/_1778946417/%03ObjInfo"
	facts "$1empty" </dev/null
	printf %s "$text" | facts "$1annex.txt"
}
for f in document.ole document-v4.ole; do
	ole "" | sort >want
	# The stream has a header before the file that is packaged in it.
	came $f | grep -v Ole10Native | diff want - >>"$why"
	came $f | grep -cP '^ObjectPool/_1778946417/%01Ole10Native\t' |
		grep -qx 1 || echo "no Ole10Native" >>"$why"
	tap "$f: each stream, and what is packaged in one"
done
{
	folder docx
	ole word/embeddings/oleObject1.bin/
	folder inner | sed 's|^|word/embeddings/annex.docx/|'
} | sort >want
came memo.docx | grep -v Ole10Native | diff want - >>"$why"
{
	folder odt
	ole "Object 2/"
} | sort >want
came memo.odt | grep -v Ole10Native | diff want - >>"$why"
tap "memo.docx, memo.odt: the objects in them, and what is in those"

# Mail (fixtures/make-mail): names of RFC 2231, base64 and quoted-printable.
marked='EXERCISE EXERCISE EXERCISE. NATO RESTRICTED.'
# attached PREFIX MESSAGE-FILE BYTES-OF-A-LINE-END
attached() {
	printf '%%PDF-1.4\n%s\n' "$marked" | facts "$1plán 2024.pdf"
	printf '%s soft = break' "$marked" | facts "$1C:\\\\TEMP\\\\new.txt"
	awk '/^From: rui/, /^--inner--/' "$2" | head -c -$3 | facts "$1the first one"
	printf 'not a png' | facts "$1the first one/map.png"
}
attached "" mail/attachment.eml 2 | holds attachment.eml
attached "" mail/attachment.eml 2 |
	holds "Maildir/cur/1717405200.M417P1.ws0417:2,S"
sed '/^From - /,$d' mail/ana.mbox | sed '1d;$d' | facts "1 one" >box
awk '/^From - /, /^From rui/' mail/ana.mbox | sed '1d;$d' | head -c -1 |
	facts "2 план" >>box
printf 'From: rui@example.org\nSubject: three\n\nend\n' | facts "3 three" >>box
holds ana.mbox <box
{
	tr -d '\r' <mail/attachment.eml | facts "1 Relatório of the EXERCISE"
	tr -d '\r' <mail/attachment.eml >lf.eml
	attached "1 Relatório of the EXERCISE/" lf.eml 1
} | holds box.mbox

# --- the bytes ----------------------------------------------------------------

columns item evidence sha256 <rows | awk -F'\t' '$3 != "" && $1 ~ /:.*:/' >hashed
(cd x && while IFS=$'\t' read -r item evidence sha256; do
	got=$(spill-cat -q "$item" </dev/null 2>/dev/null | sha256sum)
	[ "$got" = "$sha256  -" ] || echo "$item of $evidence"
done <../hashed) >>"$why"
[ "$(wc -l <hashed)" -gt 150 ] || wc -l <hashed >>"$why"
tap "spill-cat gives the bytes of all $(wc -l <hashed) of them"
(cd x && spill-type -q --format tsv <../rows) >twice 2>said2
cmp rows twice >>"$why"
tap "typed again, no row is there twice and none is another"
find "$TMPDIR" -mindepth 1 >>"$why"
tap "nothing is left in the scratch folder"
tap_end
