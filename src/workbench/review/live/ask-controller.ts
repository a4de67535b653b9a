import { posix } from "node:path";
import {
  MOST_FILES,
  MOST_PREVIEW_BYTES,
  type MergePreviewObject,
  type MergeQuestion,
} from "../../../api/questions.ts";
import { RefusalAnswer } from "../../../cli/client/client-failure.ts";
import { connect } from "../../../cli/client/connect.ts";
import type { ConfigOptions } from "../../../cli/toolbox/options.ts";
import type { Toolbox } from "../../../cli/toolbox/toolbox.ts";
import { withoutPrefix } from "../../../model/keys/source-prefix.ts";
import { someOf } from "../../../text/phrases.ts";
import type { BaseComparison } from "../../plan/against-base.ts";

export interface ControllerOption extends ConfigOptions {
  /** true: the address from the environment or from the operator's file; missing: no controller is asked. */
  readonly server?: string | true;
}

/** What the controller would do after the merge, by its last read of AWS. */
export type LiveReview = MergePreviewObject["status"];

/** The answer of the controller. */
export type AskedReview =
  /** No controller is to be asked, or no manifest has another content. */
  | { readonly kind: "not-asked" }
  /** The controller does not preview this change: a sentence for the review, which compares the manifests alone. */
  | { readonly kind: "not-previewed"; readonly reason: string }
  | { readonly kind: "previewed"; readonly preview: LiveReview };

/** @throws CliError if the controller does not answer, or not this token */
export async function askedReview(
  compared: Pick<BaseComparison, "from" | "to" | "report">,
  { server, ...options }: ControllerOption,
  toolbox: Toolbox,
): Promise<AskedReview> {
  if (server === undefined) return { kind: "not-asked" };
  const files = changedFiles(compared);
  if (files.length === 0) return { kind: "not-asked" };
  const client = await connect(typeof server === "string" ? { ...options, server } : options, toolbox);
  const namespace = compared.to.service?.namespace;
  const question = { files, ...(namespace !== undefined && { namespace }) };
  const tooLarge = sizeProblem(question);
  if (tooLarge !== null) return notPreviewed(tooLarge);
  try {
    return { kind: "previewed", preview: (await client.create("mergepreviews", question)).status };
  } catch (error) {
    const why = error instanceof RefusalAnswer ? refusalText(error, files) : null;
    if (why === null) throw error;
    return notPreviewed(why);
  }
}

function notPreviewed(why: string): AskedReview {
  return { kind: "not-previewed", reason: `not previewed: ${why}; ${ONLY_MANIFESTS}` };
}

const ONLY_MANIFESTS = "the controller judged no part of the change, and only the manifests are compared";

function sizeProblem(question: MergeQuestion): string | null {
  const { length } = question.files;
  if (length > MOST_FILES)
    return `too large to preview: ${length} manifests differ, and the controller takes at most ${MOST_FILES}`;
  const bytes = Buffer.byteLength(JSON.stringify(question));
  if (bytes <= MOST_PREVIEW_BYTES) return null;
  return `too large to preview: ${bytes} bytes of manifests differ, and the controller takes at most ${MOST_PREVIEW_BYTES}`;
}

/** null: the refusal is about the token or the controller, and not about this change. */
function refusalText(error: RefusalAnswer, files: MergeQuestion["files"]): string | null {
  if (error.reason === "RequestEntityTooLarge") return `too large to preview: ${error.message}`;
  if (error.reason !== "Forbidden") return null;
  const fields = new Set(error.fields);
  const outside = files.flatMap(({ path }, at) => (fields.has(`files[${at}].path`) ? [path] : []));
  return outside.length === 0 ? null : `${someOf(outside)}, outside of the token's namespaces`;
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
