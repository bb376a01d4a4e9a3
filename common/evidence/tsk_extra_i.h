/*
 * tsk_extra_i.h: functions that libtsk exports for its readers of file systems
 * but declares in no installed header (tsk_fs_i.h, 4.11). With them a reader
 * of ours looks to the walk like one of libtsk's.
 */
#ifndef SPILL_TSK_EXTRA_I_H
#define SPILL_TSK_EXTRA_I_H

#include <tsk/libtsk.h>

extern TSK_FS_INFO *tsk_fs_malloc(size_t size);
extern void tsk_fs_free(TSK_FS_INFO *fs);
extern TSK_FS_META *tsk_fs_meta_alloc(size_t size);
extern void tsk_fs_meta_reset(TSK_FS_META *meta);
extern TSK_FS_DIR *tsk_fs_dir_alloc(
    TSK_FS_INFO *fs, TSK_INUM_T addr, size_t count);
extern uint8_t tsk_fs_dir_realloc(TSK_FS_DIR *dir, size_t count);
extern void tsk_fs_dir_reset(TSK_FS_DIR *dir);
extern TSK_FS_NAME *tsk_fs_name_alloc(size_t name, size_t short_name);
extern uint8_t tsk_fs_name_copy(TSK_FS_NAME *to, const TSK_FS_NAME *from);
extern void tsk_fs_name_free(TSK_FS_NAME *name);
extern TSK_FS_ATTRLIST *tsk_fs_attrlist_alloc(void);
extern TSK_FS_ATTR *tsk_fs_attrlist_getnew(
    TSK_FS_ATTRLIST *list, TSK_FS_ATTR_FLAG_ENUM flags);
extern void tsk_fs_attrlist_markunused(TSK_FS_ATTRLIST *list);
extern uint8_t tsk_fs_attr_set_run(TSK_FS_FILE *file, TSK_FS_ATTR *attr,
    TSK_FS_ATTR_RUN *run, const char *name, TSK_FS_ATTR_TYPE_ENUM type,
    uint16_t id, TSK_OFF_T size, TSK_OFF_T init, TSK_OFF_T alloc,
    TSK_FS_ATTR_FLAG_ENUM flags, uint32_t compressed);
extern TSK_FS_ATTR_RUN *tsk_fs_attr_run_alloc(void);
extern void tsk_fs_attr_run_free(TSK_FS_ATTR_RUN *run);
extern void tsk_error_set_errno(uint32_t code);
extern void tsk_error_set_errstr(const char *format, ...);

#endif
