import { describe, expect, test } from "@jest/globals";
import { checkOf, PAYLOAD, textOf } from "../../../support/signatures/sigstore/checks.ts";
import { der, octets, oid, sequence } from "../../../support/signatures/sigstore/der.ts";
import {
  attribute,
  protobuf,
  SHA256,
  TestSigstore,
  type GitsignOptions,
} from "../../../support/signatures/sigstore/gitsign.ts";
import type { TestEntry } from "../../../support/signatures/sigstore/log.ts";

const sigstore = new TestSigstore();
const ROOT = sigstore.trustedRoot();
const GOOD = sigstore.sign(PAYLOAD).der;
const ENTRY = "1.3.6.1.4.1.57264.3.1";
const textFor = (options: GitsignOptions): string =>
  textOf(checkOf(sigstore.sign(PAYLOAD, options).der, ROOT));

describe("a gitsign signature in another form is refused", () => {
  test.each<{ because: string; with: GitsignOptions; reason: RegExp }>([
    {
      because: "it contains a text of its own",
      with: { cms: (parts) => ({ ...parts, content: [...parts.content, octets(Buffer.from(PAYLOAD))] }) },
      reason: /text of its own/,
    },
    {
      because: "it has a second signer",
      with: { cms: (parts) => ({ ...parts, signers: [sequence(SHA256)] }) },
      reason: /more than one signer or certificate/,
    },
    {
      because: "it has a second certificate",
      with: {
        cms: (parts) => ({ ...parts, certificates: [...parts.certificates, sigstore.root.certificate] }),
      },
      reason: /more than one signer or certificate/,
    },
    {
      because: "it has no certificate",
      with: { cms: (parts) => ({ ...parts, certificates: [] }) },
      reason: /cannot be read/,
    },
    {
      because: "its certificate is none",
      with: { cms: (parts) => ({ ...parts, certificates: [sequence(SHA256)] }) },
      reason: /certificate that cannot be read/,
    },
    {
      because: "it has two log entries",
      with: { cms: (parts) => ({ ...parts, unsigned: [...parts.unsigned, ...parts.unsigned] }) },
      reason: /more than one log entry/,
    },
    {
      because: "it has no digest of its content",
      with: { cms: (parts) => ({ ...parts, attributes: parts.attributes.slice(0, 2) }) },
      reason: /without one digest/,
    },
    {
      because: "it has two digests of its content",
      with: {
        cms: (parts) => ({
          ...parts,
          attributes: [...parts.attributes, attribute("1.2.840.113549.1.9.4", octets(Buffer.alloc(32)))],
        }),
      },
      reason: /without one digest/,
    },
    {
      because: "an attribute was added after it was signed",
      with: {
        cms: (parts) => ({
          ...parts,
          attributes: [...parts.attributes, attribute("1.2.840.113549.1.9.9", octets(Buffer.alloc(1)))],
        }),
      },
      reason: /did not sign for this signature/,
    },
    {
      because: "its log entry is no Protobuf",
      with: { entry: () => Buffer.from("ffffffffffffffffffffffff", "hex") },
      reason: /log entry that cannot be read/,
    },
    {
      because: "a part of its log entry has a huge length",
      with: { entry: () => Buffer.from("0affffffff0f00", "hex") },
      reason: /log entry that cannot be read/,
    },
    {
      because: "a number of its log entry is a text",
      with: { entry: withoutNumber },
      reason: /log entry that cannot be read/,
    },
    {
      because: "a number of its log entry is negative",
      with: { entry: (own) => ({ ...own, integratedTime: -1 }) },
      reason: /log entry that cannot be read/,
    },
    {
      because: "a part of its log entry is repeated",
      with: { entry: () => Buffer.from("1a001a00", "hex") },
      reason: /log entry that cannot be read/,
    },
    {
      because: "a part of its log entry is a number",
      with: { entry: () => Buffer.from("1801", "hex") },
      reason: /log entry that cannot be read/,
    },
    {
      because: "a text of its log entry is not UTF-8",
      with: { entry: () => Buffer.from("1a030a01ff", "hex") },
      reason: /log entry that cannot be read/,
    },
    {
      because: "its log entry has only a part that no one knows",
      with: { entry: () => Buffer.from("f50100000000", "hex") },
      reason: /not a hashedrekord/,
    },
    {
      because: "the checkpoint is huge",
      with: { entry: (own) => ({ ...own, checkpoint: own.checkpoint + "x".repeat(9_000) }) },
      reason: /malformed proof/,
    },
    {
      because: "the name in the checkpoint is an expression that would run for hours",
      with: { entry: (own) => ({ ...own, checkpoint: slowNames(own) }) },
      reason: /malformed proof/,
    },
  ])("if $because", ({ with: options, reason }) => {
    expect(textFor(options)).toMatch(reason);
  });

  test("if it has another digest, another type or another kind of key", () => {
    const replaced = (from: Buffer, to: Buffer): string => {
      const at = GOOD.lastIndexOf(from);
      expect(at).toBeGreaterThan(0);
      const changed = Buffer.concat([GOOD.subarray(0, at), to, GOOD.subarray(at + from.length)]);
      return textOf(checkOf(changed, ROOT));
    };

    expect(replaced(oid("2.16.840.1.101.3.4.2.1"), oid("2.16.840.1.101.3.4.2.2"))).toMatch(
      /not ECDSA with SHA-256/,
    );
    expect(replaced(oid("1.2.840.10045.4.3.2"), oid("1.2.840.10045.4.3.4"))).toMatch(
      /not ECDSA with SHA-256/,
    );
    expect(replaced(oid("1.2.840.113549.1.7.2"), oid("1.2.840.113549.1.7.3"))).toMatch(/cannot be read/);
    expect(replaced(oid(ENTRY), oid("1.3.6.1.4.1.57264.3.2"))).toMatch(/without its log entry/);
  });
});

/** The entry with a text as its number. */
function withoutNumber(entry: TestEntry): Buffer {
  return Buffer.concat([Buffer.from("0a0161", "hex"), protobuf(entry).subarray(2)]);
}

/** As the log's own signature, with a name of nested repetitions. */
function slowNames({ checkpoint }: TestEntry): string {
  return checkpoint.replace(/\u2014 \S+/, "\u2014 ((((.+)+)+)+)+!");
}

describe("bytes that are no gitsign signature", () => {
  test("are refused at each length to which one can be cut", () => {
    for (let length = 0; length < GOOD.length; length += 1)
      expect(textOf(checkOf(GOOD.subarray(0, length), ROOT))).toMatch(/^InvalidSignature: .*cannot be read/);
  });

  test("are refused with a byte more, a huge length, thousands of levels, or more than 32 KiB", () => {
    let nested = Buffer.alloc(0);
    for (let level = 0; level < 8_000; level += 1)
      nested = Buffer.concat([Buffer.from([0x30, 0x80]), nested]);
    const bombs = [
      Buffer.concat([GOOD, Buffer.alloc(1)]),
      Buffer.from("3086ffffffffffff", "hex"),
      Buffer.from("3089ffffffffffffffffff", "hex"),
      Buffer.from("3080".repeat(8_000), "hex"),
      levels(6_000),
      Buffer.alloc(40_000, 0x30),
    ];

    for (const bomb of bombs)
      expect(textOf(checkOf(bomb, ROOT))).toMatch(/^InvalidSignature: .*(cannot be read|more than 32 KiB)/);
  });

  test("never prove more than the signature did, whichever byte is changed", () => {
    const good = checkOf(GOOD, ROOT);
    for (let at = 0; at < GOOD.length; at += 11) {
      const changed = Buffer.from(GOOD);
      changed[at] = (changed[at] ?? 0) ^ 0x04;

      const found = checkOf(changed, ROOT);

      expect(found.kind === "err" ? good : found).toEqual(good);
    }
  });
});

/** Valid DER of this depth, which has no more than 32 KiB. */
function levels(depth: number): Buffer {
  let value: Buffer = Buffer.alloc(0);
  for (let level = 0; level < depth; level += 1) value = der(0x30, value);
  return value;
}
