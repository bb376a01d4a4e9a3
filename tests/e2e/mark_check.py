#!/usr/bin/env python3
"""mark_check.py ROWS ANSWERS: verdicts against the answers of the test data.

ROWS: spill-mark --format tsv. Prints a table of both and what it amounts to,
with 95 % intervals of Wilson's; then one line "wrong CHECK: ..." for each
answer that is missed.
"""
import collections
import csv
import math
import sys
from urllib.parse import unquote

FOUND = ('marked', 'labelled', 'portion')
GROUPS = {'FVEY': 'AUS CAN GBR NZL USA', 'ACGU': 'AUS CAN GBR USA',
          'TEYE': 'AUS GBR USA'}
CONTROLS = {'NF': 'NOFORN', 'OC': 'ORCON', 'PR': 'PROPIN', 'IMC': 'IMCON',
            'FOUO': 'FOUO', 'RELIDO': 'RELIDO', 'DSEN': 'DEA SENSITIVE'}


def read(rows, answers):
    got, want = {}, collections.defaultdict(lambda: collections.defaultdict(list))
    with open(rows, encoding='utf-8', newline='') as f:
        for r in csv.DictReader(f, delimiter='\t', quoting=csv.QUOTE_NONE):
            got[unquote(r['item']).removeprefix('file:')] = r
    with open(answers, encoding='utf-8', newline='') as f:
        for r in csv.DictReader(f):
            want[r['file']][r['key']].append(r['value'])
    return got, want


def truth(a):
    """yes, no, or None: the answers do not say."""
    if 'marking.present' in a:
        v = a['marking.present'][0]
        return None if v in ('unknown', 'scan') else \
            'yes' if v == 'yes' else 'no'
    return 'yes' if 'nitf.FSCLAS' in a else None


def rank(level):
    for word, n in (('TOP SECRET', 5), ('MOST SECRET', 5), ('SECRET', 4),
                    ('CONFIDENTIAL', 3), ('UNCLASSIFIED', 1),
                    ('RESTRICTED', 2), ('VS-NfD', 2)):
        if word in level:
            return n
    return {'TS': 5, 'S': 4, 'C': 3, 'R': 2, 'U': 1}.get(level)


def levels(a):
    return a.get('marking.level') or a.get('ism.resource.classification') or []


def expand(words):
    return {m for w in words for m in GROUPS.get(w, w).split()}


def caveats(a, r):
    """What of the categories and the release is not as the answers say."""
    have = set(r['categories'].split(';'))
    dissem = ' '.join(a.get('ism.resource.disseminationControls', [])).split()
    wrong = [CONTROLS[c] for c in dissem
             if c in CONTROLS and CONTROLS[c] not in have]
    rel = ' '.join(a.get('ism.resource.releasableTo', [])).split()
    if rel and expand(rel) != expand(r['release'].split(';')):
        wrong.append('release ' + r['release'])
    return wrong


def wilson(k, n):
    if n == 0:
        return 'none'
    z, p = 1.96, k / n
    mid = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return f'{k}/{n} = {p:.3f} [{mid - half:.3f}, {mid + half:.3f}]'


def main():
    got, want = read(*sys.argv[1:3])
    table, wrong = collections.Counter(), []
    right = collections.Counter()
    for name, a in sorted(want.items()):
        t, r = truth(a), got.get(name, {})
        if t is None:
            continue
        c = r.get('class') or 'none'
        kind = name.split('/')[0]
        table[kind, t, c] += 1
        found = c in FOUND
        right['found' if t == 'yes' else 'false'] += found
        right['yes' if t == 'yes' else 'no'] += 1
        if found != (t == 'yes'):
            wrong.append(f'wrong class: {name}: {c}: {r.get("reason")}')
        if not found or t != 'yes' or not levels(a):
            continue
        right['levels'] += 1
        if all(str(rank(v)) != (r['rank_max'] or r['rank'])
               for v in levels(a)):
            wrong.append(f'wrong level: {name}: {r["level"]}, '
                         f'not {levels(a)}')
        else:
            right['level'] += 1
        bad = caveats(a, r)
        right['caveat'] += not bad
        wrong += [f'wrong caveat: {name}: {b}' for b in bad]
    for key in sorted(table):
        print('table', *key, table[key])
    print('recall', wilson(right['found'], right['yes']))
    print('precision', wilson(right['found'], right['found'] + right['false']))
    print('level', wilson(right['level'], right['levels']))
    print('caveat', wilson(right['caveat'], right['levels']))
    print(*wrong, sep='\n')


main()
