import type { ProvedSigner } from "../../model/snapshot.ts";
import type { SignatureSettings, UnverifiedReason, Verification } from "../../model/verification.ts";
import { counted, someOf } from "../../text/phrases.ts";
import { isAncestor } from "../git/history.ts";
import type { ObjectId } from "../git/refs.ts";
import { type Repository, gitAnswer, succeeded } from "../git/repository.ts";
import { cleanSourceLine } from "../rules/clean-text.ts";
import { checkCommits, type CheckedCommit, type Checking } from "./check-commits.ts";
import { newCommits } from "./commit-range.ts";
import { FIXES, type SignatureFinding, bad, findingOf, findingWithoutKeys, type Grade } from "./finding.ts";
import { readKeyFiles, type KeyFiles } from "./key-files.ts";
import { keysUnusable, openKeyring } from "./keyring.ts";
import { objectsInBulk } from "../objects/object-database.ts";
import { readObjects, readSizes, requestedValue } from "../objects/objects.ts";
import { tagSignature } from "./cms-signature.ts";
import { x509Finding } from "./x509-finding.ts";
import { readSignedTag, type SignedObject } from "./signed-object.ts";

/** What has to be verified in a mirror. */
interface VerifiedRange {
  readonly repository: Repository;
  readonly tip: ObjectId;
  /** They and their histories count as verified. */
  readonly known: readonly ObjectId[];
  /** Nothing was accepted yet, so `known` has at most the trusted commit. */
  readonly isFirst: boolean;
  /** The tag that names the tip; null: the source follows no tag. */
  readonly tag: { readonly name: string; readonly hash: string } | null;
}

/** How much one call verifies. The rest of a long range follows at the next fetch: what is verified is remembered. */
interface Budget {
  /** The time of day. */
  readonly nowMs: () => number;
  readonly ms: number;
  /** The number of commits that are verified together; one slice is always verified. */
  readonly slice: number;
}

const BUDGET: Budget = { nowMs: () => Date.now(), ms: 50_000, slice: 100 };
const MAX_COMMITS = 10_000;
/** More would not help to decide what to do. */
const MAX_BAD = 20;
const SHOWN = 3;
const MAX_REMEMBERED = 20_000;
/** Keys, authorities and revocation lists expire while a range waits. */
const REMEMBERED_MS = 3_600_000;
const SHORT_HASH = 8;
const NOTHING_NEW = "it has no new commit";

/** Verifies the signatures of commits and tags with the operator's keys. */
export class SignatureVerifier {
  readonly #settings: SignatureSettings;
  readonly #folder: string;
  readonly #budget: Budget;
  /** By keys and commit, at most an hour, and never longer than the signer's certificate is valid. */
  readonly #checked = new Map<string, { readonly checked: CheckedCommit; readonly untilMs: number }>();

  /** @param folder where private folders are made */
  constructor(settings: SignatureSettings, folder: string, budget = BUDGET) {
    this.#settings = settings;
    this.#folder = folder;
    this.#budget = budget;
  }

  /** @throws SourceError `keys-unusable`, or another one if git fails */
  async verify(range: VerifiedRange): Promise<Verification> {
    const files = await readKeyFiles(this.#settings);
    const [problem] = files.problems;
    if (problem !== undefined) throw keysUnusable(problem);
    if (!range.isFirst && range.known.some(({ hash }) => hash === range.tip.hash))
      return { kind: "verified", message: NOTHING_NEW, signers: [] };
    if (this.#settings.policy === "tag") return this.#verifyTag(range, files);
    if (range.isFirst && !(await this.#continuesTrusted(range)))
      return unverified("NotContained", `the history does not contain ${this.#settings.trustedCommit ?? ""}`);
    const hashes = await this.#commitsOf(range);
    if (hashes.length > MAX_COMMITS)
      return unverified("TooManyCommits", `more than ${MAX_COMMITS.toLocaleString("en")} commits are new`);
    return this.#verifyCommits(hashes, range, files);
  }

  async #continuesTrusted({ repository, tip, known: [trusted] }: VerifiedRange): Promise<boolean> {
    if (this.#settings.trustedCommit === null) return true;
    return trusted !== undefined && isAncestor(repository, { older: trusted, newer: tip });
  }

  /** The oldest first. A step back has no new commit: the older one answers for itself. */
  async #commitsOf(range: VerifiedRange): Promise<readonly string[]> {
    const { repository, tip, known, isFirst } = range;
    const { policy, trustedCommit } = this.#settings;
    if (policy === "tip" || (isFirst && trustedCommit === null)) return [tip.hash];
    const isFirstParent = policy === "firstParent";
    const added = await newCommits(repository, { tip, known, isFirstParent, max: MAX_COMMITS + 1 });
    return added.length > 0 || (await this.#isTrusted(range)) ? added : [tip.hash];
  }

  /** In the history that the operator's file counts as verified. */
  async #isTrusted({ repository, tip, known }: VerifiedRange): Promise<boolean> {
    const trusted = known.find(({ hash }) => hash === this.#settings.trustedCommit);
    return trusted !== undefined && isAncestor(repository, { older: tip, newer: trusted });
  }

  async #verifyCommits(
    hashes: readonly string[],
    range: VerifiedRange,
    files: KeyFiles,
  ): Promise<Verification> {
    const checks = await this.#checkAll(hashes, range, files);
    const bad = checks.flatMap(({ finding, ...one }) =>
      finding.kind === "bad" ? [{ ...one, ...finding }] : [],
    );
    const [first] = bad;
    if (first !== undefined) return unverified(first.reason, badText(bad, hashes.length), first.fix);
    if (checks.length < hashes.length)
      return unverified("NotFinished", `${checks.length} of ${hashes.length} commits are verified so far`);
    const byHash = new Map(checks.map((one) => [one.hash, one.finding] as const));
    // Some were remembered and the others checked now: the order of the range counts.
    const signers = hashes.flatMap((hash) => provedSigner(hash, byHash.get(hash)));
    const names = signers.map(({ signer }) => signer);
    return { kind: "verified", message: signedText(hashes.length, names), signers };
  }

  /** Ends early after many bad ones, or when the time is over. */
  async #checkAll(
    hashes: readonly string[],
    { repository, tip }: VerifiedRange,
    files: KeyFiles,
  ): Promise<readonly CheckedCommit[]> {
    const nameOf = (hash: string): string => `${files.digest} ${hash}`;
    const { ms, slice } = this.#budget;
    const nowMs = this.#budget.nowMs();
    const cached = new Map(hashes.map((hash) => [hash, this.#known(nameOf(hash), nowMs)]));
    const checkedBefore = hashes.flatMap((hash) => cached.get(hash) ?? []);
    const missing = hashes.filter((hash) => cached.get(hash) === undefined);
    if (missing.length === 0) return checkedBefore;
    const endMs = performance.now() + ms;
    const keyring = await openKeyring(files, this.#folder, repository);
    try {
      const { committerMustMatch } = this.#settings;
      const { algorithm } = tip;
      const checking = { repository, algorithm, files, keyring, committerMustMatch, nowMs };
      for (let at = 0; at < missing.length && (at === 0 || performance.now() < endMs); at += slice) {
        if (checkedBefore.filter(({ finding }) => finding.kind === "bad").length >= MAX_BAD) break;
        const checked = await checkCommits(missing.slice(at, at + slice), checking);
        for (const one of checked) this.#remember(nameOf(one.hash), one, nowMs);
        checkedBefore.push(...checked);
      }
    } finally {
      await keyring.remove();
    }
    return checkedBefore;
  }

  #known(name: string, nowMs: number): CheckedCommit | undefined {
    const cached = this.#checked.get(name);
    return cached !== undefined && nowMs < cached.untilMs ? cached.checked : undefined;
  }

  #remember(name: string, checked: CheckedCommit, nowMs: number): void {
    const { finding } = checked;
    const longestMs = nowMs + REMEMBERED_MS;
    const untilMs = finding.kind === "good" ? Math.min(longestMs, finding.untilMs ?? longestMs) : longestMs;
    // A new entry is the newest also if the commit was known before.
    this.#checked.delete(name);
    this.#checked.set(name, { checked, untilMs });
    const oldest = this.#checked.size > MAX_REMEMBERED ? this.#checked.keys().next().value : undefined;
    if (oldest !== undefined) this.#checked.delete(oldest);
  }

  async #verifyTag({ repository, tip, tag }: VerifiedRange, files: KeyFiles): Promise<Verification> {
    if (tag === null) return unverified("Unsigned", "the source follows no tag");
    const keyring = await openKeyring(files, this.#folder, repository);
    try {
      const { committerMustMatch } = this.#settings;
      const nowMs = this.#budget.nowMs();
      const { algorithm } = tip;
      const checking = { repository, algorithm, files, keyring, committerMustMatch, nowMs };
      const finding = await checkTag({ ...tag, commit: tip.hash }, checking);
      return tagVerification(tag.name, finding);
    } finally {
      await keyring.remove();
    }
  }
}

function tagVerification(name: string, finding: SignatureFinding): Verification {
  return finding.kind === "good"
    ? {
        kind: "verified",
        message: `tag ${name} is signed by ${finding.signer}`,
        signers: provedSigner(name, finding),
      }
    : unverified(finding.reason, `tag ${name} ${finding.text}`, finding.fix);
}

function provedSigner(signed: string, finding: SignatureFinding | undefined): readonly ProvedSigner[] {
  return finding?.kind === "good" ? [{ signed, signer: finding.signer, ...finding.proof }] : [];
}

function badText(
  bad: readonly { readonly hash: string; readonly committer: string | null; readonly text: string }[],
  total: number,
): string {
  const shown = bad.slice(0, SHOWN).map(({ hash, committer, text }) => {
    const by = committer === null ? "" : ` (committer ${cleanSourceLine(committer, 80)})`;
    return `commit ${hash.slice(0, SHORT_HASH)}${by} ${text}`;
  });
  const more = bad.length - shown.length;
  const rest = more === 0 ? "" : `; and ${bad.length < MAX_BAD ? more : `at least ${more}`} more`;
  return `${shown.join("; ")}${rest} (of ${counted(total, "new commit")})`;
}

function signedText(total: number, signers: readonly string[]): string {
  if (total === 0) return NOTHING_NEW;
  const names = [...new Set(signers)].sort();
  return `${counted(total, "commit")} ${total === 1 ? "is" : "are"} signed by ${someOf(names)}`;
}

function unverified(reason: UnverifiedReason, message: string, fix = FIXES[reason]): Verification {
  return { kind: "unverified", reason, message, fix };
}

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
async function checkTag(tag: FetchedTag, checking: Checking): Promise<SignatureFinding> {
  const { repository, files, keyring, committerMustMatch } = checking;
  const object = await readTag(tag, repository);
  if (object === null) return bad("Unsigned", "is a lightweight tag, which has no signature");
  const early =
    findingWithoutKeys(object, files) ?? (typeof object === "string" ? null : otherTag(object, tag));
  if (early !== null || typeof object === "string") return early ?? bad("MalformedObject", "is malformed");
  if (object.signature === "x509") return x509Finding(object, tagSignature(object.bytes), checking);
  const signed: Repository = { ...repository, env: keyring.environmentFor(repository.folder) };
  const { outcome } = await gitAnswer(signed, ["verify-tag", "--raw", "--end-of-options", tag.hash]);
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
  const { type, size } = requestedValue(sizes, hash);
  if (type !== "tag") return null;
  if (size > MAX_TAG_BYTES) return "it is larger than 256 KiB";
  const contents = await readObjects(database, { names: [hash], sizes, where });
  return readSignedTag(requestedValue(contents, hash));
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
