import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { imageProvenance, imageSbom } from "../../../../tools/release/documents.ts";

const ROOT = join(import.meta.dirname, "../../../..");
const IMAGE = {
  facts: {
    version: "0.1.0",
    description: "",
    license: "Apache-2.0",
    revision: `${"a".repeat(40)}-dirty`,
    created: "2026-09-30T00:00:00.000Z",
  },
  digest: `sha256:${"b".repeat(64)}`,
  architecture: "amd64",
  debian: "13",
  packages: "git\t1:2.47.3-0+deb13u1\nlibc6:amd64\t2.41-12\n",
};
const NPM = {
  bomFormat: "CycloneDX",
  serialNumber: "urn:uuid:random",
  metadata: { timestamp: "now", component: { name: "checkout" } },
  components: [{ purl: "pkg:npm/yaml@2.9.1" }],
};

describe("the documents of an image", () => {
  test("the bill of materials names npm's packages and Debian's", () => {
    expect(imageSbom(NPM, IMAGE).components.map(({ purl }) => purl)).toEqual([
      "pkg:npm/yaml@2.9.1",
      "pkg:deb/debian/git@1%3A2.47.3-0%2Bdeb13u1?arch=amd64&distro=debian-13",
      "pkg:deb/debian/libc6@2.41-12?arch=amd64&distro=debian-13",
    ]);
  });

  test("the same image has the same bill of materials, whenever npm wrote its part", () => {
    const later = {
      ...NPM,
      serialNumber: "urn:uuid:other",
      metadata: { ...NPM.metadata, timestamp: "later" },
    };

    expect(imageSbom(later, IMAGE)).toEqual(imageSbom(NPM, IMAGE));
    expect(imageSbom(NPM, IMAGE)["serialNumber"]).toMatch(
      /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });

  test("the provenance names the image, the commit, and that the checkout differed from it", () => {
    expect(imageProvenance(IMAGE)).toMatchObject({
      _type: "https://in-toto.io/Statement/v1",
      subject: [{ digest: { sha256: "b".repeat(64) } }],
      predicate: {
        buildDefinition: {
          externalParameters: { revision: `${"a".repeat(40)}-dirty` },
          resolvedDependencies: [{ digest: { gitCommit: "a".repeat(40) } }, { name: "debian" }],
        },
      },
    });
  });
});

test("the changelog has the version of package.json", () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };

  expect(readFileSync(join(ROOT, "CHANGELOG.md"), "utf8")).toContain(`\n## [${version}]`);
});
