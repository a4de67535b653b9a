/** What of a checkout has to agree before it is released. */
export interface Candidate {
  /** Of package.json. */
  readonly version: string;
  readonly lockVersion: string;
  /** Of the Kustomize example, which people copy. */
  readonly exampleVersion: string;
  /** Those of the commit. */
  readonly tags: readonly string[];
  /** CHANGELOG.md. */
  readonly changelog: string;
  readonly isDirty: boolean;
}

/** Why this checkout is no release, each with its fix. Empty: it is one. */
export function releaseProblems(candidate: Candidate): readonly string[] {
  const { version, lockVersion, exampleVersion, tags, changelog, isDirty } = candidate;
  const notes = sectionOf(changelog, version);
  const unreleased = sectionOf(changelog, "Unreleased") ?? "";
  return [
    ...(lockVersion === version
      ? []
      : [`package-lock.json has version ${lockVersion}, package.json ${version}: npm install`]),
    ...(exampleVersion === version
      ? []
      : [`deploy/kustomize/example has newTag ${exampleVersion}: write ${version}`]),
    ...(tags.includes(`v${version}`) ? [] : [tagProblem(version, tags)]),
    ...(notes === null || notes === "" ? [`CHANGELOG.md has no entries under [${version}]: write them`] : []),
    ...(unreleased === ""
      ? []
      : [`CHANGELOG.md has entries under [Unreleased]: move them under [${version}]`]),
    ...(isDirty ? ["the checkout differs from its commit: commit or remove the changes"] : []),
  ];
}

function tagProblem(version: string, tags: readonly string[]): string {
  const present = tags.length === 0 ? "no tag" : `the tag ${tags.join(", ")}`;
  return `the commit has ${present}: git tag --sign v${version}`;
}

/** The text of a section of the changelog, without its heading; null: there is no such section. */
export function sectionOf(changelog: string, name: string): string | null {
  const [, ...sections] = changelog.split(/^## /m);
  const found = sections.find((section) => section.startsWith(`[${name}]`));
  return found === undefined ? null : found.slice(found.indexOf("\n") + 1).trim();
}
