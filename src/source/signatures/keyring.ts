import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SourceError } from "../../controller/ports/source.ts";
import { localEnvironment } from "../git/environment.ts";
import type { GitAttempt } from "../git/failure.ts";
import { collect, type GitOutcome } from "../git/process.ts";
import { runIn, succeeded, type Repository } from "../git/repository.ts";
import { cleanSourceLine } from "../rules/clean-text.ts";
import { removeLeftoverFolders } from "../git/private-folder.ts";
import type { KeyFiles, KeyringFile } from "./key-files.ts";

/** To whom a listed key belongs. */
export interface KeyOwner {
  /** The first address, or the fingerprint if there is none. */
  readonly name: string;
  /** In lower case. */
  readonly mails: readonly string[];
  /** The forge signs for everyone: its key proves no person. */
  readonly isForge: boolean;
}

/** A key of a GPG keyring that is expired or revoked, and verifies nothing. */
interface UnusableKey {
  readonly path: string;
  readonly key: GpgKey;
}

/** The operator's keys in a private folder, as git, gpg and ssh-keygen read them. */
export interface Keyring {
  /** By fingerprint: the one of the primary key for GPG, `SHA256:…` for SSH. */
  readonly owners: ReadonlyMap<string, KeyOwner>;
  readonly unusable: readonly UnusableKey[];
  /** For git commands that verify in this repository; only the formats with listed keys have a program. */
  readonly environmentFor: (gitDir: string) => Readonly<Record<string, string>>;
  /** The private folder, which has `authorities.pem` if there are any. */
  readonly folder: string;
  readonly remove: () => Promise<void>;
}

const PREFIX = "keys-";

/**
 * gpg has a home of its own: no key of this machine counts, nothing is fetched, and no agent is started, which would
 * outlive the process group.
 */
const GPG_CONFIG = [
  "batch",
  "no-tty",
  "no-autostart",
  "no-auto-key-retrieve",
  "no-auto-key-import",
  "disable-dirmngr",
  "no-greeting",
  "trust-model pgp",
];

/**
 * @param parent where the folder is made
 * @throws SourceError `keys-unusable`
 */
export async function openKeyring(files: KeyFiles, parent: string, attempt: GitAttempt): Promise<Keyring> {
  await mkdir(parent, { recursive: true, mode: 0o700 });
  await removeLeftoverFolders(parent, PREFIX);
  const folder = await mkdtemp(join(parent, PREFIX));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    return { ...(await fill(folder, files, attempt)), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function fill(folder: string, files: KeyFiles, attempt: GitAttempt): Promise<Omit<Keyring, "remove">> {
  await writeFile(join(folder, "gpg.conf"), `${GPG_CONFIG.join("\n")}\n`);
  await writeFile(join(folder, "common.conf"), "");
  if (files.allowedSigners !== null) await writeFile(join(folder, "allowed-signers"), files.allowedSigners);
  if (files.revocation !== null) await writeFile(join(folder, "revoked"), files.revocation);
  const gpg: Repository = { ...attempt, folder, env: gpgEnvironment(folder) };
  const rings: RingKeys[] = [];
  for (const ring of files.keyrings) rings.push({ ring, keys: await addRing(ring, gpg) });
  if (rings.length > 0) await trust(rings, gpg);
  if (files.authorities !== null)
    await writeFile(
      join(folder, "authorities.pem"),
      Buffer.concat([files.authorities, Buffer.from("\n"), files.revocationLists ?? Buffer.alloc(0)]),
    );
  return {
    folder,
    owners: ownersOf(files, rings),
    unusable: rings.flatMap(({ ring, keys }) =>
      keys.filter(({ state }) => state !== "usable").map((key) => ({ path: ring.path, key })),
    ),
    environmentFor: (gitDir) => ({
      ...localEnvironment(gitDir, programs(files, folder)),
      GNUPGHOME: folder,
      TMPDIR: folder,
    }),
  };
}

interface RingKeys {
  readonly ring: KeyringFile;
  readonly keys: readonly GpgKey[];
}

/** The signature of a commit chooses the program: those of formats without listed keys always fail. */
function programs(files: KeyFiles, folder: string): readonly (readonly [string, string])[] {
  const none = "/bin/false";
  return [
    ["gpg.program", files.keyrings.length > 0 ? "gpg" : none],
    ["gpg.openpgp.program", files.keyrings.length > 0 ? "gpg" : none],
    ["gpg.ssh.program", files.allowedSigners === null ? none : "ssh-keygen"],
    ["gpg.x509.program", none],
    ...(files.allowedSigners === null
      ? []
      : [["gpg.ssh.allowedSignersFile", join(folder, "allowed-signers")] as const]),
    ...(files.revocation === null ? [] : [["gpg.ssh.revocationFile", join(folder, "revoked")] as const]),
  ];
}

function gpgEnvironment(folder: string): Readonly<Record<string, string>> {
  return { ...localEnvironment(null), GNUPGHOME: folder, TMPDIR: folder };
}

/** Imports a file, and returns the keys in it. */
async function addRing(ring: KeyringFile, gpg: Repository): Promise<readonly GpgKey[]> {
  await writeFile(join(gpg.folder, "ring"), ring.bytes);
  const shown = await gpgAnswer(gpg, ["--show-keys", "--with-colons", "ring"]);
  const keys = parseGpgKeys(shown.text);
  if (!succeeded(shown.outcome) || keys.length === 0)
    throw gpgFailure(ring.path, shown.outcome, "it has no GPG public key");
  const { outcome } = await gpgAnswer(gpg, ["--import", "ring"]);
  if (!succeeded(outcome)) throw gpgFailure(ring.path, outcome, "gpg does not import it");
  return keys;
}

/** Without ownertrust, gpg reports a good signature as of unknown validity. */
async function trust(rings: readonly RingKeys[], gpg: Repository): Promise<void> {
  const lines = rings.flatMap(({ keys }) => keys.map(({ fingerprint }) => `${fingerprint}:6:\n`));
  const { outcome } = await gpgAnswer(gpg, ["--import-ownertrust"], lines.join(""));
  if (!succeeded(outcome))
    throw gpgFailure(rings[0]?.ring.path ?? "", outcome, "gpg does not trust its keys");
}

async function gpgAnswer(
  gpg: Repository,
  args: readonly string[],
  input = "",
): Promise<{ readonly outcome: GitOutcome; readonly text: string }> {
  const { sink, text } = collect(4_194_304);
  const outcome = await runIn(gpg, { program: "gpg", args, input, sink });
  gpg.deadline.caller.throwIfAborted();
  return { outcome, text: text() };
}

function gpgFailure(path: string, outcome: GitOutcome, why: string): SourceError {
  if (outcome.kind === "not-started" || (outcome.kind === "exited" && outcome.code === 127))
    return keysUnusable("gpg cannot be started", "install GnuPG (gpg), or list SSH keys only");
  const detail = outcome.kind === "exited" ? cleanSourceLine(outcome.errors, 200) : outcome.kind;
  return keysUnusable(`${path}: ${why}${detail === "" ? "" : ` (${detail})`}`);
}

export function keysUnusable(
  problem: string,
  fix = "correct the file: docs/operating.md#commit-signatures shows how to export keys",
): SourceError {
  return new SourceError({
    code: "keys-unusable",
    message: `commit signatures cannot be verified: ${problem}`,
    fix,
  });
}

function ownersOf({ signers }: KeyFiles, rings: readonly RingKeys[]): ReadonlyMap<string, KeyOwner> {
  const owners = new Map<string, KeyOwner>();
  for (const { fingerprint, principals } of signers) {
    const mails = [
      ...(owners.get(fingerprint)?.mails ?? []),
      ...principals.map((mail) => mail.toLowerCase()),
    ];
    owners.set(fingerprint, { name: mails[0] ?? fingerprint, mails, isForge: false });
  }
  // The keyrings of people come last: a key in both kinds of files belongs to a person.
  for (const { ring, keys } of rings.toSorted((a, b) => Number(b.ring.isForge) - Number(a.ring.isForge)))
    for (const { fingerprint, mails } of keys)
      owners.set(fingerprint, { name: mails[0] ?? fingerprint, mails, isForge: ring.isForge });
  return owners;
}

/** One GPG key of a keyring. */
interface GpgKey {
  /** Of the primary key, 40 or 64 hex digits. */
  readonly fingerprint: string;
  readonly state: "usable" | "expired" | "revoked";
  /** The addresses of its user ids that are not revoked, in lower case. */
  readonly mails: readonly string[];
}

/** Reads the output of `gpg --with-colons` (doc/DETAILS of GnuPG). */
export function parseGpgKeys(text: string): readonly GpgKey[] {
  const keys: { fingerprint: string; state: GpgKey["state"]; mails: string[] }[] = [];
  let isPrimary = false;
  for (const line of text.split("\n")) {
    const [type, validity = "", , , , , , , , value = ""] = line.split(":");
    const key = keys.at(-1);
    if (type === "pub") keys.push({ fingerprint: "", state: stateOf(validity), mails: [] });
    if (type === "pub" || type === "sub") isPrimary = type === "pub";
    if (type === "fpr" && isPrimary && key !== undefined) key.fingerprint = value;
    if (type !== "uid" || key === undefined) continue;
    // All user ids of an expired key have expired with it; they still name the owner.
    const isEnded = validity.includes("r") || (validity.includes("e") && key.state === "usable");
    const mail = isEnded ? null : mailIn(value);
    if (mail !== null) key.mails.push(mail);
  }
  return keys.filter(({ fingerprint }) => fingerprint !== "");
}

function stateOf(validity: string): GpgKey["state"] {
  if (validity.includes("r")) return "revoked";
  return validity.includes("e") ? "expired" : "usable";
}

/** `Dana <dana@example.com>`, or the address alone. A colon is written `\x3a`. */
function mailIn(userId: string): string | null {
  const text = userId.replaceAll(/\\x([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  const mail = /<([^<>]+)>$/.exec(text)?.[1] ?? (/^[^\s<>@]+@[^\s<>@]+$/.test(text) ? text : null);
  return mail?.toLowerCase() ?? null;
}
