import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { errorCode } from "../../model/values/error-code.ts";
import { parseAllowedSigners, type AllowedSigner } from "./allowed-signers.ts";
import type { GitsignIdentity, SignatureSettings } from "../../model/verification.ts";
import type { TrustedRoot } from "../gitsign/trusted-root.ts";

const MAX_BYTES = 4_194_304;

/** One file with GPG keys. */
export interface KeyringFile {
  readonly path: string;
  readonly bytes: Buffer;
  readonly isForge: boolean;
}

/** Whose gitsign signatures count, and which logs and authorities prove them. */
export interface GitsignTrust {
  readonly root: TrustedRoot;
  readonly identities: readonly GitsignIdentity[];
}

/** The operator's key files as they were read together. */
export interface KeyFiles {
  readonly allowedSigners: Buffer | null;
  readonly signers: readonly AllowedSigner[];
  readonly revocation: Buffer | null;
  readonly keyrings: readonly KeyringFile[];
  /** Certificates in PEM, and revocation lists. */
  readonly authorities: Buffer | null;
  readonly revocationLists: Buffer | null;
  readonly gitsign: GitsignTrust | null;
  /** Of all contents: what one set of keys verified is not verified for another. */
  readonly digest: string;
  /** `PATH: what is wrong`: with any of them nothing can be verified. */
  readonly problems: readonly string[];
}

export async function readKeyFiles(settings: SignatureSettings): Promise<KeyFiles> {
  const { allowedSignersFile, revocationFile, gpgKeyrings, forgeKeyrings, x509, gitsign } = settings;
  const allowed = await readIfNamed(allowedSignersFile);
  const revocation = await readIfNamed(revocationFile);
  const authorities = await readIfNamed(x509?.caFile ?? null);
  const lists = await readIfNamed(x509?.revocationFile ?? null);
  const root = await readIfNamed(gitsign?.trustedRootFile ?? null);
  const trust = await gitsignTrust(gitsign, root);
  const rings = await readKeyrings(gpgKeyrings, forgeKeyrings);
  const parsed = parseAllowedSigners(bytesOf(allowed)?.toString("utf8") ?? "");
  const keyrings = rings.flatMap(({ read, ...one }) =>
    Buffer.isBuffer(read) ? [{ ...one, bytes: read }] : [],
  );
  return {
    allowedSigners: bytesOf(allowed),
    signers: parsed.signers,
    revocation: bytesOf(revocation),
    keyrings,
    authorities: bytesOf(authorities),
    revocationLists: bytesOf(lists),
    gitsign: typeof trust === "string" ? null : trust,
    digest: digestOf(settings, [
      bytesOf(allowed),
      bytesOf(revocation),
      bytesOf(authorities),
      bytesOf(lists),
      bytesOf(root),
      ...keyrings.map(({ bytes }) => bytes),
    ]),
    problems: [
      ...[allowed, revocation, authorities, lists, trust, ...rings.map(({ read }) => read)].filter(
        (read) => typeof read === "string",
      ),
      ...parsed.problems.map((problem) => `${allowedSignersFile ?? ""}: ${problem}`),
      ...(Buffer.isBuffer(allowed) && parsed.signers.length + parsed.problems.length === 0
        ? [`${allowedSignersFile ?? ""}: it has no keys`]
        : []),
      ...pemProblems(x509?.caFile, authorities, "CERTIFICATE"),
      ...pemProblems(x509?.revocationFile, lists, "X509 CRL"),
      ...keyrings
        .filter(({ bytes }) => bytes.includes("-----BEGIN PGP PRIVATE KEY BLOCK-----"))
        .map(({ path }) => `${path}: it has a private key; export public keys only`),
    ],
  };
}

type KeyFileContent = Buffer | string | null;

function readKeyrings(
  gpg: readonly string[],
  forge: readonly string[],
): Promise<readonly (Omit<KeyringFile, "bytes"> & { readonly read: KeyFileContent })[]> {
  const paths = [
    ...gpg.map((path) => ({ path, isForge: false })),
    ...forge.map((path) => ({ path, isForge: true })),
  ];
  return Promise.all(paths.map(async (one) => ({ ...one, read: await readBytes(one.path) })));
}

function bytesOf(read: KeyFileContent): Buffer | null {
  return Buffer.isBuffer(read) ? read : null;
}

function readIfNamed(path: string | null): Promise<KeyFileContent> {
  return path === null ? Promise.resolve(null) : readBytes(path);
}

/** A text is the problem. */
async function readBytes(path: string): Promise<Buffer | string> {
  try {
    const file = await open(path, "r");
    try {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(MAX_BYTES + 1), 0, MAX_BYTES + 1, 0);
      if (bytesRead === 0) return `${path}: it is empty`;
      return bytesRead > MAX_BYTES
        ? `${path}: it has more than 4 MiB`
        : Buffer.from(buffer.subarray(0, bytesRead));
    } finally {
      await file.close();
    }
  } catch (cause) {
    return `${path}: ${errorCode(cause) ?? "it cannot be read"}`;
  }
}

/** A text is the problem. The reader of Sigstore's files is loaded only if a source needs it. */
async function gitsignTrust(
  settings: SignatureSettings["gitsign"],
  read: KeyFileContent,
): Promise<GitsignTrust | string | null> {
  if (settings === null || !Buffer.isBuffer(read)) return typeof read === "string" ? read : null;
  const { readTrustedRoot } = await import("../gitsign/trusted-root.ts");
  const root = readTrustedRoot(read);
  return root.kind === "err"
    ? `${settings.trustedRootFile}: ${root.error}`
    : { root: root.value, identities: settings.identities };
}

function pemProblems(
  path: string | null | undefined,
  read: KeyFileContent,
  label: string,
): readonly string[] {
  if (!Buffer.isBuffer(read)) return [];
  const shown = path ?? "";
  if (read.includes("PRIVATE KEY-----")) return [`${shown}: it has a private key; write certificates only`];
  return read.includes(`-----BEGIN ${label}-----`) ? [] : [`${shown}: it has no ${label} in PEM`];
}

function digestOf(settings: SignatureSettings, contents: readonly (Buffer | null)[]): string {
  const hash = createHash("sha256").update(JSON.stringify(settings));
  for (const content of contents)
    hash.update(`\n${content?.length ?? "none"}\n`).update(content ?? Buffer.alloc(0));
  return hash.digest("hex");
}
