/*
 * cpu.c: what a command costs.
 *
 * usage: cpu FIGURES OUTPUT COMMAND [ARGUMENT ...]
 *
 * Runs it with standard output in the file OUTPUT, or "-": in a pipe whose
 * other end this program reads. Appends one line to FIGURES: exit status,
 * CPU seconds of the command and all its children, seconds by the clock, KiB
 * that its largest process had in memory, lines of output.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void
die(const char *what)
{
	perror(what);
	exit(127);
}

static double
seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int
open_output(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0666);

	if (fd < 0)
		die(path);
	return fd;
}

static pid_t
start(int out, char **command)
{
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (pid > 0)
		return pid;
	if (dup2(out, STDOUT_FILENO) < 0)
		die("dup2");
	execvp(command[0], command);
	die(command[0]);
	return -1;
}

static unsigned long
count_lines(int fd)
{
	static char buf[1 << 18];
	unsigned long n = 0;
	ssize_t len;

	while ((len = read(fd, buf, sizeof(buf))) > 0)
		for (const char *p = buf, *end = buf + len;
		     (p = memchr(p, '\n', (size_t)(end - p))) != NULL; p++)
			n++;
	if (len < 0)
		die("read");
	(void)close(fd);
	return n;
}

int
main(int argc, char *argv[])
{
	int status, fd[2] = { -1, -1 };
	unsigned long lines = 0;
	struct rusage u;
	double from, wall;
	pid_t pid;
	FILE *f;

	if (argc < 4) {
		fprintf(stderr, "usage: cpu figures output command ...\n");
		return 2;
	}
	if (strcmp(argv[2], "-") != 0)
		fd[1] = open_output(argv[2], O_WRONLY | O_CREAT | O_TRUNC);
	else if (pipe2(fd, O_CLOEXEC) != 0)
		die("pipe");
	from = now();
	pid = start(fd[1], argv + 3);
	(void)close(fd[1]);
	if (fd[0] >= 0)
		lines = count_lines(fd[0]);
	if (waitpid(pid, &status, 0) != pid ||
	    getrusage(RUSAGE_CHILDREN, &u) != 0)
		die("wait");
	wall = now() - from;
	if (fd[0] < 0)
		lines = count_lines(open_output(argv[2], O_RDONLY));
	f = fopen(argv[1], "a");
	if (f == NULL)
		die(argv[1]);
	fprintf(f, "%d %.3f %.3f %ld %lu\n",
	    WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
	    seconds(u.ru_utime) + seconds(u.ru_stime), wall, u.ru_maxrss,
	    lines);
	return fclose(f) != 0;
}
