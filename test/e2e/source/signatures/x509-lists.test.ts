import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SignatureSettings } from "../../../../src/model/verification.ts";
import { SigningAuthority } from "../../../support/signatures/certificates.ts";
import { withEmbeddedList } from "../../../support/signatures/embedded-list.ts";
import { eachSignedSource } from "../../../support/signatures/signed-source.ts";
import { NO_KEYS } from "../../../support/signatures/signing-keys.ts";

describe("X.509 signatures of commits, with revocation lists", () => {
  let folder: string;
  let acme: SigningAuthority;
  let settings: SignatureSettings;
  const source = eachSignedSource(() => settings);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "x509-"));
    acme = await SigningAuthority.open(join(folder, "acme"), "Acme Signing");
    settings = { ...NO_KEYS, x509: { caFile: acme.caFile, revocationFile: null } };
  });
  afterAll(() => rm(folder, { recursive: true }));

  test("are not verified after the certificate was revoked, and need a list that is there", async () => {
    const eve = await acme.issue("eve");
    const to = await source().commit(eve);
    const revocationFile = await acme.revocationList();
    expect(await source().explain(to, { x509: { caFile: acme.caFile, revocationFile } })).toBe("verified");

    await acme.revocationList("eve");

    expect(await source().explain(to, { x509: { caFile: acme.caFile, revocationFile } })).toMatch(
      /^RevokedKey/,
    );
    const twin = await SigningAuthority.open(join(folder, "other"), "Other");
    const other = { caFile: acme.caFile, revocationFile: await twin.revocationList() };
    await expect(source().explain(to, { x509: other })).rejects.toMatchObject({
      code: "keys-unusable",
      fix: expect.stringContaining("signatures.x509.revocationFile"),
    });
  });

  test("of a revoked signer are not verified if they contain the list from before the revocation", async () => {
    const text = await source().objectText("commit", await source().commit(await acme.issue("oscar")));
    const revocationFile = await acme.revocationList();
    const before = await readFile(revocationFile, "utf8");
    const to = await source().writeObject("commit", withEmbeddedList(text, before));
    const listed = { x509: { caFile: acme.caFile, revocationFile } };
    expect(await source().explain(to, listed)).toBe("verified");

    await acme.revocationList("oscar");

    expect(await source().explain(to, listed)).toMatch(/^RevokedKey/);
  });

  test("by a sub-authority that bring its list along are held: only the operator's lists count", async () => {
    const below = await acme.subAuthority("lower");
    await below.issue("robin");
    const text = await source().objectText(
      "commit",
      await source().commit(await below.signingWithAuthority("robin")),
    );
    const to = await source().writeObject(
      "commit",
      withEmbeddedList(text, await readFile(await below.revocationList(), "utf8")),
    );
    const listed = { x509: { caFile: acme.caFile, revocationFile: await acme.revocationList() } };

    expect(await source().explain(to, listed)).toMatch(/^UnknownSigner: .*sub-authority/);
  });

  test("by a sub-authority without a list are held, and stop no other commit", async () => {
    const below = await acme.subAuthority("below");
    await below.issue("robin");
    const signing = await below.signingWithAuthority("robin");
    const own = await acme.revocationList();
    expect(await source().explain(await source().commit(signing))).toBe("verified");

    const listed = { x509: { caFile: acme.caFile, revocationFile: own } };
    expect(await source().explain(await source().commit(signing), listed)).toMatch(
      /^UnknownSigner: .*sub-authority that has no valid list in signatures.x509.revocationFile/,
    );

    const both = join(folder, "both.pem");
    await writeFile(
      both,
      (await readFile(own, "utf8")) + (await readFile(await below.revocationList(), "utf8")),
    );
    const complete = { x509: { caFile: acme.caFile, revocationFile: both } };
    expect(await source().explain(await source().commit(signing), complete)).toBe("verified");
  });
});
