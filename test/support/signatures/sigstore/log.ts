import { sign } from "node:crypto";
import { newKey, sha256, spki, type KeyPair } from "./keys.ts";

/** An entry as the log returns it. */
export interface TestEntry {
  readonly logId: Buffer;
  readonly index: number;
  readonly integratedTime: number;
  readonly kind: string;
  readonly version: string;
  /** Empty: the log signed no time. */
  readonly signedEntryTimestamp: Buffer;
  readonly hashes: readonly Buffer[];
  readonly rootHash: Buffer;
  readonly treeSize: number;
  /** Empty: there is no proof. */
  readonly checkpoint: string;
}

/** A transparency log: as Rekor for signatures, or as a certificate log. */
export class TestLog {
  readonly host: string;
  readonly key: KeyPair;
  readonly #leaves: Buffer[] = [sha256(Buffer.from("\0first")), sha256(Buffer.from("\0second"))];

  constructor(host: string, key = newKey()) {
    this.host = host;
    this.key = key;
  }

  get id(): Buffer {
    return sha256(spki(this.key));
  }

  /** Adds the entry with this body, as it is when another one follows. */
  append(body: Buffer, integratedTime: number): TestEntry {
    const index = this.#leaves.push(sha256(Buffer.from([0]), body)) - 1;
    const leaves = [...this.#leaves, sha256(Buffer.from("\0next"))];
    const rootHash = treeHash(leaves);
    return {
      logId: this.id,
      index,
      integratedTime,
      kind: "hashedrekord",
      version: "0.0.1",
      signedEntryTimestamp: this.#sign(
        JSON.stringify({
          body: body.toString("base64"),
          integratedTime,
          logID: this.id.toString("hex"),
          logIndex: index,
        }),
      ),
      hashes: proofOf(index, leaves),
      rootHash,
      treeSize: leaves.length,
      checkpoint: this.#checkpoint(`${this.host}\n${leaves.length}\n${rootHash.toString("base64")}\n`),
    };
  }

  #checkpoint(note: string): string {
    const signature = Buffer.concat([this.id.subarray(0, 4), this.#sign(note)]).toString("base64");
    return `${note}\n\u2014 ${this.host} ${signature}\n`;
  }

  /** The list of one signed certificate timestamp for this certificate without the list (RFC 6962, 3.2 and 3.3). */
  certificateList(issuerKeyHash: Buffer, tbs: Buffer, atMs: number): Buffer {
    const stamp = Buffer.alloc(8);
    stamp.writeBigUInt64BE(BigInt(atMs));
    const length = Buffer.from([0, tbs.length >> 8, tbs.length & 0xff]);
    const none = Buffer.from([0, 0]);
    const signature = sign(
      "sha256",
      Buffer.concat([none, stamp, Buffer.from([0, 1]), issuerKeyHash, length, tbs, none]),
      this.key.privateKey,
    );
    const algorithm = Buffer.from([4, 3]);
    return sized(sized(Buffer.concat([Buffer.from([0]), this.id, stamp, none, algorithm, sized(signature)])));
  }

  #sign(text: string): Buffer {
    return sign("sha256", Buffer.from(text), this.key.privateKey);
  }
}

function sized(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
}

/** RFC 6962, 2.1. */
function treeHash(leaves: readonly Buffer[]): Buffer {
  const [only = Buffer.alloc(0)] = leaves;
  if (leaves.length === 1) return only;
  const at = splitOf(leaves.length);
  return sha256(Buffer.from([1]), treeHash(leaves.slice(0, at)), treeHash(leaves.slice(at)));
}

/** RFC 6962, 2.1.1. */
function proofOf(index: number, leaves: readonly Buffer[]): readonly Buffer[] {
  if (leaves.length === 1) return [];
  const at = splitOf(leaves.length);
  return index < at
    ? [...proofOf(index, leaves.slice(0, at)), treeHash(leaves.slice(at))]
    : [...proofOf(index - at, leaves.slice(at)), treeHash(leaves.slice(0, at))];
}

function splitOf(size: number): number {
  return 2 ** Math.floor(Math.log2(size - 1));
}
