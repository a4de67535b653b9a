import type { HoldObject, OverviewObject, SourceStatus } from "../../api/overview.ts";
import { keyParts } from "../../model/keys/key.ts";
import { prefixOf } from "../../model/keys/source-prefix.ts";
import { digitsOf, isNamedBy } from "../../model/rules/approval-subject.ts";
import { shortRevision } from "../../model/values/revision.ts";
import { CliError } from "../toolbox/cli-error.ts";
import type { ApiClient } from "../client/client.ts";
import type { Answer } from "../screen/print.ts";
import { holdLines } from "./holds.ts";

/** What a pending approval changes, from the controller alone. @throws CliError when there is none, or the plan has changed */
export async function describeHold(digest: string, client: ApiClient, nowMs: number): Promise<Answer> {
  const [hold, accounts, overview] = await Promise.all([
    holdNamed(digest, client),
    client.accountNames(),
    client.overview(),
  ]);
  const { accepted, verified } = sourceOf(hold, overview);
  const revision = accepted === null ? "no revision" : shortRevision(accepted);
  const fix = hold.status.code === "revision" ? (verified?.fix ?? null) : null;
  return { value: hold, lines: ({ width }) => holdLines(hold, { nowMs, accounts, revision, fix }, width) };
}

/** A revision begins with the namespace of its source; a plan of one namespace is that of the namespace's source. */
function sourceOf({ status: { subject, keys } }: HoldObject, { status }: OverviewObject): SourceStatus {
  const [first, ...others] = new Set(keys.map((key) => keyParts(key).namespace));
  const namespace = prefixOf(subject) ?? (others.length === 0 ? first : undefined);
  return status.namespaceSources?.find((source) => source.namespace === namespace) ?? status.source;
}

async function holdNamed(text: string, client: ApiClient): Promise<HoldObject> {
  const [hold, ...more] = (await client.list("holds")).filter(({ status }) =>
    isNamedBy(status.subject, text),
  );
  if (more.length > 0)
    throw new CliError(`"${text}" is the beginning of ${more.length + 1} digests`, "add digits");
  // The server knows whether it was the digest of a plan that has changed.
  return hold ?? client.get("holds", digitsOf(text) ?? text);
}
