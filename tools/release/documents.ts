import { createHash } from "node:crypto";
import type { BundledPackage } from "../page/bundled-packages.ts";
import type { ReleaseFacts } from "./facts.ts";

/** A built image, and what went into it. */
export interface BuiltImage {
  readonly facts: ReleaseFacts;
  /** `sha256:…` of the manifest. */
  readonly digest: string;
  /** Of Debian: `amd64`. */
  readonly architecture: string;
  /** `13` */
  readonly debian: string;
  /** Lines of `dpkg-query --show`: name, tab, version. */
  readonly packages: string;
}

/** The parts of CycloneDX that are used here. */
interface Sbom {
  readonly metadata: { readonly component: object; readonly timestamp: string };
  readonly components: readonly { readonly purl?: string }[];
  readonly [field: string]: unknown;
}

/**
 * The bill of materials of an image: that of `npm sbom`, with Debian's packages and those in the bundle of the page. The same image gives the same document.
 * @see https://cyclonedx.org/docs/1.5/json/
 */
export function imageSbom(npm: Sbom, image: BuiltImage, page: readonly BundledPackage[]): Sbom {
  const { facts, digest } = image;
  const container = {
    "bom-ref": digest,
    type: "container",
    name: "grantkeeper",
    version: facts.version,
    purl: `pkg:oci/grantkeeper@${encodeURIComponent(digest)}?arch=${image.architecture}`,
  };
  const own = repeatable(npm, facts, digest);
  return {
    ...own,
    metadata: { ...own.metadata, component: container },
    components: [...withPage(npm, page), ...debianComponents(image)],
    // The tree of npm's packages has another root, which this document does not describe.
    dependencies: [],
  };
}

/** The bill of materials of a file of npm: that of `npm sbom`, the same for the same bytes. @param sha256 of the file */
export function packageSbom(
  npm: Sbom,
  {
    facts,
    page,
    sha256,
  }: { readonly facts: ReleaseFacts; readonly page: readonly BundledPackage[]; readonly sha256: string },
): Sbom {
  return { ...repeatable(npm, facts, sha256), components: withPage(npm, page) };
}

/** With the packages whose code is in the files of the page: they are not installed with the program. */
function withPage({ components }: Sbom, page: readonly BundledPackage[]): Sbom["components"] {
  const known = new Set(components.map(({ purl }) => purl));
  const bundled = page.map(({ name, version, license }) => {
    const purl = `pkg:npm/${name.replace("@", "%40")}@${version}`;
    return { "bom-ref": purl, type: "library", name, version, purl, licenses: [{ expression: license }] };
  });
  return [...components, ...bundled.filter(({ purl }) => !known.has(purl))];
}

/** npm gives each document a random number and the time of its run. */
function repeatable(npm: Sbom, facts: ReleaseFacts, digest: string): Sbom {
  const name = createHash("sha256").update(digest).digest("hex");
  const uuid = [name.slice(0, 8), name.slice(8, 12), `5${name.slice(13, 16)}`, `8${name.slice(17, 20)}`];
  return {
    ...npm,
    serialNumber: `urn:uuid:${[...uuid, name.slice(20, 32)].join("-")}`,
    metadata: { ...npm.metadata, timestamp: facts.created },
  };
}

function debianComponents({
  packages,
  architecture,
  debian,
}: BuiltImage): readonly { readonly purl: string }[] {
  return packages
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [name = "", version = ""] = line.split("\t");
      const plain = name.replace(/:.*$/, "");
      const purl = `pkg:deb/debian/${encodeURIComponent(plain)}@${encodeURIComponent(version)}?arch=${architecture}&distro=debian-${debian}`;
      return { "bom-ref": purl, type: "library", name: plain, version, purl };
    });
}

/** How an image was built. It is not signed here: the signature of a release covers it. */
export function imageProvenance({ facts, digest, packages }: BuiltImage): object {
  return provenance(facts, "deploy/image/build", {
    name: `grantkeeper:${facts.version}`,
    sha256: digest.replace("sha256:", ""),
    resolved: { name: "debian", digest: { sha256: createHash("sha256").update(packages).digest("hex") } },
  });
}

/** How the file of the package was built. */
export function packageProvenance(
  facts: ReleaseFacts,
  file: { readonly name: string; readonly sha256: string },
  lockSha256: string,
): object {
  const resolved = { name: "package-lock.json", digest: { sha256: lockSha256 } };
  return provenance(facts, "tools/release/build", { ...file, resolved });
}

interface Subject {
  readonly name: string;
  readonly sha256: string;
  /** What went into it, next to the source. */
  readonly resolved: { readonly name: string; readonly digest: { readonly sha256: string } };
}

/**
 * An in-toto statement with SLSA's provenance.
 * @see https://slsa.dev/spec/v1.0/provenance
 */
function provenance(facts: ReleaseFacts, script: string, { name, sha256, resolved }: Subject): object {
  const commit = facts.revision.replace(/-dirty$/, "");
  return {
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ name, digest: { sha256 } }],
    predicateType: "https://slsa.dev/provenance/v1",
    predicate: {
      buildDefinition: {
        buildType: `https://grantkeeper.dev/${script}/v1`,
        externalParameters: { revision: facts.revision },
        internalParameters: { created: facts.created },
        resolvedDependencies: [{ name: "source", digest: { gitCommit: commit } }, resolved],
      },
      runDetails: { builder: { id: `https://grantkeeper.dev/${script}` } },
    },
  };
}
