import { runIn, succeeded, type Repository } from "../git/repository.ts";
import { gitFailure } from "../git/failure.ts";
import { collect } from "../git/process.ts";
import { objectsInBulk } from "../objects/object-database.ts";
import { readObjects, readSizes, requestedValue } from "../objects/objects.ts";
import { commitSignature } from "./cms-signature.ts";
import { x509Finding } from "./x509-finding.ts";
import { bad, findingOf, findingWithoutKeys, type SignatureFinding, type Grade } from "./finding.ts";
import type { KeyFiles } from "./key-files.ts";
import type { Keyring } from "./keyring.ts";
import { readSignedCommit, type SignedObject } from "./signed-object.ts";

/** A commit that people wrote is far smaller. */
const MAX_COMMIT_BYTES = 262_144;
const LINE_BYTES = 512;
const LINE = /^([0-9a-f]{40,64}) (\S) (\S*) (\S*)$/;

export interface Checking {
  readonly repository: Repository;
  readonly algorithm: "sha1" | "sha256";
  readonly files: KeyFiles;
  readonly keyring: Keyring;
  readonly committerMustMatch: boolean;
  readonly nowMs: number;
}

/** What the signature of one commit proves. */
export interface CheckedCommit {
  readonly hash: string;
  /** The address of its committer, which only a good signature proves; null: it cannot be read. */
  readonly committer: string | null;
  readonly finding: SignatureFinding;
}

/** In the order of the hashes. */
export async function checkCommits(
  hashes: readonly string[],
  checking: Checking,
): Promise<readonly CheckedCommit[]> {
  const objects = await readCommits(hashes, checking);
  const early = new Map(
    [...objects].map(([hash, object]) => [hash, findingWithoutKeys(object, checking.files)] as const),
  );
  const isX509 = (hash: string): boolean => signatureOf(objects.get(hash)) === "x509";
  const unknown = hashes.filter((hash) => early.get(hash) === null);
  const grades = await gradesOf(
    unknown.filter((hash) => !isX509(hash)),
    checking,
  );
  const certified = await x509Findings(unknown.filter(isX509), objects, checking);
  return hashes.map((hash) => {
    const object = objects.get(hash);
    const committer = typeof object === "object" ? object.mail : null;
    const finding =
      early.get(hash) ?? certified.get(hash) ?? gradedFinding(object, grades.get(hash), checking);
    return { hash, committer, finding };
  });
}

function signatureOf(object: SignedObject | string | undefined): SignedObject["signature"] | null {
  return typeof object === "object" ? object.signature : null;
}

async function x509Findings(
  hashes: readonly string[],
  objects: ReadonlyMap<string, SignedObject | string>,
  checking: Checking,
): Promise<ReadonlyMap<string, SignatureFinding>> {
  const found = new Map<string, SignatureFinding>();
  for (const hash of hashes) {
    const object = objects.get(hash);
    if (typeof object !== "object") continue;
    found.set(hash, await x509Finding(object, commitSignature(object.bytes, checking.algorithm), checking));
  }
  return found;
}

function gradedFinding(
  object: SignedObject | string | undefined,
  grade: Grade | undefined,
  { keyring, committerMustMatch }: Checking,
): SignatureFinding {
  if (typeof object !== "object" || grade === undefined)
    return bad("InvalidSignature", "has a signature that cannot be read");
  return findingOf({ object, grade, keyring, committerMustMatch });
}

async function readCommits(
  hashes: readonly string[],
  { repository, algorithm }: Checking,
): Promise<ReadonlyMap<string, SignedObject | string>> {
  const database = objectsInBulk(repository);
  const where = "the range of commits";
  const sizes = await readSizes(database, { names: hashes, where });
  const names = hashes.filter((hash) => requestedValue(sizes, hash).size <= MAX_COMMIT_BYTES);
  const contents = await readObjects(database, { names, sizes, where });
  return new Map(
    hashes.map((hash) => {
      const bytes = contents.get(hash);
      return [hash, bytes === undefined ? "it is larger than 256 KiB" : readSignedCommit(bytes, algorithm)];
    }),
  );
}

/**
 * The format has nothing that the author of a commit or the owner of a key chose: no line can look like that of another
 * commit.
 */
async function gradesOf(
  hashes: readonly string[],
  { repository, keyring }: Checking,
): Promise<ReadonlyMap<string, Grade>> {
  if (hashes.length === 0) return new Map();
  const { sink, text } = collect(hashes.length * LINE_BYTES);
  const args = ["log", "--no-walk=unsorted", "--no-show-signature", "--stdin", "--format=%H %G? %GF %GP"];
  const signed: Repository = { ...repository, env: keyring.environmentFor(repository.folder) };
  const input = hashes.map((hash) => `${hash}\n`).join("");
  const outcome = await runIn(signed, { args, input, sink });
  if (!succeeded(outcome)) throw gitFailure(signed, "verify the signatures of commits", outcome);
  return new Map(
    text()
      .split("\n")
      .flatMap((line) => {
        const [, hash, letter, fingerprint, primary] = LINE.exec(line) ?? [];
        return hash === undefined || letter === undefined
          ? []
          : [[hash, { letter, fingerprint: fingerprint ?? "", primary: primary ?? "" }] as const];
      }),
  );
}
