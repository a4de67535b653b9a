import { canonicalMembers, compareName, type MemberPlace } from "./canonical-scan.ts";

/** The text of an object that is certainly RFC 8785. It is ASCII, so that places in its bytes are places in the text. */
export interface CanonicalObject {
  readonly text: string;
  readonly bytes: Uint8Array;
  readonly places: readonly MemberPlace[];
}

/** A member to insert into the text of an object: the name is ASCII, the value is RFC 8785. */
export interface NewMember {
  readonly name: string;
  readonly value: string;
}

/** null proves nothing: see `canonicalMembers`. */
export function canonicalObject(text: string): CanonicalObject | null {
  const bytes = Buffer.from(text);
  const places = canonicalMembers({ bytes, start: 0, end: bytes.length });
  return places === null ? null : { text, bytes, places };
}

/** The object that is the value of a member; null: it is not one. */
export function innerObject({ text, bytes }: CanonicalObject, place: MemberPlace): CanonicalObject | null {
  const places = canonicalMembers({ bytes, start: place.valueStart, end: place.end });
  return places === null ? null : { text, bytes, places };
}

/** The member with this name, which is ASCII. */
export function memberNamed({ bytes, places }: CanonicalObject, name: string): MemberPlace | undefined {
  return places.find((place) => compareName(bytes, place, name) === 0);
}

/** The text of a member's value; undefined if there is no such member. */
export function valueText(object: CanonicalObject, name: string): string | undefined {
  const member = memberNamed(object, name);
  return member === undefined ? undefined : object.text.slice(member.valueStart, member.end);
}

/**
 * RFC 8785 of the object with these members too, which are sorted by name. A member of the same name is replaced.
 */
export function withMembers(object: CanonicalObject, added: readonly NewMember[]): string {
  const parts: string[] = [];
  let next = 0;
  for (const { name, value } of added) {
    const from = next;
    while (isBefore(object, next, name)) next += 1;
    if (next > from) parts.push(membersText(object, from, next));
    parts.push(`"${name}":${value}`);
    const member = object.places[next];
    if (member !== undefined && compareName(object.bytes, member, name) === 0) next += 1;
  }
  if (next < object.places.length) parts.push(membersText(object, next, object.places.length));
  return `{${parts.join(",")}}`;
}

function isBefore({ bytes, places }: CanonicalObject, at: number, name: string): boolean {
  const member = places[at];
  return member !== undefined && compareName(bytes, member, name) < 0;
}

/** Members that follow each other, with the commas between them. */
function membersText({ text, places }: CanonicalObject, from: number, to: number): string {
  // oxlint-disable-next-line grantkeeper/no-parsed-sentence -- the canonical JSON of an entry, at places that its reader found
  return text.slice((places[from]?.nameStart ?? 1) - 1, places[to - 1]?.end);
}
