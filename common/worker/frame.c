#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <spill/cur.h>
#include <spill/worker.h>

#include "worker_i.h"

void
put_u32(char *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (char)(v >> (8 * i));
}

void
put_u64(char *p, uint64_t v)
{
	put_u32(p, (uint32_t)v);
	put_u32(p + 4, (uint32_t)(v >> 32));
}

void
frame_head(char *p, enum frame_type type, size_t body, uint32_t seq)
{
	put_u32(p, FRAME_MAGIC);
	put_u32(p + 4, type);
	put_u32(p + 8, (uint32_t)body);
	put_u32(p + 12, seq);
}

int
frame_parse(const void *p, size_t n, struct frame *f)
{
	struct spill_cur c = spill_cur(p, n);
	uint32_t magic = spill_cur_u32le(&c), type = spill_cur_u32le(&c);
	uint32_t len = spill_cur_u32le(&c), seq = spill_cur_u32le(&c);

	if (!spill_cur_ok(&c) || n > FRAME_MAX || magic != FRAME_MAGIC ||
	    type < FRAME_WARM || type > FRAME_LEND || len != spill_cur_left(&c))
		return SPILL_EDAMAGED;
	f->type = (enum frame_type)type;
	f->seq = seq;
	f->body = spill_cur_bytes(&c, len);
	return SPILL_OK;
}

/* Room for the descriptors of one message. */
union control {
	struct cmsghdr align;
	char buf[CMSG_SPACE(FRAME_FDS * sizeof(int))];
};

static void
attach(struct msghdr *m, union control *c, const int *fds, size_t nfds)
{
	struct cmsghdr *h;

	memset(c, 0, sizeof(*c));
	m->msg_control = c->buf;
	m->msg_controllen = CMSG_SPACE(nfds * sizeof(int));
	h = CMSG_FIRSTHDR(m);
	h->cmsg_level = SOL_SOCKET;
	h->cmsg_type = SCM_RIGHTS;
	h->cmsg_len = CMSG_LEN(nfds * sizeof(int));
	memcpy(CMSG_DATA(h), fds, nfds * sizeof(int));
}

int
frame_send(int fd, enum frame_type type, uint32_t seq, struct spill_span body,
    const int *fds, size_t nfds, int flags)
{
	char head[FRAME_HEAD];
	struct iovec iov[2] = { { head, sizeof(head) },
		{ (char *)body.p, body.len } };
	struct msghdr m = { .msg_iov = iov, .msg_iovlen = 2 };
	union control c;
	ssize_t n;

	frame_head(head, type, body.len, seq);
	if (nfds > 0)
		attach(&m, &c, fds, nfds);
	do
		n = sendmsg(fd, &m, flags | MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n < 0 ? SPILL_EIO : SPILL_OK;
}

/* Take the descriptors of a message; those beyond max are closed. */
static size_t
detach(struct msghdr *m, int *fds, size_t max)
{
	size_t n = 0;

	for (struct cmsghdr *h = CMSG_FIRSTHDR(m); h != NULL;
	     h = CMSG_NXTHDR(m, h)) {
		size_t count = (h->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		if (h->cmsg_level != SOL_SOCKET || h->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t i = 0; i < count; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(h) + i * sizeof(fd), sizeof(fd));
			if (n < max)
				fds[n++] = fd;
			else
				close(fd);
		}
	}
	return n;
}

/*
 * Without room for control data the kernel installs no descriptor at all:
 * what somebody tried to pass shows as MSG_CTRUNC.
 */
int
frame_recv(
    int fd, char *buf, int flags, struct frame *f, int *fds, size_t *nfds)
{
	struct iovec iov = { buf, FRAME_MAX + 1 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
	union control c;
	size_t max = nfds != NULL ? *nfds : 0, got = 0;
	ssize_t n;

	if (max > 0) {
		m.msg_control = c.buf;
		m.msg_controllen = sizeof(c.buf);
	}
	do
		n = recvmsg(fd, &m, flags | MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return SPILL_EIO;
	if (max > 0)
		got = detach(&m, fds, max);
	if (n == 0 && !(m.msg_flags & MSG_CTRUNC))
		return SPILL_END;
	if ((m.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0 ||
	    frame_parse(buf, (size_t)n, f) != SPILL_OK) {
		while (got > 0)
			close(fds[--got]);
		return SPILL_EDAMAGED;
	}
	if (nfds != NULL)
		*nfds = got;
	return SPILL_OK;
}
