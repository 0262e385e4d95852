/* The listening socket; see listener.h. */
#include "listener.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* A Unix socket refuses at once when its queue is full, and nginx answers 502 then: take what the kernel gives. */
enum { BACKLOG = 4096 };

static bool refuse(char reason[LISTENER_REASON_SIZE], const char *format, ...) __attribute__((format(printf, 2, 3)));
static bool refuse(char reason[LISTENER_REASON_SIZE], const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reason, LISTENER_REASON_SIZE, format, arguments);
    va_end(arguments);
    return false;
}

static bool read_port(char port[6], const char *text)
{
    char *end;
    if (*text < '0' || *text > '9')
        return false;
    long number = strtol(text, &end, 10);
    if (*end != '\0' || number < 1 || number > 65535)
        return false;
    snprintf(port, 6, "%ld", number);
    return true;
}

static bool read_host(char host[LISTENER_HOST_SIZE], const char *text, size_t length)
{
    bool in_brackets = length >= 2 && text[0] == '[' && text[length - 1] == ']';
    if (in_brackets) {
        text++;
        length -= 2;
    } else if (memchr(text, ':', length) != NULL) {
        return false;
    }
    if (length == 1 && text[0] == '*')
        length = 0;
    if (length >= LISTENER_HOST_SIZE)
        return false;
    memcpy(host, text, length);
    host[length] = '\0';
    return true;
}

bool listen_address_read(struct listen_address *a, const char *text, char reason[LISTENER_REASON_SIZE])
{
    *a = (struct listen_address){0};
    if (strchr(text, '/') != NULL) {
        const size_t longest = sizeof((struct sockaddr_un *)0)->sun_path - 1;
        if (strlen(text) > longest)
            return refuse(reason, "the socket's path is over %zu bytes long", longest);
        if (text[strlen(text) - 1] == '/')
            return refuse(reason, "\"%s\" is a folder, not a socket's path", text);
        a->path = text;
        return true;
    }
    const char *colon = strrchr(text, ':');
    if (colon != NULL && read_port(a->port, colon + 1) && read_host(a->host, text, (size_t)(colon - text)))
        return true;
    return refuse(reason,
                  "\"%s\" is neither a path (with a /, such as ./fcgi.sock) nor HOST:PORT "
                  "(such as 127.0.0.1:9000, [::1]:9000 or *:9000)",
                  text);
}

/* The process that made the socket listen, when anybody holds it; 0 when nobody does. */
static bool somebody_answers(const struct sockaddr_un *address, pid_t *owner)
{
    struct ucred peer = {0};
    socklen_t length = sizeof peer;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    /* EAGAIN is a full queue: that is an answer too. */
    bool answers = fd >= 0 && (connect(fd, (const struct sockaddr *)address, sizeof *address) == 0 || errno == EAGAIN);
    if (answers)
        getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length);
    if (fd >= 0)
        close(fd);
    *owner = peer.pid;
    return answers;
}

/* Orphaned workers of a killed master hold its socket until their last request is answered. */
static bool is_dead(pid_t owner)
{
    return owner > 0 && kill(owner, 0) != 0 && errno == ESRCH;
}

static bool remove_stale_socket(const struct sockaddr_un *address, char reason[LISTENER_REASON_SIZE])
{
    struct stat status;
    pid_t owner;
    const char *path = address->sun_path;
    if (lstat(path, &status) != 0) {
        if (errno == ENOENT)
            return true;
        return refuse(reason, "can not look at %s: %s", path, strerror(errno));
    }
    if (!S_ISSOCK(status.st_mode))
        return refuse(reason, "%s exists and is not a socket: name another path", path);
    if (somebody_answers(address, &owner) && !is_dead(owner))
        return refuse(reason, "somebody (process %d) already listens on %s: stop it or name another path", (int)owner,
                      path);
    if (unlink(path) != 0 && errno != ENOENT)
        return refuse(reason, "can not remove the stale socket %s: %s", path, strerror(errno));
    return true;
}

static bool bind_private(int fd, const struct sockaddr_un *address)
{
    mode_t before = umask(0117); /* the socket is 0660 from its first moment */
    bool is_bound = bind(fd, (const struct sockaddr *)address, sizeof *address) == 0;
    umask(before);
    return is_bound;
}

static bool open_unix(struct listener *l, const char *path, char reason[LISTENER_REASON_SIZE])
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct stat status;
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    if (!remove_stale_socket(&address, reason))
        return false;
    l->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (l->fd < 0 || !bind_private(l->fd, &address) || listen(l->fd, BACKLOG) != 0 || lstat(path, &status) != 0) {
        refuse(reason, "can not listen on %s: %s", path, strerror(errno));
        listener_close(l);
        return false;
    }
    l->path = path;
    l->device = status.st_dev;
    l->inode = status.st_ino;
    return true;
}

static bool bind_tcp(struct listener *l, const struct addrinfo *address)
{
    int on = 1;
    l->fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (l->fd < 0)
        return false;
    setsockopt(l->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    setsockopt(l->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); /* inherited by what is accepted */
    if (bind(l->fd, address->ai_addr, address->ai_addrlen) == 0 && listen(l->fd, BACKLOG) == 0)
        return true;
    int error = errno;
    listener_close(l);
    errno = error;
    return false;
}

static bool open_tcp(struct listener *l, const struct listen_address *a, char reason[LISTENER_REASON_SIZE])
{
    const struct addrinfo hints = {.ai_flags = AI_PASSIVE, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    int error = getaddrinfo(a->host[0] != '\0' ? a->host : NULL, a->port, &hints, &found);
    if (error != 0)
        return refuse(reason, "can not listen on %s:%s: %s", a->host, a->port, gai_strerror(error));
    bool is_bound = false;
    for (const struct addrinfo *at = found; at != NULL && !is_bound; at = at->ai_next)
        is_bound = bind_tcp(l, at);
    error = errno;
    freeaddrinfo(found);
    return is_bound || refuse(reason, "can not listen on %s:%s: %s", a->host, a->port, strerror(error));
}

bool listener_open(struct listener *l, const struct listen_address *a, char reason[LISTENER_REASON_SIZE])
{
    *l = (struct listener){.fd = -1};
    return a->path != NULL ? open_unix(l, a->path, reason) : open_tcp(l, a, reason);
}

void listener_unlink(struct listener *l)
{
    struct stat status;
    if (l->path == NULL)
        return;
    bool is_ours = lstat(l->path, &status) == 0 && status.st_dev == l->device && status.st_ino == l->inode;
    if (is_ours)
        unlink(l->path);
    l->path = NULL;
}

bool listener_has_waiting(const struct listener *l)
{
    struct pollfd waiting = {.fd = l->fd, .events = POLLIN};
    return poll(&waiting, 1, 0) > 0 && waiting.revents & POLLIN;
}

void listener_close(struct listener *l)
{
    if (l->fd >= 0)
        close(l->fd);
    l->fd = -1;
}
