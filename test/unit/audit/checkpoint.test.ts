import { createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { anchorLine, damagedAnchorLines, parseAnchors } from "../../../src/audit/anchor.ts";
import { parsePublicKeys, signCheckpoint, verificationKey } from "../../../src/audit/checkpoint.ts";

const key = createPublicKey({
  key: Buffer.from(
    "302a300506032b6570032100d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    "hex",
  ),
  format: "der",
  type: "spki",
});

function pem(key: KeyObject): string {
  return key.export({ type: "spki", format: "pem" }).toString();
}

describe("keys", () => {
  test("a key's id is the beginning of the SHA-256 over its public half (RFC 8032's first test key)", () => {
    expect(verificationKey(key).keyId).toBe("06:e3:fd:8f:da:29:bb:60");
  });

  test("every key of a PEM text is read, in order", () => {
    const other = generateKeyPairSync("ed25519").publicKey;

    const read = parsePublicKeys(`old\n${pem(key)}new\n${pem(other)}`);

    expect(read).toMatchObject({
      kind: "ok",
      value: [{ keyId: verificationKey(key).keyId }, { keyId: verificationKey(other).keyId }],
    });
  });

  test.each([
    { text: "", because: "an empty file" },
    {
      text: "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
      because: "a PEM block that is not a key",
    },
    {
      text: pem(generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey),
      because: "a key of another kind",
    },
  ])("$because is refused with a reason", ({ text }) => {
    expect(parsePublicKeys(text)).toMatchObject({ kind: "err", error: expect.any(String) });
  });
});

describe("copies outside", () => {
  const { privateKey } = generateKeyPairSync("ed25519");
  const checkpoint = signCheckpoint(privateKey, { seq: 7, hash: "a".repeat(64) }, "2026-11-25T12:00:00.000Z");

  test("are found among the lines of a JSON log", () => {
    const log = [
      "starting",
      JSON.stringify({ level: "info", message: "audit checkpoint", ...checkpoint }),
      anchorLine(checkpoint),
      anchorLine(checkpoint).slice(0, -1),
      '"upTo"',
      "null",
      "",
    ].join("\n");

    expect(parseAnchors(log)).toEqual([checkpoint, checkpoint]);
    // The torn copy is named; the other lines were never one.
    expect(damagedAnchorLines(log)).toEqual([4]);
  });

  test.each(["upTo", "head", "at", "keyId", "signature"])("without a %s are ignored", (name) => {
    const rest = Object.fromEntries(
      Object.entries({ ...checkpoint, x: '"upTo"' }).filter(([other]) => other !== name),
    );

    expect(parseAnchors(JSON.stringify({ ...rest, note: { upTo: 1 } }))).toEqual([]);
  });
});
