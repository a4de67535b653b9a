import type { Config } from "../../config/config.ts";
import type { GitSourceConfig, SourceConfig } from "../../config/git/source-config.ts";
import type { Namespace } from "../../model/aws/ids.ts";

/** A source in a Git repository. */
export interface ConfiguredGitSource {
  /** null: the platform source. */
  readonly namespace: Namespace | null;
  readonly source: GitSourceConfig;
}

/** The platform source first. */
export function gitSources({ source: platform, namespaceSources }: Config): readonly ConfiguredGitSource[] {
  const all: readonly { readonly namespace: Namespace | null; readonly source: SourceConfig }[] = [
    { namespace: null, source: platform },
    ...namespaceSources.map((source) => ({ namespace: source.namespace, source })),
  ];
  return all.flatMap(({ namespace, source }) => (source.kind === "git" ? [{ namespace, source }] : []));
}
