import { SourceError } from "../../controller/ports/source.ts";
import type { GitRef } from "./url.ts";

interface WantedRef {
  /** Of the source. */
  readonly name: string;
  readonly url: string;
  readonly ref: GitRef;
}

/** @param tags those that the repository has */
export function noTagInRange({ name: source, url, ref }: WantedRef, tags: string): SourceError {
  return new SourceError({
    source,
    code: "no-such-ref",
    message: `no tag at ${url} is in the range "${ref.name}": ${tags}`,
    fix: "push a tag in the range, or correct semver in the configuration; a pre-release needs a range that names one, such as >=1.2.0-0",
  });
}

export function noSuchRef({ name: source, url, ref }: WantedRef, why: string): SourceError {
  return new SourceError({
    source,
    code: "no-such-ref",
    message: `no ${ref.kind} "${ref.name}" at ${url}: ${why}`,
    fix: "push the ref, or correct the ref in the configuration",
  });
}
