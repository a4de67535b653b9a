import { parseCodeCommitUrl } from "../../model/aws/codecommit.ts";
import type { SourceAccess } from "../../model/aws/own-roles.ts";
import { parseQueueUrl } from "../../model/aws/queue-url.ts";
import type { SourceConfig } from "./source-config.ts";

/** What the base role needs for the sources, for `bootstrap roles`; empty unless one is a repository of CodeCommit. */
export function sourceAccess(sources: readonly SourceConfig[]): readonly SourceAccess[] {
  return sources.flatMap((source) => (source.kind === "git" ? accessOf(source) : []));
}

function accessOf({ url, auth }: Extract<SourceConfig, { readonly kind: "git" }>): readonly SourceAccess[] {
  const parsed = parseCodeCommitUrl(url);
  if (auth.kind !== "codecommit" || parsed.kind === "err") return [];
  const { partition, region, name } = parsed.value;
  const queue = auth.queueUrl === null ? null : parseQueueUrl(auth.queueUrl);
  return [
    auth.role === null
      ? { kind: "repository", partition, region, name }
      : { kind: "role", roleArn: auth.role.roleArn },
    ...(queue?.kind === "ok" ? [{ kind: "queue", arn: queue.value.arn, repository: name } as const] : []),
  ];
}
