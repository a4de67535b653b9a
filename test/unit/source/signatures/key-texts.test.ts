import { describe, expect, test } from "@jest/globals";
import { parseAllowedSigners } from "../../../../src/source/signatures/allowed-signers.ts";
import { parseGpgKeys } from "../../../../src/source/signatures/keyring.ts";
import { readSignedCommit, readSignedTag } from "../../../../src/source/signatures/signed-object.ts";

/** Of `ssh-keygen -t ed25519`; its fingerprint is what `ssh-keygen -lf` prints. */
const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILM+I5hAgoVrC9iNsFQ0oV3cU1r3Z3S7Yy2bQ8dC6T1k";

describe("a line of the allowed signers", () => {
  test.each([
    { line: `dana@example.com ${KEY}`, because: "an address and a key" },
    { line: `dana@example.com ${KEY} laptop of Dana`, because: "a comment after the key" },
    {
      line: `dana@example.com namespaces="git,file" ${KEY}`,
      because: "the namespace of commits among others",
    },
    { line: `dana@example.com namespaces="git",valid-after="20200101" ${KEY}`, because: "several options" },
    { line: `"dana@example.com" ${KEY}\r`, because: "quotes, and the line end of Windows" },
  ])("counts: $because", ({ line }) => {
    const { signers, problems } = parseAllowedSigners(`# people\n\n${line}\n`);

    expect(problems).toEqual([]);
    expect(signers).toMatchObject([
      {
        line: 3,
        principals: ["dana@example.com"],
        fingerprint: expect.stringMatching(/^SHA256:[\w+/]{43}$/),
      },
    ]);
  });

  test("may name several addresses of one owner, and a date", () => {
    const { signers } = parseAllowedSigners(`dana@example.com,d@example.org valid-before="20300131Z" ${KEY}`);

    expect(signers).toMatchObject([
      { principals: ["dana@example.com", "d@example.org"], validBefore: "2030-01-31" },
    ]);
  });

  test.each([
    { line: "dana@example.com", problem: "expected ADDRESS KEYTYPE KEY" },
    { line: KEY, problem: "expected ADDRESS KEYTYPE KEY" },
    { line: "dana@example.com ssh-dss AAAAB3NzaC1kc3MAAACB", problem: "expected ADDRESS KEYTYPE KEY" },
    { line: "dana@example.com ssh-ed25519 AAAAC3Nza", problem: "not a complete ssh-ed25519 key" },
    { line: `* cert-authority ${KEY}`, problem: "cert-authority is not supported" },
    { line: `dana@example.com namespaces="file" ${KEY}`, problem: 'do not include "git"' },
    { line: `dana@example.com verify-required ${KEY}`, problem: 'unknown option "verify-required"' },
  ])("is a problem: $line", ({ line, problem }) => {
    expect(parseAllowedSigners(line)).toEqual({
      signers: [],
      problems: [expect.stringMatching(new RegExp(`^line 1: .*${problem}`))],
    });
  });
});

test("keys of gpg have the fingerprint of the primary key, and no address of a revoked user id", () => {
  const lines = [
    "pub:u:255:22:E934:1795832855:1827368855::u:::scSC:::::ed25519:::0:",
    `fpr:::::::::${"A".repeat(40)}:`,
    "uid:u::::1795832855::98DD::Dana \\x3a <DANA@example.com>::::::::::0:",
    "uid:r::::1795832855::98DE::Dana <old@example.com>::::::::::0:",
    "uid:u::::1795832855::98DF::dana@example.org::::::::::0:",
    "uid:u::::1795832855::98E0::Dana without an address::::::::::0:",
    "sub:u:255:22:E935:1795832855::::::s:::::ed25519::",
    `fpr:::::::::${"B".repeat(40)}:`,
    "pub:e:255:22:E936:1:2::u:::sc:::::ed25519:::0:",
    `fpr:::::::::${"C".repeat(40)}:`,
    "uid:e::::1::98E1::robin@example.com::::::::::0:",
    "pub:r:255:22:E937:1:2::u:::sc:::::ed25519:::0:",
    `fpr:::::::::${"D".repeat(40)}:`,
  ];

  expect(parseGpgKeys(lines.join("\n"))).toEqual([
    { fingerprint: "A".repeat(40), state: "usable", mails: ["dana@example.com", "dana@example.org"] },
    { fingerprint: "C".repeat(40), state: "expired", mails: ["robin@example.com"] },
    { fingerprint: "D".repeat(40), state: "revoked", mails: [] },
  ]);
});

describe("the bytes of a commit or tag", () => {
  const people = "author A <a@x> 1 +0000\ncommitter B <B@x> 1 +0000";
  const ssh = "gpgsig -----BEGIN SSH SIGNATURE-----\n U1NI\n -----END SSH SIGNATURE-----";
  const read = (headers: string, algorithm: "sha1" | "sha256" = "sha1") =>
    readSignedCommit(Buffer.from(`${headers}\n\nmessage\n`), algorithm);

  test.each([
    { headers: people, expected: "none", because: "there is no header" },
    { headers: `${people}\n${ssh}`, expected: "ssh", because: "the header has one" },
    { headers: `${people}\n${ssh.replaceAll("SSH", "PGP")}`, expected: "gpg", because: "GPG made it" },
    { headers: `${people}\nencoding gpgsig`, expected: "none", because: "another header only mentions it" },
  ])("have the signature $expected: $because", ({ headers, expected }) => {
    expect(read(headers)).toMatchObject({ signature: expected, mail: "b@x" });
  });

  test("have the signature of their own object format", () => {
    const both = `${people}\n${ssh.replace("gpgsig", "gpgsig-sha256")}`;

    expect([read(both), read(both, "sha256")]).toMatchObject([{ signature: "none" }, { signature: "ssh" }]);
  });

  test("without a message are read too", () => {
    expect(readSignedCommit(Buffer.from(people), "sha1")).toMatchObject({ signature: "none" });
  });

  test.each([
    { headers: "author A <a@x> 1 +0000", problem: "its committer cannot be read" },
    { headers: `${people}\n${people}`, problem: 'it has more than one header "committer"' },
    { headers: `tree 1\ntree 2\n${people}`, problem: 'it has more than one header "tree"' },
  ])("are refused: $problem", ({ headers, problem }) => {
    expect(read(headers)).toBe(problem);
  });

  test("of a tag have its signature at the end of the message, once", () => {
    const signature = "-----BEGIN SSH SIGNATURE-----\nU1NI\n-----END SSH SIGNATURE-----\n";
    const tag = `object 1\ntype commit\ntag v1\ntagger B <B@x> 1 +0000\n\nrelease\n${signature}`;

    expect(readSignedTag(Buffer.from(tag))).toMatchObject({ signature: "ssh", mail: "b@x" });
    expect(readSignedTag(Buffer.from(tag + signature))).toBe("it has more than one signature");
  });
});
