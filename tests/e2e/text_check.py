"""What spill-text says of files, against what others say of them.

usage: text_check.py answers ROWS FOLDER ANSWERS PREFIX...
       text_check.py agree ROWS LIST FORMAT

ROWS: spill-text --format tsv. answers: each answer of the test data in FOLDER
that does not hold, one a line, of the files whose names begin with a PREFIX;
the last line is how many were looked at. agree: LIST has two tab-separated
columns, a file and the text that another program found in it; what it prints is
FORMAT, files, words, words found, share, and the words that are not found.
"""
import csv
import email.header
import re
import sys
import unicodedata
import urllib.parse


def lines_of(rows):
    """Of each operand its lines as (depth, part, page, role, text)."""
    found = {}
    with open(rows, encoding='utf-8', newline='\n') as f:
        names = f.readline().rstrip('\n').split('\t')
        at = {name: i for i, name in enumerate(names)}
        for line in f:
            c = line.rstrip('\n').split('\t')

            def cell(name):
                return c[at[name]].replace('\\t', '\t').replace('\\\\', '\\')
            text, part = (urllib.parse.unquote(cell(k)) for k in ('text', 'part'))
            found.setdefault(urllib.parse.unquote(cell('evidence')), []).append(
                (cell('item').count(':') - 1, part, cell('page'), cell('role'),
                 text))
    return found


def plain(text):
    """As a reader compares words: no case, no ligature, no soft hyphen."""
    text = unicodedata.normalize('NFKC', text.replace('\u00ad', ''))
    return text.casefold()


def words(text):
    return re.findall(r'[^\W_]+', plain(text))


def letters(text):
    """What the answers take for words: without digits, and joined as well."""
    pieces = re.findall(r'[^\W\d_]+', plain(text))
    return set(pieces), ''.join(pieces)


# --- answers ----------------------------------------------------------------

# Keys of metadata: the part in which it stands, and what ExifTool calls it.
METADATA = {
    'title': 'title', 'producer': 'producer', 'Title': 'title',
    'Author': 'author', 'Company': 'company', 'LastModifiedBy': 'operator',
}
FIELDS = {'subject': 'subject', 'from': 'from', 'to': 'to', 'date': 'date'}


def decoded(raw):
    """A field as it was meant; what Python could not decode is any one."""
    raw = raw.replace('\\r\\n', '').replace('\\t', ' ').replace('\\n', '')
    if '\ufffd' in raw:  # raw bytes in an encoded word: Python takes it for none
        raw = re.sub(r'\?=\s+=\?', '?==?', raw)
        raw = re.sub(r'=\?[^?]*\?[qQ]\?([^?]*)\?=',
                     lambda m: m[1].replace('_', ' '), raw)
    text = ''
    for piece, charset in email.header.decode_header(raw):
        text += piece.decode(charset or 'ascii', 'replace') \
            if isinstance(piece, bytes) else piece
    return text


def same_field(want, got):
    want, got = (' '.join(re.sub('["\\s]+', ' ', v).split())
                 for v in (decoded(want), got))
    return re.fullmatch(re.escape(want).replace('\ufffd', '.'), got)


def unlisted(value):
    """ExifTool's lists: ['a', 'b'] and a;b."""
    if value.startswith('['):
        return re.findall(r"'([^']*)'", value)
    return [value]


def holds(key, value, lines):
    own = [x for x in lines if x[0] == 0]
    if key == 'text.must_contain':
        have, joined = letters(' '.join(x[4] for x in own))
        return sorted({w for w in words(value)
                       if w not in have and (len(w) < 6 or w not in joined)})
    if key == 'pages':
        last = max([int(x[2]) for x in own if x[2]], default=0)
        return [] if last <= int(value) else [f'{last} of {value}']
    if key == 'sheets':
        have = sum(x[1].endswith('#sheet') for x in own)
        return [] if have == int(value) else [f'{have} of {value}']
    if key in FIELDS:
        have = [x[4] for x in lines if x[3] == 'property'
                and x[1].lower() == FIELDS[key]]
        return [] if any(same_field(value, v) for v in have) else [value]
    part = METADATA[key.rpartition(':')[2]]
    have = [' '.join(x[4].split()) for x in own
            if (x[3] == 'title' and part == 'title')
            or (x[3] == 'property'
                and x[1].rpartition('#')[2].lower() in (part, 'creator'))]
    return [v for v in unlisted(value) if ' '.join(v.split()) not in have]


def answers(rows, folder, path, prefixes):
    found = lines_of(rows)
    looked = 0
    with open(path, encoding='utf-8', errors='replace', newline='') as f:
        for file, key, value, *_ in csv.reader(f):
            known = key in FIELDS or key in ('text.must_contain', 'pages',
                                             'sheets') or \
                key.rpartition(':')[2] in METADATA and \
                not key.startswith('meta.FlashPix')
            if not known or not file.startswith(tuple(prefixes)) or not value:
                continue
            looked += 1
            for what in holds(key, value, found.get(f'{folder}/{file}', [])):
                print(f'{file}: {key}: {what}')
    print(looked)


# --- agreement --------------------------------------------------------------

def agree(rows, listed, name):
    found = lines_of(rows)
    files = total = good = 0
    lost = []
    for line in open(listed, encoding='utf-8'):
        file, other = line.rstrip('\n').split('\t')
        with open(other, encoding='utf-8', errors='replace') as f:
            theirs = set(words(f.read()))
        ours = set(words(' '.join(x[4] for x in found.get(file, []))))
        files += 1
        total += len(theirs)
        good += len(theirs & ours)
        lost += [f'{file}: {w}' for w in sorted(theirs - ours)]
    print(name, files, total, good, f'{good / max(total, 1):.4f}', sep='\t')
    print(*lost, sep='\n')


if __name__ == '__main__':
    csv.field_size_limit(1 << 24)
    if sys.argv[1] == 'answers':
        answers(*sys.argv[2:5], sys.argv[5:])
    else:
        agree(*sys.argv[2:5])
