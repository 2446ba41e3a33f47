/* A mail server that takes everything and keeps nothing but a count, so fast that it is not what
 * is measured. It prints its port, then serves each connection in a thread of its own until its
 * standard input ends. "STAT" answers with the number of mails and the microseconds from the
 * first to the last of them; "ZERO" begins to count anew. The argument is the time, in
 * microseconds, that it takes for each mail.
 *
 * RFC 5321, with PIPELINING (RFC 2920), SIZE (RFC 1870) and 8BITMIME (RFC 6152). */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define GREETING "220 sink.test ESMTP\r\n"
#define ABILITIES "250-sink.test\r\n250-PIPELINING\r\n250-SIZE 50000000\r\n250 8BITMIME\r\n"
#define END "\r\n.\r\n"

static pthread_mutex_t counting = PTHREAD_MUTEX_INITIALIZER;
static long mails, first, last, pause_us;

struct client {
    int socket;
    size_t filled;
    char data[1 << 20];
};

static long now(void) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec * 1000000L + at.tv_nsec / 1000;
}

static void count(void) {
    pthread_mutex_lock(&counting);
    last = now();
    if (mails++ == 0)
        first = last;
    pthread_mutex_unlock(&counting);
}

static void statistics(char *answer, size_t size, int anew) {
    pthread_mutex_lock(&counting);
    snprintf(answer, size, "250 %ld %ld\r\n", mails, last - first);
    if (anew)
        mails = 0;
    pthread_mutex_unlock(&counting);
}

static int say(struct client *it, const char *text) {
    size_t length = strlen(text);
    return send(it->socket, text, length, MSG_NOSIGNAL) == (ssize_t)length;
}

static int more(struct client *it) {
    ssize_t got = sizeof it->data - it->filled;
    if (got == 0 || (got = recv(it->socket, it->data + it->filled, got, 0)) <= 0)
        return 0;
    it->filled += got;
    return 1;
}

static void drop(struct client *it, size_t length) {
    it->filled -= length;
    memmove(it->data, it->data + length, it->filled);
}

/* Reads up to and with the mark, of which a beginning may have been read before. */
static int skip_to(struct client *it, const char *mark) {
    char *found;
    while (!(found = memmem(it->data, it->filled, mark, strlen(mark))))
        if (!more(it))
            return 0;
    drop(it, found - it->data + strlen(mark));
    return 1;
}

static int take_message(struct client *it) {
    if (!say(it, "354 Go on\r\n") || !skip_to(it, END))
        return 0;
    if (pause_us)
        usleep(pause_us);
    count();
    return say(it, "250 2.0.0 Taken\r\n");
}

static int begins(struct client *it, const char *word) {
    return strncasecmp(it->data, word, strlen(word)) == 0;
}

static int answer(struct client *it) {
    char text[64] = "250 2.0.0 OK\r\n";
    while (!memmem(it->data, it->filled, "\r\n", 2))
        if (!more(it))
            return 0;
    int is_data = begins(it, "DATA"), ends = begins(it, "QUIT"), greets = begins(it, "EHLO");
    if (begins(it, "STAT") || begins(it, "ZERO"))
        statistics(text, sizeof text, begins(it, "ZERO"));
    if (ends)
        strcpy(text, "221 2.0.0 Bye\r\n");
    skip_to(it, "\r\n");
    if (is_data)
        return take_message(it);
    return say(it, greets ? ABILITIES : text) && !ends;
}

static void *serve(void *given) {
    struct client *it = given;
    int yes = 1;
    setsockopt(it->socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (say(it, GREETING))
        while (answer(it))
            ;
    close(it->socket);
    free(it);
    return NULL;
}

static void *wait_for_the_end(void *nothing) {
    while (getchar() != EOF)
        ;
    exit(0);
    return nothing;
}

static void accept_all(int listener) {
    for (;;) {
        pthread_t thread;
        struct client *it = malloc(sizeof *it);
        it->filled = 0;
        it->socket = accept(listener, NULL, NULL);
        pthread_create(&thread, NULL, serve, it);
        pthread_detach(thread);
    }
}

int main(int words, char **word) {
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof here;
    pthread_t thread;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    pause_us = words > 1 ? atol(word[1]) : 0;
    if (bind(listener, (struct sockaddr *)&here, size) || listen(listener, 128))
        return 1;
    getsockname(listener, (struct sockaddr *)&here, &size);
    printf("%d\n", ntohs(here.sin_port));
    fflush(stdout);
    pthread_create(&thread, NULL, wait_for_the_end, NULL);
    accept_all(listener);
}
