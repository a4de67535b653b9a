import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { imageProvenance, imageSbom, packageSbom } from "../../../../tools/release/documents.ts";

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

const PAGE = [
  { name: "@scope/a", version: "1.0.0", license: "MIT" },
  { name: "yaml", version: "2.9.1", license: "ISC" },
];

test("the bill of materials of the package names each package in the bundle of the page once", () => {
  const sbom = packageSbom(NPM, { facts: IMAGE.facts, page: PAGE, sha256: "c".repeat(64) });

  expect(sbom.components.map(({ purl }) => purl)).toEqual(["pkg:npm/yaml@2.9.1", "pkg:npm/%40scope/a@1.0.0"]);
});

describe("the documents of an image", () => {
  test("the bill of materials names npm's packages, those of the page and Debian's", () => {
    expect(imageSbom(NPM, IMAGE, PAGE).components.map(({ purl }) => purl)).toEqual([
      "pkg:npm/yaml@2.9.1",
      "pkg:npm/%40scope/a@1.0.0",
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

    expect(imageSbom(later, IMAGE, PAGE)).toEqual(imageSbom(NPM, IMAGE, PAGE));
    expect(imageSbom(NPM, IMAGE, PAGE)["serialNumber"]).toMatch(
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
