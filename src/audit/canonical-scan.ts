/** Where a member of an object is in its bytes; `end` is after the value. */
export interface MemberPlace {
  /** After the quote. */
  readonly nameStart: number;
  readonly nameEnd: number;
  readonly valueStart: number;
  readonly end: number;
}

/** A part of a larger array of bytes; `end` is after the last byte. */
export interface ByteRange {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/** Fewer than an entry may have: deeper values are left to the complete functions. */
const LEVELS = 24;
/** With more digits, an integer may not be exact and so have another canonical spelling. */
const MAX_DIGITS = 15;

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const UNDERSCORE = 0x5f;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** By byte: 1 for a byte that a text in JSON may contain as it is, in ASCII. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x20 && byte <= 0x7e && byte !== QUOTE && byte !== BACKSLASH ? 1 : 0,
);
/** By byte: 1 after a backslash of an escape that RFC 8785 always writes. `\u` escapes are rare. */
const ESCAPED = Uint8Array.from({ length: 256 }, (_, byte) =>
  String.raw`"\bfnrt`.includes(String.fromCharCode(byte)) ? 1 : 0,
);
const WORDS = ["null", "true", "false"].map((word) => Uint8Array.from(word, (char) => char.charCodeAt(0)));

const FAILED = -1;

/**
 * The members of an object whose bytes are certainly RFC 8785, in one walk, which takes a third of the time of parsing
 * and printing it. null proves nothing: rare forms (other than ASCII, fractions, `\u` escapes, deep nesting, unusual
 * names) are left to the functions that know all forms.
 */
export function canonicalMembers({ bytes, start, end }: ByteRange): readonly MemberPlace[] | null {
  const places: MemberPlace[] = [];
  if (bytes[start] !== OPEN_OBJECT) return null;
  return endOfObject(bytes, start, { levels: LEVELS, places }) === end ? places : null;
}

/** Below zero: the member's name is before this name, which is ASCII. */
export function compareName(bytes: Uint8Array, { nameStart, nameEnd }: MemberPlace, name: string): number {
  const length = nameEnd - nameStart;
  const common = Math.min(length, name.length);
  for (let at = 0; at < common; at += 1) {
    const difference = byteAt(bytes, nameStart + at) - name.charCodeAt(at);
    if (difference !== 0) return difference;
  }
  return length - name.length;
}

/** How deep the walk may still go, and the list for the members of the outermost object. */
interface ScanWalk {
  readonly levels: number;
  readonly places: MemberPlace[] | null;
}

/** The walks of the inner levels, each created once. */
const INNER: readonly ScanWalk[] = Array.from({ length: LEVELS }, (_, levels) => ({ levels, places: null }));

/** The end of the object that begins here; FAILED (here and below): not canonical, or not known to be. */
function endOfObject(bytes: Uint8Array, start: number, { levels, places }: ScanWalk): number {
  const inner = INNER[levels - 1];
  if (inner === undefined) return FAILED;
  if (bytes[start + 1] === CLOSE_OBJECT) return start + 2;
  let lastName = FAILED;
  for (let at = start + 1; ; at += 1) {
    const nameEnd = endOfName(bytes, at);
    if (nameEnd === FAILED || bytes[nameEnd + 1] !== COLON) return FAILED;
    if (lastName !== FAILED && !isBefore(bytes, lastName, at + 1)) return FAILED;
    lastName = at + 1;
    const valueStart = nameEnd + 2;
    const end = endOfValue(bytes, valueStart, inner);
    if (end === FAILED) return FAILED;
    places?.push({ nameStart: lastName, nameEnd, valueStart, end });
    if (bytes[end] === CLOSE_OBJECT) return end + 1;
    if (bytes[end] !== COMMA) return FAILED;
    at = end;
  }
}

function endOfList(bytes: Uint8Array, start: number, { levels }: ScanWalk): number {
  const inner = INNER[levels - 1];
  if (inner === undefined) return FAILED;
  if (bytes[start + 1] === CLOSE_LIST) return start + 2;
  for (let at = start + 1; ; at += 1) {
    const end = endOfValue(bytes, at, inner);
    if (end === FAILED) return FAILED;
    if (bytes[end] === CLOSE_LIST) return end + 1;
    if (bytes[end] !== COMMA) return FAILED;
    at = end;
  }
}

function endOfValue(bytes: Uint8Array, start: number, walk: ScanWalk): number {
  const first = bytes[start];
  if (first === QUOTE) return endOfText(bytes, start);
  if (first === OPEN_OBJECT) return endOfObject(bytes, start, walk);
  if (first === OPEN_LIST) return endOfList(bytes, start, walk);
  if (first === MINUS || isDigit(first)) return endOfInteger(bytes, start);
  const word = WORDS.find((letters) => letters.every((letter, at) => bytes[start + at] === letter));
  return word === undefined ? FAILED : start + word.length;
}

/**
 * The quote after a name without escapes, because names are compared as they are spelled. A leading `_` is left out:
 * `__proto__` has a meaning of its own for parsers.
 */
function endOfName(bytes: Uint8Array, start: number): number {
  if (bytes[start] !== QUOTE || bytes[start + 1] === UNDERSCORE) return FAILED;
  const end = endOfPlain(bytes, start + 1);
  return bytes[end] === QUOTE ? end : FAILED;
}

/** Whether the first name is before the second; both end with a quote, and none contains one. */
function isBefore(bytes: Uint8Array, first: number, second: number): boolean {
  let at = 0;
  while (bytes[first + at] === bytes[second + at] && bytes[first + at] !== QUOTE) at += 1;
  if (bytes[first + at] === QUOTE) return bytes[second + at] !== QUOTE;
  return bytes[second + at] !== QUOTE && byteAt(bytes, first + at) < byteAt(bytes, second + at);
}

function endOfText(bytes: Uint8Array, start: number): number {
  let at = endOfPlain(bytes, start + 1);
  while (bytes[at] === BACKSLASH) {
    if (ESCAPED[byteAt(bytes, at + 1)] !== 1) return FAILED;
    at = endOfPlain(bytes, at + 2);
  }
  return bytes[at] === QUOTE ? at + 1 : FAILED;
}

/** The first byte that is not plain; at the latest, the end of the bytes. */
function endOfPlain(bytes: Uint8Array, start: number): number {
  let at = start;
  while (PLAIN[byteAt(bytes, at)] === 1) at += 1;
  return at;
}

/** A fraction or an exponent is not an integer: then the next byte is not the comma or bracket that must follow. */
function endOfInteger(bytes: Uint8Array, start: number): number {
  const first = bytes[start] === MINUS ? start + 1 : start;
  let end = first;
  while (isDigit(bytes[end])) end += 1;
  if (end === first || end - first > MAX_DIGITS) return FAILED;
  return bytes[first] === ZERO && end - start > 1 ? FAILED : end;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE;
}

/** After the end: zero, which is never part of a canonical text. */
function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}
