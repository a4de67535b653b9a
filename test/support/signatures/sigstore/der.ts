/** An element of DER with this tag. */
export function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const value = Buffer.concat(parts);
  const { length } = value;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), value]);
}

export function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, ...parts);
}

/** The members of a SET are in the order of their bytes. */
export function set(...members: readonly Buffer[]): Buffer {
  return der(0x31, ...members.toSorted((a, b) => Buffer.compare(a, b)));
}

export function octets(bytes: Buffer): Buffer {
  return der(0x04, bytes);
}

/** @param bytes as its content, such as Buffer.from([1]) */
export function integer(bytes: Buffer): Buffer {
  return der(0x02, bytes);
}

export function bits(bytes: Buffer, unused = 0): Buffer {
  return der(0x03, Buffer.from([unused]), bytes);
}

export function utf8(text: string): Buffer {
  return der(0x0c, Buffer.from(text));
}

/** The field [n] of a structure. */
export function field(number: number, ...parts: readonly Buffer[]): Buffer {
  return der(0xa0 + number, ...parts);
}

export const TRUE = Buffer.from([0x01, 0x01, 0xff]);

/** UTCTime, such as 260102030405Z. */
export function time(ms: number): Buffer {
  return der(0x17, Buffer.from(`${new Date(ms).toISOString().replace(/\D/g, "").slice(2, 14)}Z`));
}

export function oid(text: string): Buffer {
  const [first = 0, second = 0, ...others] = text.split(".").map(Number);
  return der(0x06, Buffer.from([first * 40 + second, ...others.flatMap(base128)]));
}

function base128(arc: number): readonly number[] {
  const bytes = [arc & 0x7f];
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128))
    bytes.unshift((rest & 0x7f) | 0x80);
  return bytes;
}
