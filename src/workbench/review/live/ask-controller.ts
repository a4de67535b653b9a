import { posix } from "node:path";
import type { MergePreviewObject, MergeQuestion } from "../../../api/questions.ts";
import { connect } from "../../../cli/client/connect.ts";
import type { ConfigOptions } from "../../../cli/toolbox/options.ts";
import type { Toolbox } from "../../../cli/toolbox/toolbox.ts";
import { withoutPrefix } from "../../../model/keys/source-prefix.ts";
import type { BaseComparison } from "../../plan/against-base.ts";

export interface ControllerOption extends ConfigOptions {
  /** true: the address from the environment or from the operator's file; missing: no controller is asked. */
  readonly server?: string | true;
}

/** What the controller would do after the merge, by its last read of AWS. */
export type LiveReview = MergePreviewObject["status"];

/** null: no controller was asked, or no manifest has another content. @throws CliError */
export async function liveReview(
  compared: Pick<BaseComparison, "from" | "to" | "report">,
  { server, ...options }: ControllerOption,
  toolbox: Toolbox,
): Promise<LiveReview | null> {
  if (server === undefined) return null;
  const files = changedFiles(compared);
  if (files.length === 0) return null;
  const client = await connect(typeof server === "string" ? { ...options, server } : options, toolbox);
  const namespace = compared.to.service?.namespace;
  const question = { files, ...(namespace !== undefined && { namespace }) };
  return (await client.create("mergepreviews", question)).status;
}

/** By path, as the source of the controller knows them. */
function changedFiles({
  from,
  to,
  report: { root },
}: Pick<BaseComparison, "from" | "to" | "report">): MergeQuestion["files"] {
  const pathOf = (path: string): string =>
    to.service === null ? posix.join(root, path) : withoutPrefix(path);
  const before = new Map(from.snapshot.files.map(({ path, oid }) => [path, oid]));
  const after = new Set(to.snapshot.files.map(({ path }) => path));
  const changed = to.snapshot.files
    .filter(({ path, oid }) => before.get(path) !== oid)
    .map(({ path, bytes }) => ({ path: pathOf(path), text: Buffer.from(bytes).toString("utf8") }));
  const removed = [...before.keys()].filter((path) => !after.has(path));
  return [...changed, ...removed.map((path) => ({ path: pathOf(path), text: null }))];
}
