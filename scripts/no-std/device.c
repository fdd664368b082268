/* A program over the SDK without std: asks for 16 channels, prints the request, and is refused
   what it cannot install. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef struct System System;
System *device_create(const uint8_t *secret, const uint8_t *root);
size_t device_describe(System *, uint64_t channels, uint8_t *out, size_t room);
int32_t device_install(System *, const uint8_t *text, size_t length);

/* The public key of RFC 8032 section 7.1, test 1. */
static const uint8_t ROOT[32] = {
    0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a, 0xb7, 0xd5, 0x4b, 0xfe, 0xd3, 0xc9, 0x64, 0x07, 0x3a,
    0x0e, 0xe1, 0x72, 0xf3, 0xda, 0xa6, 0x23, 0x25, 0xaf, 0x02, 0x1a, 0x68, 0xf7, 0x07, 0x51, 0x1a};

int main(void) {
    uint8_t secret[32], request[8192];
    memset(secret, 7, sizeof secret);
    System *system = device_create(secret, ROOT);
    if (!system) return 1;
    size_t length = device_describe(system, 16, request, sizeof request);
    if (length == 0 || request[0] != '{') return 2;
    if (device_install(system, request, length)) return 3;
    fwrite(request, 1, length, stdout);
    return 0;
}
