import { sign } from "node:crypto";
import { bits, der, field, integer, octets, oid, sequence, set, time, TRUE, utf8 } from "./der.ts";
import { newKey, sha256, spki, type KeyPair } from "./keys.ts";
import type { TestLog } from "./log.ts";

export const YEAR_MS = 31_536_000_000;

interface Request {
  readonly name: string;
  readonly key: KeyPair;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly extensions: readonly Buffer[];
}

export interface LeafOptions {
  readonly key: KeyPair;
  /** A mail address or a URI. */
  readonly identity: string;
  /** One byte for each character. */
  readonly issuer: string;
  readonly fromMs: number;
  /** Default: code signing; null: none. */
  readonly usage?: string | null;
  /** The names in place of the identity: GeneralNames in DER. */
  readonly names?: readonly Buffer[];
  /** Extensions after those of Fulcio. */
  readonly others?: readonly Buffer[];
  /** The certificate log that confirms it; null: none. */
  readonly log: TestLog | null;
}

const ECDSA = sequence(oid("1.2.840.10045.4.3.2"));
const CODE_SIGNING = "1.3.6.1.5.5.7.3.3";

/** A certificate authority as Fulcio is one: it writes certificates that are valid for ten minutes. */
export class TestFulcio {
  readonly certificate: Buffer;
  readonly #name: string;
  readonly #key: KeyPair;

  private constructor(name: string, key: KeyPair, certificate: Buffer) {
    this.#name = name;
    this.#key = key;
    this.certificate = certificate;
  }

  /** @param above the authority that signs its certificate; null: it is a root */
  static create(name: string, above: TestFulcio | null = null, caTrue = true): TestFulcio {
    const key = newKey();
    const extensions = [
      extension("2.5.29.19", sequence(...(caTrue ? [TRUE] : [])), true),
      extension("2.5.29.15", bits(Buffer.from([0x06]), 1), true),
    ];
    const span = { fromMs: Date.UTC(2020, 0, 1), untilMs: Date.UTC(2040, 0, 1) };
    const root = new TestFulcio(name, key, Buffer.alloc(0));
    return new TestFulcio(name, key, (above ?? root).#issue({ name, key, ...span, extensions }));
  }

  issue(options: LeafOptions): Buffer {
    const { identity, issuer, key, fromMs, log, usage = CODE_SIGNING, others = [] } = options;
    const isUri = identity.includes("://");
    const names = options.names ?? [der(isUri ? 0x86 : 0x81, Buffer.from(identity))];
    const extensions = [
      extension("2.5.29.15", bits(Buffer.from([0x80]), 7), true),
      ...(usage === null ? [] : [extension("2.5.29.37", sequence(oid(usage)))]),
      extension("2.5.29.17", sequence(...names), true),
      extension("1.3.6.1.4.1.57264.1.1", Buffer.from(issuer, "latin1")),
      extension("1.3.6.1.4.1.57264.1.8", der(0x0c, Buffer.from(issuer, "latin1"))),
      ...others,
    ];
    const request = { name: "sigstore", key, fromMs, untilMs: fromMs + 600_000, extensions };
    if (log === null) return this.#issue(request);
    const list = log.certificateList(sha256(spki(this.#key)), this.#tbs(request), fromMs);
    return this.#issue({
      ...request,
      extensions: [...extensions, extension("1.3.6.1.4.1.11129.2.4.2", octets(list))],
    });
  }

  #issue(request: Request): Buffer {
    const tbs = this.#tbs(request);
    return sequence(tbs, ECDSA, bits(sign("sha256", tbs, this.#key.privateKey)));
  }

  #tbs({ name, key, fromMs, untilMs, extensions }: Request): Buffer {
    const keyIds = [
      extension("2.5.29.14", octets(sha256(spki(key)).subarray(0, 20))),
      extension("2.5.29.35", sequence(der(0x80, sha256(spki(this.#key)).subarray(0, 20)))),
    ];
    return sequence(
      field(0, integer(Buffer.from([2]))),
      integer(serialOf(key)),
      ECDSA,
      nameOf(this.#name),
      sequence(time(fromMs), time(untilMs)),
      nameOf(name),
      spki(key),
      field(3, sequence(...extensions, ...keyIds)),
    );
  }

  /** Who signed, as CMS names it. */
  issuerAndSerial(key: KeyPair): Buffer {
    return sequence(nameOf(this.#name), integer(serialOf(key)));
  }
}

function serialOf(key: KeyPair): Buffer {
  return Buffer.concat([Buffer.from([0x01]), sha256(spki(key)).subarray(0, 15)]);
}

function nameOf(name: string): Buffer {
  return sequence(set(sequence(oid("2.5.4.3"), utf8(name))));
}

export function extension(id: string, value: Buffer, isCritical = false): Buffer {
  return sequence(oid(id), ...(isCritical ? [TRUE] : []), octets(value));
}
