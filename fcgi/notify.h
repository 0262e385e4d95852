/*
 * What the service manager that started the program is told (systemd's Type=notify).
 */
#ifndef DEEPDECIPHER_NOTIFY_H
#define DEEPDECIPHER_NOTIFY_H

/* Requests may come and signals are heeded. Does nothing where nobody asked to be told in NOTIFY_SOCKET. */
void notify_ready(void);

#endif
