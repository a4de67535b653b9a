import { createHash } from "node:crypto";
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
 * The bill of materials of an image: that of `npm sbom`, with Debian's packages. The same image gives the same document.
 * @see https://cyclonedx.org/docs/1.5/json/
 */
export function imageSbom(npm: Sbom, image: BuiltImage): Sbom {
  const { facts, digest } = image;
  const name = createHash("sha256").update(digest).digest("hex");
  const uuid = [name.slice(0, 8), name.slice(8, 12), `5${name.slice(13, 16)}`, `8${name.slice(17, 20)}`];
  const container = {
    "bom-ref": digest,
    type: "container",
    name: "grantkeeper",
    version: facts.version,
    purl: `pkg:oci/grantkeeper@${encodeURIComponent(digest)}?arch=${image.architecture}`,
  };
  return {
    ...npm,
    serialNumber: `urn:uuid:${[...uuid, name.slice(20, 32)].join("-")}`,
    metadata: { ...npm.metadata, timestamp: facts.created, component: container },
    components: [...npm.components, ...debianComponents(image)],
    // The tree of npm's packages has another root, which this document does not describe.
    dependencies: [],
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

/**
 * How an image was built, as an in-toto statement with SLSA's provenance. It is not signed here: a release signs it.
 * @see https://slsa.dev/spec/v1.0/provenance
 */
export function imageProvenance({ facts, digest, packages }: BuiltImage): object {
  const commit = facts.revision.replace(/-dirty$/, "");
  return {
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ name: `grantkeeper:${facts.version}`, digest: { sha256: digest.replace("sha256:", "") } }],
    predicateType: "https://slsa.dev/provenance/v1",
    predicate: {
      buildDefinition: {
        buildType: "https://grantkeeper.dev/deploy/image/build/v1",
        externalParameters: { revision: facts.revision },
        internalParameters: { created: facts.created },
        resolvedDependencies: [
          { name: "source", digest: { gitCommit: commit } },
          { name: "debian", digest: { sha256: createHash("sha256").update(packages).digest("hex") } },
        ],
      },
      runDetails: { builder: { id: "https://grantkeeper.dev/deploy/image/build" } },
    },
  };
}
