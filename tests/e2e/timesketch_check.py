#!/usr/bin/env python3
"""Would Timesketch import this file whole?  Stdlib only, no pandas.

Models what the importer of google/timesketch (snapshot 45b339bb, 2026-07-23)
does to a .csv or .jsonl file, in our own words:
  web     timesketch/lib/utils.py read_and_validate_csv / _jsonl
  client  importer_client/.../importer.py ImportStreamer.add_file
  index   data/generic.mappings plus OpenSearch's dynamic mapping
A row counts as dropped when any modelled route or pandas version drops it, or
when the index refuses the document.  What is imported but altered is a note.
Only ISO 8601 datetimes are taken for good: pandas would also guess others.

usage: timesketch_check.py [--strict] [--route web|client|both]
                           [--pandas 2|3|both] [--chunk N] FILE...
exit:  0 all rows accepted, 1 a row dropped or the file refused (--strict: or
       a note), 2 usage or unreadable file
"""
import argparse
import datetime as dt
import json
import re
import sys

MANDATORY = ("message", "datetime", "timestamp_desc")
SCRUBBED = {"_id", "_type", "_index", "_source", "__ts_timeline_id"}
RESERVED = {"_routing", "_ignored", "_field_names", "_seq_no", "_version",
            "_primary_term", "_nested_path", "_doc_count", "_size"}
# what pandas.read_csv takes for a missing value, quoted or not
NA = {"", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan",
      "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a",
      "nan", "null"}
BOOL = {"True", "TRUE", "true", "False", "FALSE", "false"}
INT_RE = re.compile(r"\s*[+-]?[0-9]+\s*\Z")
NUM_RE = re.compile(r"\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*\Z"
                    r"|[+-]?([iI]nf|[iI]nfinity|INF)\Z")
ISO_RE = re.compile(
    r"\s*([0-9]{4})-([0-9]{2})(?:-([0-9]{2})(?:[T ]([0-9]{2})(?::([0-9]{2})"
    r"(?::([0-9]{2})(?:\.([0-9]{1,18}))?)?)?"
    r"(Z|[+-][0-9]{2}(?::?[0-9]{2})?)?)?)?\s*\Z")
# OpenSearch "date": strict_date_optional_time
OS_DATE_RE = re.compile(
    r"[0-9]{4}(-[0-9]{2}(-[0-9]{2}(T([0-9]{2}(:[0-9]{2}(:[0-9]{2}"
    r"([.,][0-9]{1,9})?)?)?)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)?)?)?)?\Z")
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc)
NS_MIN, NS_MAX = -(2 ** 63) + 1, 2 ** 63 - 1    # 1677-09-21 .. 2262-04-11
I64_MIN, I64_MAX = -(2 ** 63), 2 ** 63 - 1
KEYWORD_BYTES, KEYWORD_CHARS = 32766, 256
# utils.py:609 reads lines of an open() text file; importer.py:839 reads lines
# of a codecs stream, which ends lines at these as well
EXTRA_EOL = re.compile("[\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]")


class Report:
    def __init__(self):
        self.rows = 0
        self.bad = {}           # row number -> reason
        self.notes = {}         # text -> [first row, count]
        self.refused = None

    def drop(self, row, why):
        self.bad.setdefault(row, why)

    def note(self, row, why):
        seen = self.notes.setdefault(why, [row, 0])
        seen[1] += 1

    def refuse(self, why):
        if self.refused is None:
            self.refused = why


def parse_iso(text):
    """(ns since 1970, fraction digits, had an offset, shape) or None."""
    m = ISO_RE.match(text)
    if not m:
        return None
    y, mo, d, h, mi, s, frac, tz = m.groups()
    try:
        t = dt.datetime(int(y), int(mo), int(d or 1), int(h or 0),
                        int(mi or 0), int(s or 0), tzinfo=dt.timezone.utc)
    except ValueError:
        return None
    delta = t - EPOCH
    sec = delta.days * 86400 + delta.seconds
    if tz and tz != "Z":
        digits = tz[1:].replace(":", "").ljust(4, "0")
        oh, om = int(digits[:2]), int(digits[2:])
        if oh > 23 or om > 59:
            return None
        sec -= (oh * 3600 + om * 60) * (-1 if tz[0] == "-" else 1)
    ns = sec * 10 ** 9 + int((frac or "").ljust(9, "0")[:9])
    shape = (bool(d), bool(h), bool(mi), bool(s), len(frac or "") and 1,
             "T" in text, bool(tz))
    return ns, len(frac or ""), bool(tz), shape


def year_of(ns):
    try:
        return (EPOCH + dt.timedelta(seconds=ns // 10 ** 9)).year
    except OverflowError:
        return 10000 if ns > 0 else 0


def tag_kind(value):
    """'ok', 'bad' (the reader raises) for a text tag value."""
    if value.startswith("[") and value.endswith("]"):
        try:
            json.loads(value)
        except ValueError:
            return "bad"
    return "ok"


class Index:
    """Dynamic mapping: the first value of a field fixes its type."""

    def __init__(self, rep):
        self.rep = rep
        self.types = {"datetime": "date", "timesketch_label": "nested"}
        self.keys = set(self.types)

    def add(self, row, event):
        self.keys.update(event)
        # tasks.py:1245: int(keys * 2 * 1.1) must stay within 1000
        if int(len(self.keys) * 2 * 1.1) > 1000:
            self.rep.refuse("more than 454 different field names (row %d)" % row)
        new = {}
        for key, value in event.items():
            why = self.put(key, value, new)
            if why:
                self.rep.drop(row, why)
                return
        self.types.update(new)

    def put(self, key, value, new):
        if key in RESERVED:
            return "field %r is reserved by the index" % key
        parts = key.split(".")
        if not all(p.strip() for p in parts):
            return "empty field name or part in %r" % key
        for i in range(1, len(parts)):
            up = ".".join(parts[:i])
            if self.look(up, new) not in (None, "object"):
                return "field %r is a value and an object" % up
            new[up] = "object"
        values = value if isinstance(value, list) else [value]
        for v in values:
            if v is None:
                continue
            if isinstance(v, dict):
                if self.look(key, new) not in (None, "object"):
                    return "field %r is a value and an object" % key
                new[key] = "object"
                for k, x in v.items():
                    why = self.put(key + "." + k, x, new)
                    if why:
                        return why
                continue
            if isinstance(v, bool):
                kind = "boolean"
            elif isinstance(v, int):
                if not I64_MIN <= v <= I64_MAX:
                    return "field %r: number beyond 64 bits" % key
                kind = "long"
            elif isinstance(v, float):
                if v != v or v in (float("inf"), float("-inf")):
                    return "field %r: not a JSON number" % key
                kind = "float"
            else:
                kind = "text"
            have = self.look(key, new)
            if have is None:
                new[key] = kind
            elif have == "object":
                return "field %r is a value and an object" % key
            elif have == "date":
                if kind == "text" and not OS_DATE_RE.match(v):
                    return "datetime %r is not what the index takes" % v
                if kind == "float" or kind == "boolean":
                    return "datetime is not a text"
            elif have in ("long", "float"):
                if kind == "boolean" or (
                        kind == "text" and not NUM_RE.match(v)):
                    return "field %r: %s in a field of numbers" % (key, kind)
            elif have == "boolean":
                if kind != "boolean" and v not in ("true", "false", ""):
                    return "field %r: %s in a field of booleans" % (key, kind)
        return None

    def look(self, key, new):
        return new.get(key, self.types.get(key))


def size_notes(rep, row, event):
    for key, v in event.items():
        if isinstance(v, str):
            if len(v.encode("utf-8", "replace")) > KEYWORD_BYTES:
                rep.note(row, "field %s over %d bytes: no exact match" %
                         (key, KEYWORD_BYTES))


# ---- CSV -----------------------------------------------------------------

def tokenize(text):
    """Rows as pandas' C tokenizer cuts them: list of (line, fields).
    A quote opens only at a field's start; "" inside quotes is one quote;
    blank lines go; returns None as the last item on an open quote."""
    rows, fields, buf, state, line, start = [], [], [], "start", 1, 1
    i, n = 0, len(text)
    while i < n:
        c = text[i]
        i += 1
        if state == "quoted":
            if c == '"':
                state = "quote"
            else:
                buf.append(c)
                line += c == "\n"
            continue
        if state == "quote":
            if c == '"':
                buf.append(c)
                state = "quoted"
                continue
            state = "field"
        if c == ",":
            fields.append("".join(buf))
            buf, state = [], "start"
        elif c == "\n":
            fields.append("".join(buf))
            if len(fields) > 1 or fields[0].strip(" \t") or state == "field":
                rows.append((start, fields))
            buf, fields, state = [], [], "start"
            line += 1
            start = line
        elif c == '"' and state == "start":
            state = "quoted"
        else:
            buf.append(c)
            state = "field"
    if state == "quoted":
        rows.append(None)
    elif fields or buf or state == "quote":
        fields.append("".join(buf))
        rows.append((start, fields))
    return rows


def column_kind(values):
    """dtype that read_csv would give the non-missing values of a column."""
    if not values:
        return "empty"
    if all(INT_RE.match(v) for v in values):
        return "int"
    if all(NUM_RE.match(v) for v in values):
        return "float"
    if all(v in BOOL for v in values):
        return "bool"
    return "text"


def typed(value, kind, holes):
    if kind == "int":
        return float(value) if holes else int(value)
    if kind == "float":
        return float(value)
    if kind == "bool":
        return value.lower() == "true"
    return value


def check_csv(data, rep, opt):
    text = data.decode("utf-8", "replace")
    if "\0" in text:
        rep.note(1, "NUL byte: pandas ends the field there")
    if "\ufffd" in text and b"\xef\xbf\xbd" not in data:
        rep.note(1, "not UTF-8: bytes become U+FFFD")
    if text.startswith("\ufeff"):
        text = text[1:]
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    rows = tokenize(text)
    if rows and rows[-1] is None:
        return rep.refuse("a quote is never closed")
    if not rows:
        return rep.refuse("empty file: no header")
    header, rows = rows[0][1], rows[1:]
    seen = {}
    for i, name in enumerate(header):
        if not name:
            rep.note(1, "empty column name becomes 'Unnamed: %d'" % i)
            header[i] = name = "Unnamed: %d" % i
        if name in seen:
            rep.note(1, "column %r twice: the second is renamed" % name)
            header[i] = "%s.%d" % (name, seen[name])
        seen[name] = seen.get(name, 0) + 1
        if name != name.strip() or " " in name:
            rep.note(1, "column name %r has a space" % name)
        if name.startswith("_"):
            rep.note(1, "column %r is thrown away or renamed" % name)
        if name == "label":
            rep.note(1, "the client throws the column 'label' away")
    need = set(MANDATORY)
    if "datetime" not in header and "timestamp" in header:
        need.discard("datetime")
        rep.note(1, "no datetime column: taken from timestamp")
    missing = sorted(need - set(header))
    if missing:
        return rep.refuse("missing mandatory column(s): " + ", ".join(missing))
    width = len(header)
    if rows and len(rows[0][1]) > width:
        return rep.refuse("row 1 has %d fields for %d columns: pandas takes the"
                          " first as an index and shifts the rest"
                          % (len(rows[0][1]), width))
    for n, (line, fields) in enumerate(rows, 1):
        if len(fields) > width:
            return rep.refuse("line %d: %d fields, expected %d"
                              % (line, len(fields), width))
        if len(fields) < width:
            rep.note(n, "fewer fields than columns: the rest is missing")
            fields.extend([""] * (width - len(fields)))
    rep.rows = len(rows)
    index = Index(rep)
    for base in range(0, len(rows), opt.chunk):
        csv_chunk([f for _, f in rows[base:base + opt.chunk]], base, header,
                  rep, opt, index)


def csv_chunk(chunk, base, header, rep, opt, index):
    cols = {}
    for c, name in enumerate(header):
        vals = [f[c] for f in chunk]
        kind = column_kind([v for v in vals if v not in NA])
        cols[name] = (vals, kind, any(v in NA for v in vals))
    times = csv_times(chunk, base, cols, rep, opt)
    for i in range(len(chunk)):
        row = base + i + 1
        for name in ("message", "timestamp_desc"):
            if cols[name][0][i] in NA:
                rep.note(row, "%s is missing (empty or NA-like text)" % name)
        if "tag" in cols:
            v = cols["tag"][0][i]
            if v in NA:
                rep.note(row, "empty tag becomes the tag 'nan': write '-'")
            elif tag_kind(v) == "bad":
                rep.refuse("row %d: tag in [] is not JSON" % row)
        if "timestamp" in cols and opt.route != "web" and times[i] is not None:
            v = cols["timestamp"][0][i]
            if not (INT_RE.match(v) and int(v) == times[i] // 1000):
                rep.note(row, "timestamp is not datetime in microseconds")
        if row in rep.bad:
            continue
        event = {}
        for name, (vals, kind, holes) in cols.items():
            v = vals[i]
            if name in SCRUBBED or name in ("datetime", "timestamp", "tag"):
                continue
            if v in NA:
                if v:
                    rep.note(row, "field %s: text %r reads as missing"
                             % (name, v))
                continue
            event[name] = typed(v, kind, holes)
            if kind == "int" and holes:
                rep.note(row, "field %s: integers turn into floats" % name)
        event["timestamp"] = 0
        index.add(row, event)
        size_notes(rep, row, event)


def csv_times(chunk, base, cols, rep, opt):
    n = len(chunk)
    out = [None] * n
    vals, kind, _ = cols.get("datetime", ([""] * n, "empty", True))
    if kind == "empty" and "timestamp" in cols and \
            cols["timestamp"][1] in ("int", "float"):
        vals, kind = cols["timestamp"][0], "epoch"
    if kind in ("int", "float", "epoch"):
        nums = [None if v in NA else float(v) for v in vals]
        big = any(x is not None and x > 1e15 for x in nums)
        for i, x in enumerate(nums):
            if x is None:
                rep.drop(base + i + 1, "datetime is empty")
                continue
            if kind == "epoch":
                unit = (1 if x > 1e17 else 10 ** 3 if x > 1e14 else
                        10 ** 6 if x > 1e11 else 10 ** 9)
            else:
                unit = 10 ** 3 if big else 1
                if not big:
                    rep.note(base + i + 1, "number in datetime is read as "
                             "nanoseconds")
            ns = int(float(vals[i]) if "." in vals[i] else int(vals[i])) * unit
            if not NS_MIN <= ns <= NS_MAX:
                rep.drop(base + i + 1, "datetime out of range")
            else:
                out[i] = ns
        return out
    parsed = [None if v in NA else parse_iso(v) for v in vals]
    fine = any(p and p[1] > 6 for p in parsed)
    for i, p in enumerate(parsed):
        row = base + i + 1
        if p is None:
            rep.drop(row, "datetime is empty" if vals[i] in NA else
                     "datetime %r is not ISO 8601" % vals[i])
            continue
        ns, digits, zone, _ = p
        inside = NS_MIN <= ns <= NS_MAX
        if opt.pandas != "3" and not inside:
            rep.drop(row, "datetime before 1677-09-21 or after 2262-04-11 "
                     "(pandas 2)")
        elif opt.pandas != "2" and fine and not inside:
            rep.drop(row, "datetime before 1677-09-21 or after 2262-04-11 "
                     "beside one with 7 or more digits (pandas 3)")
        elif opt.pandas != "2" and not 1700 <= year_of(ns) <= 9999:
            rep.drop(row, "datetime before 1700 or after 9999")
        else:
            out[i] = ns
        if not zone:
            rep.note(row, "datetime without an offset is taken as UTC")
        if digits > 6:
            rep.note(row, "timestamp keeps 6 of %d fraction digits" % digits)
    if opt.route != "web" and any(p is None for p in parsed):
        first = next((p for p in parsed if p), None)
        for i, p in enumerate(parsed):
            if p and first and p[3] != first[3]:
                rep.note(base + i + 1, "client: a bad datetime in the chunk "
                         "sets this row to 1970-01-01")
        rep.note(base + 1, "client: a bad datetime in the chunk cuts every "
                 "fraction off and sets the bad row to 1970-01-01")
    return out


# ---- JSONL ---------------------------------------------------------------

def pairs(rep, row):
    def hook(items):
        out = {}
        for k, v in items:
            if k in out:
                rep.note(row, "key %r twice: the last one counts" % k)
            out[k] = v
        return out
    return hook


def check_jsonl(data, rep, opt):
    text = data.decode("utf-8", "replace")
    if "\ufffd" in text and b"\xef\xbf\xbd" not in data:
        rep.note(1, "not UTF-8: bytes become U+FFFD")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if lines and lines[-1] == "":
        lines.pop()
    if not lines:
        return rep.refuse("empty file")
    index = Index(rep)
    for row, line in enumerate(lines, 1):
        rep.rows = row
        if opt.route != "web" and EXTRA_EOL.search(line):
            rep.drop(row, "client: raw U+0085, U+2028 or the like ends the "
                     "line: write \\u escapes")
        try:
            event = json.loads(line, object_pairs_hook=pairs(rep, row))
        except (ValueError, RecursionError) as e:
            return rep.refuse("line %d is not JSON: %s" % (row, e))
        if not isinstance(event, dict):
            return rep.refuse("line %d is not a JSON object" % row)
        if jsonl_event(event, row, rep, opt):
            return
        if row not in rep.bad:
            for key in SCRUBBED:
                if event.pop(key, None) is not None:
                    rep.note(row, "field %s is thrown away" % key)
            index.add(row, event)
            size_notes(rep, row, event)


def jsonl_event(event, row, rep, opt):
    """Returns True when the file is refused there."""
    when = event.get("datetime")
    if "datetime" not in event and "timestamp" in event:
        try:
            int(str(event["timestamp"])[:10])
        except ValueError:
            rep.refuse("line %d: timestamp is not a number" % row)
            return True
        event["datetime"] = when = "1970-01-01T00:00:00"
        rep.note(row, "no datetime: made from 10 characters of timestamp, in "
                 "the server's time zone")
    missing = [k for k in MANDATORY if k not in event]
    if missing:
        rep.refuse("line %d: missing field(s): %s" % (row, ", ".join(missing)))
        return True
    parsed = parse_iso(when) if isinstance(when, str) else None
    if not isinstance(when, str):
        rep.drop(row, "datetime is not a text")
    elif parsed is None:
        rep.drop(row, "datetime %r is not ISO 8601" % when)
    elif not OS_DATE_RE.match(when):
        rep.drop(row, "datetime %r is not what the index takes" % when)
    else:
        if not parsed[2]:
            rep.note(row, "datetime without an offset: timestamp is made in the"
                     " server's time zone")
        if "timestamp" not in event:
            rep.note(row, "no timestamp: made by floating point, may be off by "
                     "one microsecond")
        elif type(event["timestamp"]) is not int:
            rep.note(row, "timestamp is not an integer: kept as it is")
        elif event["timestamp"] != parsed[0] // 1000:
            rep.note(row, "timestamp is not datetime in microseconds")
    for key in ("message", "timestamp_desc"):
        if event[key] is None or event[key] == "":
            rep.note(row, "%s is empty" % key)
        elif not isinstance(event[key], str):
            rep.note(row, "%s is not a text" % key)
    if "tag" in event:
        tag = event["tag"]
        if tag is None:
            rep.note(row, "tag null becomes the tag 'None': leave it out")
        elif isinstance(tag, str) and tag_kind(tag) == "bad":
            rep.refuse("line %d: tag in [] is not JSON" % row)
            return True
        event["tag"] = "text"
    if opt.route != "web":
        for key in event:
            if key.startswith("_"):
                rep.note(row, "client: field %s is thrown away" % key)
    return False


# ---- command line ---------------------------------------------------------

def main():
    ap = argparse.ArgumentParser(description="Timesketch import rules check")
    ap.add_argument("--strict", action="store_true")
    ap.add_argument("--route", choices=("web", "client", "both"),
                    default="both")
    ap.add_argument("--pandas", choices=("2", "3", "both"), default="both")
    ap.add_argument("--chunk", type=int, default=10000)
    ap.add_argument("files", nargs="+", metavar="FILE")
    opt = ap.parse_args()
    status = 0
    for path in opt.files:
        rep = Report()
        try:
            with open(path, "rb") as f:
                data = f.read()
        except OSError as e:
            print("%s: %s" % (path, e.strerror), file=sys.stderr)
            return 2
        ext = path.rsplit(".", 1)[-1] if "." in path else ""
        if ext == "csv":
            check_csv(data, rep, opt)
        elif ext == "jsonl":
            check_jsonl(data, rep, opt)
        else:
            rep.refuse("the name must end in .csv or .jsonl")
        name = path + ": " if len(opt.files) > 1 else ""
        dropped = rep.rows if rep.refused else len(rep.bad)
        print("%saccepted %d, dropped %d" % (name, rep.rows - dropped, dropped))
        if rep.refused:
            print("refused: " + rep.refused)
        why = {}
        for row, reason in sorted(rep.bad.items()):
            why.setdefault(reason, []).append(row)
        for reason, rows in why.items():
            print("dropped %d, first row %d: %s" % (len(rows), rows[0], reason))
        for reason, (row, count) in rep.notes.items():
            print("note %d, first row %d: %s" % (count, row, reason))
        if rep.refused or rep.bad or (opt.strict and rep.notes):
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
