import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { hideCredentials, hideSecrets, shownUrl } from "../../../../src/model/values/credential-text.ts";

const SECRET = "s3cr3t+t0ken/of~git?";

const percentAll = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");

describe("a secret in the answer of a server", () => {
  test.each([
    { form: SECRET, because: "as plain text" },
    { form: SECRET.toUpperCase(), because: "in another case" },
    { form: encodeURIComponent(SECRET), because: "percent-encoded where needed" },
    { form: percentAll(SECRET), because: "percent-encoded, every character" },
    { form: percentAll(SECRET).toUpperCase(), because: "percent-encoded with upper-case digits" },
    { form: Buffer.from(SECRET).toString("hex"), because: "as hex" },
    { form: Buffer.from(SECRET).toString("hex").toUpperCase(), because: "as upper-case hex" },
    { form: Buffer.from(SECRET).toString("base64"), because: "as base64" },
    { form: Buffer.from(`x${SECRET}`).toString("base64"), because: "as base64 shifted by one byte" },
    { form: Buffer.from(`xy${SECRET}!`).toString("base64"), because: "as base64 shifted by two bytes" },
    {
      form: Buffer.from(`x-access-token:${SECRET}`).toString("base64url"),
      because: "as base64url of user and password",
    },
    {
      form: encodeURIComponent(Buffer.from(`a:${SECRET}`).toString("base64")),
      because: "as percent-encoded base64",
    },
  ])("is hidden $because", ({ form }) => {
    const hidden = hideSecrets(`remote: denied ${form} for you`, [SECRET]);

    expect(hidden).toContain("***");
    expect(hidden.length).toBeLessThan("remote: denied  for you".length + 30);
    expect(hidden).toMatch(/^remote: denied .* for you$/);
  });

  test("is hidden in every encoding at any position of the encoded text", () => {
    const secret = fc.string({ minLength: 8, maxLength: 40, unit: "grapheme-ascii" });
    const around = fc.string({ maxLength: 5, unit: "grapheme-ascii" });
    fc.assert(
      fc.property(around, secret, around, (before, token, after) => {
        const entire = Buffer.from(before + token + after);
        for (const form of [
          entire.toString("base64"),
          entire.toString("base64url"),
          entire.toString("hex"),
        ]) {
          expect(hideSecrets(form, [token])).not.toBe(form);
        }
      }),
    );
  });

  test("does not hide other text", () => {
    const text = "remote: Repository not found. fatal: unable to access https://git.example.com/p.git";

    expect(hideSecrets(text, [SECRET])).toBe(text);
  });
});

describe("a text that looks like a credential", () => {
  test.each([
    { text: "https://user:s3cret@git.example.com/p.git", because: "a password in a URL" },
    { text: "https://user:pa/s3cret@git.example.com/p.git", because: "a password with a slash" },
    { text: "https://s3cret@git.example.com/p.git", because: "a token as the user of a URL" },
    { text: "https://git.example.com/p.git?access_token=s3cret", because: "a query" },
    { text: "https://git.example.com/p.git?a=1&b=s3cret", because: "a query with meaningless names" },
    { text: "https://git.example.com/p.git#s3cret", because: "a fragment" },
    { text: "GET /p.git?private_token=s3cret HTTP/1.1", because: "a path with a query" },
    { text: "Authorization: Bearer s3cret", because: "a bearer token" },
    { text: 'authorization="Basic s3cret"', because: "a basic credential" },
    { text: "x-amz-security-token:s3cret", because: "a session token in a canonical request" },
    { text: "X-Api-Key: s3cret", because: "an API key" },
    { text: "Authorization: authorization: bearer s3cret", because: "a header that occurs twice" },
    { text: "https://a@b,https://c:s3cret@d", because: "the second of two URLs" },
    { text: "https://git.example.com:443/x,ssh://s3cret@d", because: "a URL after one with a port" },
    { text: "glpat-s3cretabcdefghijklmnop", because: "a token of a Git host" },
    { text: "ghs_12345_eyJhbGciOi.eyJpc3MiOiIx.s3cret", because: "a token of a GitHub App, with dots" },
    { text: "Bearer of eyJhbGciOiJSUzI1.eyJpc3MiOiIx.s3cret", because: "a signed claim" },
    { text: "key AKIAs3cret was used".replace("s3cret", "S3CRETS3CRETS3CR"), because: "an access key id" },
  ])("is hidden: $because", ({ text }) => {
    expect(hideCredentials(text)).not.toContain("s3cret");
    expect(hideCredentials(text)).toContain("***");
  });

  test.each([
    "http://127.0.0.1:8085/path",
    "arn:aws:iam::111122223333:role/grantkeeper/orders-api",
    "cannot fetch main from https://git.example.com:8443/team/p.git: not found",
    "git@github.com",
    "https://host/@scope/package",
  ])("is not other text: %s", (text) => {
    expect(hideCredentials(text)).toBe(text);
  });
});

describe("a long hostile text", () => {
  test.each([
    { part: " ", because: "many spaces" },
    { part: "authorization: ", because: "headers without a value" },
    { part: "authorization:\t\t", because: "headers and white space" },
    { part: "http://", because: "schemes" },
    { part: "http://a:", because: "user names without an end" },
    { part: "a.b-c+", because: "possible schemes" },
    { part: "?token=", because: "parameters without a value" },
    { part: "-eyJ", because: "beginnings of signed claims" },
  ])("is read in linear time: $because", ({ part }) => {
    // In quadratic time this takes an hour, and the test would fail at its timeout.
    const text = part.repeat(Math.ceil(1_000_000 / part.length));

    expect(hideCredentials(text).length).toBeGreaterThan(0);
  });
});

describe("a rejected URL", () => {
  test.each([
    { url: "https://git.example.com/p?access_token=s3cret", shown: "https://git.example.com/p?***" },
    { url: "git.example.com/p?access_token=s3cret", shown: "git.example.com/p?***" },
    { url: "ftp://git.example.com/p#s3cret", shown: "ftp://git.example.com/p?***" },
    { url: "user:s3cret@git.example.com:p.git", shown: "***@git.example.com:p.git" },
    { url: "ssh://user:s3cret@git.example.com/p", shown: "ssh://***@git.example.com/p" },
    { url: "git@git.example.com:p.git", shown: "git@git.example.com:p.git" },
    { url: "/srv/permissions.git", shown: "/srv/permissions.git" },
  ])("is shown without its credential: $url", ({ url, shown }) => {
    expect(shownUrl(url)).toBe(shown);
  });
});
