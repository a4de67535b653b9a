import { answerOf, succeeded, type Repository } from "../git/repository.ts";
import { objectsInBulk } from "../objects/object-database.ts";
import { readObjects, readSizes, valueOf } from "../objects/objects.ts";
import type { Checking } from "./check-commits.ts";
import { tagSignature } from "./cms-signature.ts";
import { x509Finding } from "./x509-finding.ts";
import { bad, findingOf, findingWithoutKeys, type SignatureFinding, type Grade } from "./finding.ts";
import { readSignedTag, type SignedObject } from "./signed-object.ts";

const MAX_TAG_BYTES = 262_144;

/** The tag that was fetched. */
interface FetchedTag {
  /** Of the tag object; of a lightweight tag, the commit. */
  readonly hash: string;
  readonly name: string;
  /** The commit that must be tagged. */
  readonly commit: string;
}

/** What the signature of a tag proves. Its own name counts: an old signed tag can be pushed under another name. */
export async function checkTag(tag: FetchedTag, checking: Checking): Promise<SignatureFinding> {
  const { repository, files, keyring, committerMustMatch } = checking;
  const object = await readTag(tag, repository);
  if (object === null) return bad("Unsigned", "is a lightweight tag, which has no signature");
  const early =
    findingWithoutKeys(object, files) ?? (typeof object === "string" ? null : otherTag(object, tag));
  if (early !== null || typeof object === "string") return early ?? bad("MalformedObject", "is malformed");
  if (object.signature === "x509") return x509Finding(object, tagSignature(object.bytes), checking);
  const signed: Repository = { ...repository, env: keyring.environmentFor(repository.folder) };
  const { outcome } = await answerOf(signed, ["verify-tag", "--raw", "--end-of-options", tag.hash]);
  const errors = outcome.kind === "exited" ? outcome.errors : "";
  const grade = object.signature === "gpg" ? gpgGrade(errors) : sshGrade(errors);
  const isValid = succeeded(outcome);
  return findingOf({
    object,
    grade: grade.letter === "G" && !isValid ? { ...grade, letter: "U" } : grade,
    keyring,
    committerMustMatch,
  });
}

async function readTag({ hash }: FetchedTag, repository: Repository): Promise<SignedObject | string | null> {
  const database = objectsInBulk(repository);
  const where = "the fetched tag";
  const sizes = await readSizes(database, { names: [hash], where });
  const { type, size } = valueOf(sizes, hash);
  if (type !== "tag") return null;
  if (size > MAX_TAG_BYTES) return "it is larger than 256 KiB";
  const contents = await readObjects(database, { names: [hash], sizes, where });
  return readSignedTag(valueOf(contents, hash));
}

function otherTag({ headers }: SignedObject, { name, commit }: FetchedTag): SignatureFinding | null {
  if (headers.get("tag") !== name)
    return bad("InvalidSignature", "is a signed tag of another name, pushed under this one");
  return headers.get("type") === "commit" && headers.get("object") === commit
    ? null
    : bad("MalformedObject", "does not name a commit directly");
}

const STATES: readonly (readonly [string, RegExp])[] = [
  ["B", /^\[GNUPG:\] BADSIG /m],
  ["R", /^\[GNUPG:\] REVKEYSIG /m],
  ["Y", /^\[GNUPG:\] EXPKEYSIG /m],
  ["X", /^\[GNUPG:\] EXPSIG /m],
  ["E", /^\[GNUPG:\] (ERRSIG|NO_PUBKEY) /m],
  ["G", /^\[GNUPG:\] GOODSIG .*[^]*^\[GNUPG:\] TRUST_ULTIMATE/m],
];

/** The status lines of gpg (doc/DETAILS of GnuPG). */
function gpgGrade(errors: string): Grade {
  const letter = STATES.find(([, pattern]) => pattern.test(errors))?.[0] ?? "U";
  const valid = /^\[GNUPG:\] VALIDSIG ([0-9A-F]+) (?:\S+ ){8}([0-9A-F]+)$/m.exec(errors);
  const isOne = (errors.match(/^\[GNUPG:\] NEWSIG/gm) ?? []).length === 1;
  const fingerprints = { fingerprint: valid?.[1] ?? "", primary: valid?.[2] ?? "" };
  return { letter: letter === "G" && !isOne ? "U" : letter, ...fingerprints };
}

/** `Good "git" signature for ADDRESS with ED25519 key SHA256:…`. */
function sshGrade(errors: string): Grade {
  const fingerprint = /^Good "git" signature for .* key (SHA256:[A-Za-z0-9+/]+)\s*$/m.exec(errors)?.[1];
  if (fingerprint !== undefined) return { letter: "G", fingerprint, primary: "" };
  return { letter: /^Good "git" signature with/m.test(errors) ? "U" : "B", fingerprint: "", primary: "" };
}
