import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, statSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { parsePublicKeys, verificationKey, type VerificationKey } from "../audit/checkpoint.ts";
import type { Telemetry } from "../controller/ports/telemetry.ts";
import { sync } from "./durable-files.ts";
import { StoreError } from "./errors.ts";
import { exists } from "./exists.ts";
import { storing } from "./sqlite/failure.ts";

/** In the state directory: Ed25519, PKCS #8 PEM, readable by its owner alone. */
export const AUDIT_KEY_FILE = "audit-key.pem";
/** Next to the private key, for verifiers: every public key that this installation has signed with, the newest last. */
export const AUDIT_PUBLIC_KEY_FILE = "audit-key.pub.pem";

/**
 * Loads the key that signs checkpoints; it is created on first use. A lost key is replaced, and its public key stays in
 * the list.
 */
export function loadAuditKey(stateDir: string, telemetry: Telemetry): KeyObject {
  const path = join(stateDir, AUDIT_KEY_FILE);
  const key = exists(path) ? readKey(path) : makeKey(path);
  if ((statSync(path).mode & 0o077) !== 0) {
    telemetry.warn("the audit key is readable by users other than its owner", { path });
  }
  publish(join(stateDir, AUDIT_PUBLIC_KEY_FILE), createPublicKey(key), telemetry);
  return key;
}

/** The key of an installation that has one; it is not created. @throws StoreError `missing`, `damaged` */
export function existingAuditKey(stateDir: string): KeyObject {
  const path = join(stateDir, AUDIT_KEY_FILE);
  if (!exists(path)) throw new StoreError("missing", `there is no audit key ${path}`);
  return readKey(path);
}

/** Every key that this installation has ever signed with. @throws StoreError `damaged` */
export function publishedKeys(stateDir: string): readonly VerificationKey[] {
  const path = join(stateDir, AUDIT_PUBLIC_KEY_FILE);
  const keys = parsePublicKeys(readFileSync(path, "utf8"));
  if (keys.kind === "ok") return keys.value;
  throw new StoreError("damaged", `cannot read the public audit keys ${path}: ${keys.error}`);
}

function readKey(path: string): KeyObject {
  const pem = storing(`read the audit key ${path}`, () => readFileSync(path));
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === "ed25519") return key;
  } catch (cause) {
    throw new StoreError("damaged", `cannot read the audit key ${path}`, cause);
  }
  throw new StoreError("damaged", `the audit key ${path} is not an Ed25519 key`);
}

function makeKey(path: string): KeyObject {
  const { privateKey } = generateKeyPairSync("ed25519");
  writeAll(path, privateKey.export({ type: "pkcs8", format: "pem" }).toString(), 0o600);
  return privateKey;
}

function publish(path: string, key: KeyObject, telemetry: Telemetry): void {
  const before = exists(path) ? readFileSync(path, "utf8") : "";
  const known = parsePublicKeys(before);
  const { keyId } = verificationKey(key);
  if (known.kind === "ok" && known.value.some((other) => other.keyId === keyId)) return;
  if (before !== "") telemetry.warn("the audit is signed with a new key from now on", { keyId });
  writeAll(path, before + key.export({ type: "spki", format: "pem" }).toString(), 0o644);
}

/** Replaces the file atomically; the new content is on disk when this returns. */
function writeAll(path: string, text: string, mode: number): void {
  const temporary = `${path}.new`;
  const file = openSync(temporary, "w", mode);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
  sync(dirname(path));
}
