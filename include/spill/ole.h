/*
 * ole.h: compound files, alias OLE2 ([MS-CFB]: legacy Office documents, .msg,
 * .msi, thumbs.db, jump lists, embedded objects): a FAT file system in a file.
 * It is a format of unpack.h; this tells what its members are.
 *
 * Members are its storages (dir; born and modified as they have them) and
 * streams (file), in the order of the tree, a storage before what is in it.
 * name: those of the storages and its own with '/' between, UTF-16 as UTF-8,
 * a lone surrogate as WTF-8, control characters as they are
 * ("\005SummaryInformation"); a '/' in a name, which [MS-CFB] 2.6.1 forbids,
 * is "%2F", and note says so. The root is the container itself.
 *
 * Entries that the tree does not lead to (freed ones, lost ones) follow by
 * their name alone, with a note. They have only those sectors that are no
 * other stream's.
 *
 * A stream "\001Ole10Native" that holds a file of Windows' packager
 * ([MS-OLEDS] 2.3.6) is followed by that file: name: the stream's, '/' and
 * the file's as the packager has it (code page of that machine); title: the
 * same in UTF-8, if it is there; note: the path that it came from.
 *
 * Damage: chains that loop, end early, or lead out of the file give a member
 * that is partial, with all bytes up to there; sectors that two streams share
 * are told with both, up to twice the size of the file in all. Tables and
 * directory are in memory, which is bounded by their part of the file and by
 * conf.memory. Each sector is visited once for each stream that has it:
 * linear in the file.
 *
 * The sections that the code follows: 2.2 header, 2.3 FAT, 2.4 mini FAT, 2.5
 * DIFAT, 2.6 directory.
 */
#ifndef SPILL_OLE_H
#define SPILL_OLE_H

#include <spill/unpack.h>

extern const struct spill_unpack spill_unpack_ole;

#endif
