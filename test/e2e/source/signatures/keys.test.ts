import { describe, expect, test } from "@jest/globals";
import { join } from "node:path";
import { examineKeys } from "../../../../src/source/signatures/examine-keys.ts";
import type { SignatureSettings } from "../../../../src/model/verification.ts";
import { SigningKeys } from "../../../support/signatures/signing-keys.ts";
import { allSigners, withSigners } from "../../../support/signatures/signers.ts";
import { eachSignedSource, reasonOf } from "../../../support/signatures/signed-source.ts";

withSigners("the keys that verify signatures of commits", () => {
  const signers = allSigners();
  const source = eachSignedSource(() => signers().settings);

  describe("keys that ended", () => {
    test("a revoked SSH key verifies nothing, although it is listed", async () => {
      const revocationFile = await signers().keys.write(
        "revoked",
        `${await signers().keys.publicKey("robin")}\n`,
      );

      expect(
        reasonOf(await source().verify(await source().commit(signers().robin), { with: { revocationFile } })),
      ).toBe("InvalidSignature");
    });

    test("an SSH key counts until the date of its line", async () => {
      const line = `robin@example.com valid-before="20200101" ${await signers().keys.publicKey("robin")}\n`;
      const allowedSignersFile = await signers().keys.write("expired-signer", line);

      expect(
        reasonOf(
          await source().verify(await source().commit(signers().robin), { with: { allowedSignersFile } }),
        ),
      ).toBe("UnknownSigner");
    });

    test("an expired GPG key verifies nothing", async () => {
      const past = await SigningKeys.open(
        join(signers().keys.folder, "past"),
        "faked-system-time 20200601T000000!",
      );
      try {
        const hash = await source().commit(await past.gpg("expired@example.com", "1y"));
        const gpgKeyrings = [await past.exported("expired.asc", "expired@example.com")];

        expect(reasonOf(await source().verify(hash, { with: { gpgKeyrings } }))).toBe("ExpiredKey");
      } finally {
        await past.end();
      }
    });

    test("a revoked GPG key verifies nothing", async () => {
      const signing = await signers().keys.gpg("revoked@example.com");
      const hash = await source().commit(signing);
      const [key = ""] = await signers().keys.fingerprints("revoked@example.com");
      await signers().keys.revoke(key);
      const gpgKeyrings = [await signers().keys.exported("revoked.asc", key)];

      expect(reasonOf(await source().verify(hash, { with: { gpgKeyrings } }))).toBe("RevokedKey");
    });

    test("a subkey counts for its listed primary key", async () => {
      await signers().keys.gpg("subkey@example.com");
      const [primary = ""] = await signers().keys.fingerprints("subkey@example.com");
      const subkey = await signers().keys.subkey(primary);
      const gpgKeyrings = [await signers().keys.exported("subkey.asc", primary)];

      const found = await source().verify(await source().commit(signers().keys.gpgSigning(`${subkey}!`)), {
        with: { gpgKeyrings },
      });

      expect(found).toMatchObject({ kind: "verified", message: "1 commit is signed by subkey@example.com" });
    });

    test("a key of the forge counts for every committer, and is named as the forge", async () => {
      const forge = await signers().keys.gpg("noreply@forge.example.com");
      const forgeKeyrings = [await signers().keys.exported("forge.asc", "noreply@forge.example.com")];

      const found = await source().verify(await source().commit(forge), {
        with: { forgeKeyrings, committerMustMatch: true },
      });

      expect(found).toMatchObject({ message: "1 commit is signed by the forge (noreply@forge.example.com)" });
    });
  });

  describe("key files that cannot be used are named", () => {
    test.each<{ because: string; other: () => Promise<Partial<SignatureSettings>>; message: string }>([
      {
        because: "the file of signers does not exist",
        other: async () => ({ allowedSignersFile: signers().keys.path("none") }),
        message: "none: ENOENT",
      },
      {
        because: "a line has no key",
        other: async () => ({ allowedSignersFile: await signers().keys.write("bad", "dana@example.com\n") }),
        message: "bad: line 1: expected ADDRESS KEYTYPE KEY",
      },
      {
        because: "the list of revoked keys does not exist, which git would ignore",
        other: async () => ({ revocationFile: signers().keys.path("no-revoked") }),
        message: "no-revoked: ENOENT",
      },
      {
        because: "a keyring is no keyring",
        other: async () => ({ gpgKeyrings: [await signers().keys.write("text.asc", "hello\n")] }),
        message: "text.asc: it has no GPG public key",
      },
      {
        because: "a keyring has a private key",
        other: async () => ({
          gpgKeyrings: [await signers().keys.write("private.asc", "-----BEGIN PGP PRIVATE KEY BLOCK-----\n")],
        }),
        message: "private.asc: it has a private key",
      },
    ])("if $because", async ({ other, message }) => {
      const hash = await source().commit(signers().robin);

      await expect(source().verify(hash, { with: await other() })).rejects.toMatchObject({
        code: "keys-unusable",
        message: expect.stringContaining(message),
      });
    });
  });

  describe("doctor and the start of the process", () => {
    const examined = (other: Partial<SignatureSettings>): ReturnType<typeof examineKeys> =>
      examineKeys(
        {
          settings: { ...signers().settings, ...other },
          folder: source().bench.mirrorDir,
          nowMs: Date.parse("2026-11-28"),
        },
        new AbortController().signal,
      );

    test("name the owners of the keys", async () => {
      expect(await examined({})).toEqual([
        { outcome: "passed", detail: "3 keys: dana@example.com, robin@example.com, robin@example.com" },
      ]);
    });

    test("warn of keys that verify nothing any more", async () => {
      const past = await SigningKeys.open(
        join(signers().keys.folder, "older"),
        "faked-system-time 20200601T000000!",
      );
      try {
        await past.gpg("old@example.com", "1y");
        const old = await past.exported("old.asc", "old@example.com");
        const line = `gone@example.com valid-before="20260101" ${await signers().keys.publicKey("dana")}\n`;
        const allowedSignersFile = await signers().keys.write("dated", line);

        expect(await examined({ gpgKeyrings: [old], allowedSignersFile: null })).toEqual([
          { outcome: "failed", detail: "no key is usable: every new commit is held" },
          { outcome: "warning", detail: `${old}: the key of old@example.com has expired` },
        ]);
        expect(await examined({ gpgKeyrings: [], allowedSignersFile })).toEqual([
          { outcome: "passed", detail: "1 key: gone@example.com" },
          {
            outcome: "warning",
            detail: expect.stringContaining(
              "line 1 of the allowed signers: the date of gone@example.com is over",
            ),
          },
        ]);
      } finally {
        await past.end();
      }
    });

    test("name each file that cannot be used", async () => {
      const other = {
        allowedSignersFile: signers().keys.path("none"),
        gpgKeyrings: [await signers().keys.write("empty.asc", "")],
      };

      expect(await examined(other)).toMatchObject([
        { outcome: "failed", detail: expect.stringContaining("none: ENOENT") },
        { outcome: "failed", detail: expect.stringContaining("empty.asc: it is empty") },
      ]);
      expect(await examined({ gpgKeyrings: [await signers().keys.write("text.asc", "x")] })).toMatchObject([
        { outcome: "failed", detail: expect.stringContaining("it has no GPG public key") },
      ]);
    });
  });
});
