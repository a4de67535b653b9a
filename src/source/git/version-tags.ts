import { compareBuild, parse, satisfies, type SemVer } from "semver";
import { byTextOf } from "../../text/order.ts";
import type { AdvertisedRef } from "./refs.ts";
import { checkGitRef } from "./url.ts";

interface VersionTag {
  readonly name: string;
  readonly version: SemVer;
  readonly at: AdvertisedRef;
}

/**
 * The tag with the highest version in a range; a `v` before the version does not count. Of two tags with one version
 * the first by name counts, so that the answer does not depend on the server. Tags with other names are ignored.
 */
export function highestTag(
  tags: ReadonlyMap<string, AdvertisedRef>,
  range: string,
): Omit<VersionTag, "version"> | undefined {
  return versionTags(tags).find(({ version }) => satisfies(version, range));
}

/** For people, if none is in the range: `the highest version is 1.1.9`. */
export function versionTagsText(tags: ReadonlyMap<string, AdvertisedRef>): string {
  const [highest] = versionTags(tags);
  if (tags.size === 0) return "it has no tag";
  return highest === undefined
    ? "none of its tags is a version, such as v1.2.3"
    : `the highest version is ${highest.name}`;
}

/** Whether both are names of one version, such as `v1.2.3` and `1.2.3`. */
export function isSameVersion(name: string, other: string): boolean {
  const [a, b] = [parse(name), parse(other)];
  return a !== null && b !== null && a.compare(b) === 0;
}

/** The highest first. */
function versionTags(tags: ReadonlyMap<string, AdvertisedRef>): readonly VersionTag[] {
  const found = [...tags].flatMap(([name, at]): readonly VersionTag[] => {
    const version = checkGitRef({ kind: "tag", name }).kind === "ok" ? parse(name) : null;
    return version === null ? [] : [{ name, version, at }];
  });
  const byName = found.toSorted(byTextOf(({ name }) => name));
  return byName.toSorted((a, b) => compareBuild(b.version, a.version));
}
