/*
 * cpu.c: what a command costs.
 *
 * usage: cpu FIGURES OUTPUT COMMAND [ARGUMENT ...]
 *
 * Runs it with standard output in OUTPUT and appends one line to FIGURES:
 * exit status, CPU seconds of it and all its children, seconds by the clock,
 * KiB that its largest process had in memory.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double
seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static void
die(const char *what)
{
	perror(what);
	exit(127);
}

static pid_t
start(const char *output, char **command)
{
	pid_t pid = fork();
	int fd;

	if (pid < 0)
		die("fork");
	if (pid > 0)
		return pid;
	fd = open(output, O_WRONLY | O_CREAT | O_TRUNC, 0666);
	if (fd < 0 || dup2(fd, STDOUT_FILENO) < 0)
		die(output);
	(void)close(fd);
	execvp(command[0], command);
	die(command[0]);
	return -1;
}

int
main(int argc, char *argv[])
{
	struct timespec from, to;
	struct rusage u;
	int status;
	pid_t pid;
	FILE *f;

	if (argc < 4) {
		fprintf(stderr, "usage: cpu figures output command ...\n");
		return 2;
	}
	clock_gettime(CLOCK_MONOTONIC, &from);
	pid = start(argv[2], argv + 3);
	if (waitpid(pid, &status, 0) != pid ||
	    getrusage(RUSAGE_CHILDREN, &u) != 0)
		die("wait");
	clock_gettime(CLOCK_MONOTONIC, &to);
	f = fopen(argv[1], "a");
	if (f == NULL)
		die(argv[1]);
	fprintf(f, "%d %.3f %.3f %ld\n",
	    WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
	    seconds(u.ru_utime) + seconds(u.ru_stime),
	    (double)(to.tv_sec - from.tv_sec) +
		(double)(to.tv_nsec - from.tv_nsec) / 1e9,
	    u.ru_maxrss);
	return fclose(f) != 0;
}
