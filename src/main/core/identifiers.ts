/** Short names for runs and jobs, made from random bytes that are given, so that tests can hold them still. */

/** Random bytes from outside the core: node:crypto's randomBytes in earnest, a seeded stream in tests. */
export type RandomBytes = (count: number) => Uint8Array

/** 32 characters: none is misread for another (0 and o, 1 and l are left out). */
const ALPHABET = '23456789abcdefghijkmnpqrstuvwxyz'
const LENGTH = 8

/** Eight lower-case letters and digits: 40 bits. */
export function shortIdentifier(randomBytes: RandomBytes): string {
  return Array.from(randomBytes(LENGTH), (byte) => ALPHABET[byte % ALPHABET.length] ?? '2').join('')
}
