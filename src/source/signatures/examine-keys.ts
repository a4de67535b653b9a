import { X509Certificate } from "node:crypto";
import { SourceError } from "../../controller/ports/source.ts";
import type { KeyFinding, SignatureSettings } from "../../model/verification.ts";
import { counted, someOf } from "../../text/phrases.ts";
import { gitDeadline } from "../git/failure.ts";
import { readKeyFiles, type KeyFiles } from "./key-files.ts";
import { openKeyring, type Keyring } from "./keyring.ts";
import { dayOf } from "../../model/values/duration.ts";
import { resultOf } from "../../model/values/result.ts";

export interface KeyExamination {
  readonly settings: SignatureSettings;
  /** Where private folders are made. */
  readonly folder: string;
  readonly nowMs: number;
}

const TIMEOUT_MS = 30_000;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** Reads all key files as a verification does, and names keys that verify nothing any more. */
export async function examineKeys(
  { settings, folder, nowMs }: KeyExamination,
  signal: AbortSignal,
): Promise<readonly KeyFinding[]> {
  const files = await readKeyFiles(settings);
  if (files.problems.length > 0)
    return files.problems.map((problem) => ({
      outcome: "failed",
      detail: `${problem}: nothing is verified`,
    }));
  const attempt = { source: "keys", deadline: gitDeadline(signal, TIMEOUT_MS) };
  const keyring = await resultOf(openKeyring(files, folder, attempt), SourceError);
  if (keyring.kind === "err")
    return [{ outcome: "failed", detail: `${keyring.error.text}; ${keyring.error.fix}` }];
  try {
    return findingsOf(files, keyring.value, nowMs);
  } finally {
    await keyring.value.remove();
  }
}

/** The authorities of certificates, by their names. */
function authoritiesOf({ authorities }: KeyFiles, nowMs: number) {
  const blocks = authorities?.toString("latin1").match(CERTIFICATE) ?? [];
  const valid: string[] = [];
  const expired: KeyFinding[] = [];
  for (const pem of blocks) {
    const { subject, validToDate } = new X509Certificate(pem);
    const name = subject.split("\n").join(", ");
    if (validToDate.getTime() > nowMs) valid.push(`authority ${name}`);
    else expired.push({ outcome: "warning", detail: `the certificate of the authority ${name} has expired` });
  }
  return { valid, expired };
}

/** The identities of gitsign, if an authority and a log of the operator's file count now. */
function gitsignOf({ gitsign }: KeyFiles, nowMs: number) {
  const { authorities = [], material = { tlogs: [] } } = gitsign?.root ?? {};
  const now = new Date(nowMs);
  const missing = [
    ...(authorities.some(({ fromMs, untilMs }) => fromMs <= nowMs && nowMs <= untilMs) ? [] : ["authority"]),
    ...(material.tlogs.some(({ validFor }) => validFor.start <= now && now <= validFor.end) ? [] : ["log"]),
  ];
  if (gitsign === null || missing.length === 0)
    return {
      names: (gitsign?.identities ?? []).map(({ identity, issuer }) => `${identity} (${issuer})`),
      ended: [],
    };
  const detail = `no ${missing.join(" and no ")} of signatures.gitsign.trustedRootFile counts today, so new gitsign signatures are held: write the current trusted_root.json`;
  return { names: [], ended: [{ outcome: "warning", detail }] as const };
}

function findingsOf(files: KeyFiles, { owners, unusable }: Keyring, nowMs: number): readonly KeyFinding[] {
  const today = dayOf(nowMs);
  const ended = unusable.map(({ path, key }): KeyFinding => {
    const detail = `${path}: the key of ${key.mails[0] ?? key.fingerprint} ${key.state === "revoked" ? "is revoked" : "has expired"}`;
    return { outcome: "warning", detail };
  });
  const outdated = files.signers
    .filter(({ validBefore }) => validBefore !== null && validBefore <= today)
    .map(({ line, principals }): KeyFinding => ({
      outcome: "warning",
      detail: `line ${line} of the allowed signers: the date of ${principals.join(",")} is over, but a commit with an older date still counts; remove the line`,
    }));
  const ofEnded = new Set(unusable.map(({ key }) => key.fingerprint));
  const usable = [...owners].filter(([fingerprint]) => !ofEnded.has(fingerprint));
  const names = usable.map(([, { name, isForge }]) => (isForge ? `the forge (${name})` : name)).sort();
  const { valid, expired } = authoritiesOf(files, nowMs);
  const gitsign = gitsignOf(files, nowMs);
  names.push(...valid, ...gitsign.names);
  const count = names.length;
  const all: KeyFinding =
    count === 0
      ? { outcome: "failed", detail: "no key is usable: every new commit is held" }
      : { outcome: "passed", detail: `${counted(count, "key")}: ${someOf(names)}` };
  return [all, ...ended, ...outdated, ...expired, ...gitsign.ended];
}
