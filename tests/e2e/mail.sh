#!/bin/bash
# mail.sh [MODE]: mail and compound files: what our readers find is what
# Python's email module and 7-Zip find in the same files, and what the answers
# of the test data say. TAP.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
suite=mail
dump=$tmp/dump flags=()
[ "$mode" != san ] || flags=(-fsanitize=address,undefined -fno-sanitize-recover=all)
read -ra gmime < <(pkg-config --libs gmime-3.0)
${CC:-cc} -std=c17 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -Iinclude -O1 \
    "${flags[@]}" -o "$dump" tests/e2e/unpack-dump.c "$B/lib/libspill.a" \
    -lcrypto "${gmime[@]}" || bail "the program does not build"
made=$tmp/made
fixtures/make-mail "$made" && fixtures/make-ole "$made" || bail "no fixtures"
shared=../shared/testdata
check=$PWD/tests/e2e/mail_check.py
python=$(command -v python3)

# ours parts|mbox FILE: as mail_check.py has it. What stands between parts is
# none of Python's; nor are the bytes of a message.
ours() {
	"$dump" mail "$2" | if [ "$1" = parts ]; then
		awk -F'|' -v OFS='|' '$1 != 5 || $9 ~ /^(text|a multipart) / { next }
		    $4 ~ /^message\// || $7 == 2 { $6 = "-" }
		    { print $2, $3, $4, $6 }'
	else
		awk -F'|' -v OFS='|' '$1 == 4 { print $2, $3 }'
	fi
}
# agrees KIND FILE [SED]: with Python; SED mends what Python has otherwise.
agrees() {
	"$python" "$check" "$1" "$2" 2>&1 | sed "${3:-}" >"$tmp/theirs"
	ours "$1" "$2" >"$tmp/ours"
	# Broken for either: nobody's bytes are better.
	awk -F'|' 'NR == FNR { if ($4 == "-") dash[FNR] = 1; next }
	    dash[FNR] { sub(/\|[^|]*$/, "|-") } 1' "$tmp/theirs" "$tmp/ours" \
	    >"$tmp/ours.1"
	awk -F'|' 'NR == FNR { if ($4 == "-") dash[FNR] = 1; next }
	    dash[FNR] { sub(/\|[^|]*$/, "|-") } 1' "$tmp/ours.1" "$tmp/theirs" \
	    >"$tmp/theirs.1"
	cmp -s "$tmp/ours.1" "$tmp/theirs.1" || {
		echo "${2##*/}:"
		diff "$tmp/theirs.1" "$tmp/ours.1"
	} >>"$why"
}

if [ -z "$python" ]; then
	skip "fixtures as Python's email module reads them" "no python3"
else
	for f in "$made"/*.eml; do agrees parts "$f"; done
	# A line of text is no message; lengths count.
	agrees mbox "$made/ana.mbox" '/^2|$/d; s/^3/2/; s/^4/3/; s/^5/4/'
	agrees mbox "$made/lengths.mbox" '/^2|inside$/d; s/^3/2/'
	tap "fixtures as Python's email module reads them"
fi

# By what was put there.
sha=$(printf 'EXERCISE' | sha256sum | cut -d ' ' -f 1)
{
	"$dump" mail "$made/encodings.eml" | cut -d '|' -f 2,3,6-8
	"$dump" mail "$made/cut.eml" | tail -n 2 | cut -d '|' -f 2,3,7,8
	"$dump" mail "$made/hidden.eml" | grep -c '^flaw|anomaly'
	"$dump" mail "$made/hidden.eml" | grep '^5' | cut -d '|' -f 2,3
	"$dump" mail "$made/apple.emlx" >"$tmp/apple"
	"$dump" mail "$made/attachment.eml" | cmp - "$tmp/apple"
	! "$dump" mail "$made/memo.txt" | grep .
} >"$tmp/ours" 2>&1
cat >"$tmp/theirs" <<END
1|bad.b64|$sha|2|it has bytes that are not base64
2|footer.b64|$sha|2|there are bytes behind the end of its base64
3|uu.txt|$sha|0|
4|eight.bin|$(printf 'caf\351 \377\r x' | sha256sum | cut -d ' ' -f 1)|0|
1|a.zip|2|its base64 ends within a group
damaged|0
2
1|../../../etc/cron.d/x
2|
3|
END
diff "$tmp/theirs" "$tmp/ours" >>"$why"
tap "damaged, hidden, Apple's"

# Content that 7-Zip takes out of compound files; it writes control characters
# as [5], and has a packaged file as part of its stream.
if ! command -v 7z >/dev/null; then
	skip "compound files as 7-Zip reads them" "no 7z"
else
	for f in "$made/document.ole" "$made/document-v4.ole"; do
		rm -rf "$tmp/x"
		7z x -o"$tmp/x" "$f" >"$tmp/7z" 2>&1 || cat "$tmp/7z" >>"$why"
		(cd "$tmp/x" && find . -type f -exec sha256sum {} + |
			sed -E 's|^([0-9a-f]*) +\./(.*)|\2 \1|' | sort) >"$tmp/theirs"
		"$dump" ole "$f" | awk -F'|' '$1 == 0 && $3 == "" { print $2, $6 }' |
			sed -E 's/\\x0([0-9])/[\1]/' | sort >"$tmp/ours"
		[ -s "$tmp/theirs" ] || echo "7z: nothing" >>"$why"
		diff "$tmp/theirs" "$tmp/ours" >>"$why"
	done
	tap "compound files as 7-Zip reads them"
fi

# --- sizes ---------------------------------------------------------------

# memory FILE LIMIT: in KiB.
memory() {
	local k
	"$dump" -n mail "$1" >"$tmp/said"
	k=$(sed -n 's/ KiB$//p' "$tmp/said")
	[ "$k" -lt "$2" ] || echo "${1##*/}: $k KiB" >>"$why"
}
if [ "$mode" = san ]; then
	skip "large ones take no memory" "its memory is the sanitizer's"
else
	printf 'From: a@b\nContent-Type: a/b\nX-Large: ' >"$tmp/header"
	truncate -s 100M "$tmp/header"
	printf '\n\nbody' >>"$tmp/header"
	memory "$tmp/header" 20000
	printf 'From: a@b\nContent-Type: a/b; name="' >"$tmp/field"
	head -c 100M /dev/zero | tr '\0' n >>"$tmp/field"
	printf '"\n\nbody' >>"$tmp/field"
	memory "$tmp/field" 20000
	grep -q '^flaw|limit' "$tmp/said" || echo "field: no limit" >>"$why"
	printf 'From - \nSubject: a\n\n' >"$tmp/box"
	truncate -s 2100M "$tmp/box"
	printf '\n\nFrom - \nSubject: b\n\nx\n' >>"$tmp/box"
	memory "$tmp/box" 20000
	cut -d '|' -f 1-5 "$tmp/said" | head -n 2 >"$tmp/ours"
	printf '4|1|a|message/rfc822|2202009593\n4|2|b|message/rfc822|14\n' |
		diff - "$tmp/ours" >>"$why"
	rm -f "$tmp/header" "$tmp/field" "$tmp/box"
	tap "large ones take no memory"
fi

# --- the test data -------------------------------------------------------

if [ ! -e $shared/mail/answers.csv ]; then
	skip "the answers of the test data" "no $shared"
	tap_end
	exit
fi
if [ -n "$python" ]; then
	for f in $shared/mail/eml/*.eml $shared/mail/eml/*.txt; do
		case $f in
		*be_base64.eml) ;; # a piece of a mail
		*multipart-digest.txt) ;; # a mailbox of one
		*missing-subtype.txt) agrees parts "$f" \
		    's|text/plain|application-x-gzip|' ;;
		# Raw 8-bit bytes, which Python does not guess at.
		*) agrees parts "$f" 's/\xef\xbf\xbd/\xc3\xb6/' ;;
		esac
	done
	tap "the mails of the test data as Python's email module reads them"
fi
"$python" - $shared/mail/answers.csv <<'END' >"$tmp/answers"
import csv
import sys

for file, key, value, *_ in csv.reader(open(sys.argv[1], encoding='utf-8',
                                            errors='surrogateescape')):
    if file.startswith('mbox/') and key == 'messages':
        print(file, key, value, sep='|')
    if file.startswith('eml/') and key == 'attachment_names':
        for name in value.replace('\ufffd', '\u00f6').split(';'):
            print(file, key, name, sep='|')
END
while IFS='|' read -r file key value; do
	"$dump" mail "$shared/mail/$file" >"$tmp/said" 2>&1
	case $key in
	messages)
		# Splits at "From Russia with love", where no message is.
		[ "$file" != mbox/mimekit_unmunged.mbox.txt ] || value=2
		count=$(grep -c '^4' "$tmp/said")
		[ "$count" = "$value" ] ||
			echo "$file: $count messages, not $value" ;;
	*) cut -d '|' -f 3 "$tmp/said" | grep -qxF -e "$value" ||
		echo "$file: no $value" ;;
	esac
done <"$tmp/answers" >>"$why"
[ "$(wc -l <"$tmp/answers")" -ge 30 ] || echo "few answers" >>"$why"
tap "the answers of the test data"
tap_end
