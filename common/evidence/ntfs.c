#include <spill/ntfs.h>
