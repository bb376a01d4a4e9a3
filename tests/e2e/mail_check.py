#!/usr/bin/env python3
"""mail_check.py parts|mbox FILE: what Python's email module finds in a mail,
in the lines that mail.sh makes of unpack-dump's: number|title|mime|sha256 of
the attachments by the rule of mail.h, or number|subject of the messages.
The content of a message/rfc822 and what is broken has - as its hash."""
import email
import email.header
import hashlib
import mailbox
import re
import sys


def words(raw):
    """A header's text, encoded words and raw 8-bit bytes decoded."""
    out = ''
    raw = re.sub(r'\r?\n[ \t]', ' ', str(raw))
    for text, charset in email.header.decode_header(raw):
        if isinstance(text, bytes):
            out += text.decode(charset or 'latin-1', 'replace')
        else:
            out += text
    return out.strip().encode('utf-8', 'surrogateescape').decode('utf-8')


def name_of(part):
    name = part.get_param('filename', None, 'content-disposition')
    name = name or part.get_param('name', None)
    if name is None:
        return ''
    return words(email.utils.collapse_rfc2231_value(name))


def is_text(part, default):
    declared = part.get('content-type') is not None
    kind = part.get_content_type() if declared else default
    return (kind in ('text/plain', 'text/html') and not name_of(part) and
            part.get_content_disposition() != 'attachment')


def leaves(part, own, default='text/plain'):
    kind = part.get_content_type()
    if part.get('content-type') is None:
        kind = default
    if kind.startswith('multipart/') and not part.is_multipart():
        return  # its boundary does not occur
    if kind == 'message/rfc822' or not part.is_multipart():
        if not (own and is_text(part, default)):
            yield part, kind
        return
    if kind.startswith('message/'):
        yield part, kind
        return
    below = 'message/rfc822' if kind == 'multipart/digest' else 'text/plain'
    for i, sub in enumerate(part.get_payload()):
        yield from leaves(
            sub, own and (i == 0 or kind == 'multipart/alternative'), below)


def parts(path):
    with open(path, 'rb') as f:
        message = email.message_from_bytes(f.read())
    for n, (part, kind) in enumerate(leaves(message, True), 1):
        title, digest = name_of(part), '-'
        if kind == 'message/rfc822':
            title = title or words(part.get_payload(0).get('subject', ''))
        elif not kind.startswith('message/'):
            digest = hashlib.sha256(part.get_payload(decode=True)).hexdigest()
        if part.defects:
            digest = '-'
        print(n, title, kind, digest, sep='|')


def messages(path):
    for n, message in enumerate(mailbox.mbox(path, create=False), 1):
        print(n, words(message.get('subject', '')), sep='|')


if __name__ == '__main__':
    (parts if sys.argv[1] == 'parts' else messages)(sys.argv[2])
