"""Documents of one line each in charsets that need tables, by the names of the
files: PDF with predefined CMaps (ISO 32000-1, 9.7.5.2), whose tables are those of
poppler-data, and mail. What is in them goes to standard output.

usage: text_charsets.py FOLDER
"""
import base64
import sys

PDF = [
    # name, ordering, cmap, charset, text
    ('gb', 'GB1', 'UniGB-UCS2-H', 'utf-16-be', '机密文件'),
    ('sjis', 'Japan1', '90ms-RKSJ-H', 'cp932', '極秘文書'),
    ('ksc', 'Korea1', 'KSCms-UHC-H', 'cp949', '비밀문서'),
    ('b5', 'CNS1', 'ETen-B5-H', 'big5', '絕對機密'),
]


def pdf(ordering, cmap, data):
    stream = b'BT /F1 24 Tf 72 400 Td <' + data.hex().encode() + b'> Tj ET'
    objs = [
        b'<</Type/Catalog/Pages 2 0 R>>',
        b'<</Type/Pages/Kids[3 0 R]/Count 1>>',
        b'<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R'
        b'/Resources<</Font<</F1 5 0 R>>>>>>',
        b'<</Length %d>>\nstream\n%s\nendstream' % (len(stream), stream),
        b'<</Type/Font/Subtype/Type0/BaseFont/Test-%s/Encoding/%s'
        b'/DescendantFonts[6 0 R]>>' % (cmap, cmap),
        b'<</Type/Font/Subtype/CIDFontType0/BaseFont/Test/FontDescriptor 7 0 R'
        b'/CIDSystemInfo<</Registry(Adobe)/Ordering(%s)/Supplement 2>>>>' % ordering,
        b'<</Type/FontDescriptor/FontName/Test/Flags 4/FontBBox[0 -200 1000 900]'
        b'/ItalicAngle 0/Ascent 800/Descent -200/CapHeight 700/StemV 80>>',
    ]
    out = b'%PDF-1.4\n'
    at = []
    for i, o in enumerate(objs, 1):
        at.append(len(out))
        out += b'%d 0 obj\n%s\nendobj\n' % (i, o)
    xref = len(out)
    out += b'xref\n0 %d\n0000000000 65535 f \n' % (len(objs) + 1)
    out += b''.join(b'%010d 00000 n \n' % a for a in at)
    out += b'trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n' % (len(objs) + 1, xref)
    return out


MAIL = [
    ('latin9', 'iso-8859-15', 'Geheim: 5 \u20ac f\u00fcr \u0152uvre'),
    ('koi8r', 'koi8-r', 'Совершенно секретно'),
    ('big5', 'big5', '絕對機密文件'),
]


def mail(charset, text):
    data = base64.b64encode(text.encode(charset)).decode()
    return (f'From: a@example.org\nTo: b@example.org\n'
            f'Subject: =?{charset}?B?{data}?=\nMIME-Version: 1.0\n'
            f'Date: Wed, 17 May 2000 19:10:31 +0000\n'
            f'Content-Type: text/plain; charset={charset}\n'
            f'Content-Transfer-Encoding: base64\n\n{data}\n').encode()


for name, ordering, cmap, charset, text in PDF:
    with open(f'{sys.argv[1]}/{name}.pdf', 'wb') as f:
        f.write(pdf(ordering.encode(), cmap.encode(), text.encode(charset)))
    print(f'{name}.pdf', '1', 'body', text, sep='\t')
for name, charset, text in MAIL:
    with open(f'{sys.argv[1]}/{name}.eml', 'wb') as f:
        f.write(mail(charset, text))
    print(f'{name}.eml', '', 'Subject', text, sep='\t')
    print(f'{name}.eml', '', 'body', text, sep='\t')
