/** The part of ASN.1's distinguished encoding that a certificate needs. @see https://www.itu.int/rec/T-REC-X.690 */

const TAGS = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectId: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

export function sequence(...parts: readonly Uint8Array[]): Buffer {
  return element(TAGS.sequence, ...parts);
}

export function set(...parts: readonly Uint8Array[]): Buffer {
  return element(TAGS.set, ...parts);
}

/** @param bytes of a number that is not negative, the highest first */
export function integer(bytes: Uint8Array): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0);
  const shortest = first === -1 ? Buffer.of(0) : bytes.subarray(first);
  // A first bit of 1 would make the number negative.
  const sign = (shortest[0] ?? 0) >= 0x80 ? Buffer.of(0) : Buffer.alloc(0);
  return element(TAGS.integer, sign, shortest);
}

/** DER has no member for `false`: it is the default, and left out. */
export function isDerTrue(): Buffer {
  return element(TAGS.boolean, Buffer.of(0xff));
}

/** @param unusedBits the number of bits at the end of the last byte that do not count */
export function bitString(bytes: Uint8Array, unusedBits = 0): Buffer {
  return element(TAGS.bitString, Buffer.of(unusedBits), bytes);
}

export function octetString(bytes: Uint8Array): Buffer {
  return element(TAGS.octetString, bytes);
}

export function utf8String(text: string): Buffer {
  return element(TAGS.utf8String, Buffer.from(text, "utf8"));
}

/** @param text `2.5.29.17` */
export function derObjectId(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split(".").map(Number);
  return element(TAGS.objectId, ...[first * 40 + second, ...rest].map(sevenBitGroups));
}

/** To the second. Certificates write years before 2050 with two digits. */
export function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/\.\d+/, "").replace(/[-:T]/g, "");
  const isUtcTime = digits.startsWith("19") || (digits.startsWith("20") && digits < "2050");
  return isUtcTime
    ? element(TAGS.utcTime, Buffer.from(digits.slice(2), "ascii"))
    : element(TAGS.generalizedTime, Buffer.from(digits, "ascii"));
}

/** A member with a number in place of the tag of its type. */
export function context(number: number, ...parts: readonly Uint8Array[]): Buffer {
  return element(0x80 + number, ...parts);
}

/** A member with a number around it. */
export function explicit(number: number, ...parts: readonly Uint8Array[]): Buffer {
  return element(0xa0 + number, ...parts);
}

function element(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.of(tag), length(content.length), content]);
}

function length(count: number): Buffer {
  if (count < 0x80) return Buffer.of(count);
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(count);
  const shortest = bytes.subarray(bytes.findIndex((byte) => byte !== 0));
  return Buffer.concat([Buffer.of(0x80 + shortest.length), shortest]);
}

/** Base 128, the highest group first; every group but the last has its first bit set. */
function sevenBitGroups(value: number): Buffer {
  const groups = [value % 128];
  for (let left = Math.floor(value / 128); left > 0; left = Math.floor(left / 128))
    groups.unshift(0x80 + (left % 128));
  return Buffer.from(groups);
}
