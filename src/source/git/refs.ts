export type Algorithm = "sha1" | "sha256";

export interface ObjectId {
  readonly algorithm: Algorithm;
  readonly hash: string;
}

/** A ref as the server shows it, or as the mirror has it. */
export interface AdvertisedRef {
  /** Tags peeled. */
  readonly commit: ObjectId;
  /** Of an annotated tag: the tag object; otherwise the commit. */
  readonly object: string;
}

/** Parses lines `<hash>\t<ref>`; the commit of an annotated tag is in the line `<ref>^{}`. */
export function parseAdvertised(text: string): ReadonlyMap<string, AdvertisedRef> {
  const lines = text.split("\n").map((line) => line.split("\t"));
  const hashes = new Map(
    lines.flatMap(([hash = "", ref]) => (ref !== undefined && isHash(hash) ? [[ref, hash] as const] : [])),
  );
  const refs = [...hashes].filter(([ref]) => !ref.endsWith("^{}"));
  return new Map(
    refs.map(([ref, object]) => [ref, { commit: objectId(hashes.get(`${ref}^{}`) ?? object), object }]),
  );
}

export function isSameRef(a: AdvertisedRef, b: AdvertisedRef): boolean {
  return a.object === b.object && a.commit.hash === b.commit.hash;
}

export function isHash(text: string): boolean {
  return /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
}

export function objectId(hash: string): ObjectId {
  return { algorithm: hash.length === 64 ? "sha256" : "sha1", hash };
}
