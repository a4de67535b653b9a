const SIGNATURE = /(-----BEGIN SIGNED MESSAGE-----\n)([^-]+)( -----END)/;
/** The tags of DER. */
const SEQUENCE = 0x30;
const CONTENT = 0xa0;
const LISTS = 0xa1;
/** In SignedData, after the version, the digests, the content and the certificates. */
const PLACE_OF_LISTS = 4;

/** The text of a commit whose X.509 signature contains this revocation list (PEM), which no signature covers. */
export function withEmbeddedList(commit: string, list: string): string {
  return commit.replace(SIGNATURE, (_, begin: string, base64: string, end: string) => {
    const der = embedded(Buffer.from(base64, "base64"), derOf(list));
    const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
    return `${begin}${lines.map((line) => ` ${line}\n`).join("")}${end}`;
  });
}

function embedded(cms: Buffer, list: Buffer): Buffer {
  const [type = Buffer.alloc(0), content = Buffer.alloc(0)] = elements(valueOf(cms));
  const parts = elements(valueOf(valueOf(content))).toSpliced(PLACE_OF_LISTS, 0, element(LISTS, list));
  return element(SEQUENCE, Buffer.concat([type, element(CONTENT, element(SEQUENCE, Buffer.concat(parts)))]));
}

function derOf(pem: string): Buffer {
  return Buffer.from(pem.replace(/-----[^-]+-----/g, ""), "base64");
}

function element(tag: number, value: Buffer): Buffer {
  const { length } = value;
  const head = length < 0x80 ? [tag, length] : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), value]);
}

function elements(der: Buffer): readonly Buffer[] {
  if (der.length === 0) return [];
  const { end } = extent(der);
  return [der.subarray(0, end), ...elements(der.subarray(end))];
}

function valueOf(der: Buffer): Buffer {
  const { start, end } = extent(der);
  return der.subarray(start, end);
}

function extent(der: Buffer): { readonly start: number; readonly end: number } {
  const length = der[1] ?? 0;
  if (length < 0x80) return { start: 2, end: 2 + length };
  const start = 2 + (length & 0x7f);
  return { start, end: start + der.readUIntBE(2, length & 0x7f) };
}
