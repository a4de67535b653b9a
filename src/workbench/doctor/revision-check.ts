import { failureOf } from "../../cli/toolbox/failure.ts";
import type { Probe } from "../../model/answers/probe.ts";
import type { Installation } from "../../cli/toolbox/toolbox.ts";
import type { SourceRecord } from "../../model/records/source-record.ts";
import { shortRevision, type Revision } from "../../model/values/revision.ts";

/** The newest revision of a source, as it was read now. */
interface ReadRevision {
  readonly source: string;
  readonly revision: Revision;
  /** `12 documents` */
  readonly size: string;
  /** The source accepts only commits that are signed. */
  readonly needsSignatures: boolean;
}

/**
 * A revision that can be read may still be held by the controller, or have commits that no one signed. What the record of the
 * controller knows is shown with it; signatures are not verified again here.
 */
export async function revisionChecks(
  read: ReadRevision,
  installation: Pick<Installation, "record">,
): Promise<readonly Probe[]> {
  const name = `${shortRevision(read.revision)}, ${read.size}`;
  try {
    const { outcome, text } = knownOf(read, await recordOf(read.source, installation));
    return [gitCheck("read", outcome, text === null ? name : `${name}; ${text}`)];
  } catch (error) {
    const [problem] = failureOf(error).problems;
    if (problem === undefined || problem.code === "Internal") throw error;
    const reason = [problem.message, problem.fix].filter((part) => part !== null).join("; ");
    return [
      gitCheck("read", "not-checked", `${name}; it is unknown whether the controller accepted it`),
      gitCheck("record", "failed", `the record of the controller cannot be read: ${reason}`),
    ];
  }
}

function gitCheck(what: string, outcome: Probe["outcome"], detail: string): Probe {
  return { identity: "git", region: null, what, outcome, detail };
}

async function recordOf(
  source: string,
  { record }: Pick<Installation, "record">,
): Promise<SourceRecord | null> {
  const reader = await record();
  if (reader === null) return null;
  try {
    return await reader.source(source);
  } finally {
    reader.close();
  }
}

interface RecordedOutcome {
  readonly outcome: Probe["outcome"];
  /** null: nothing is known, and nothing has to be. */
  readonly text: string | null;
}

function knownOf({ revision, needsSignatures }: ReadRevision, record: SourceRecord | null): RecordedOutcome {
  if (record?.acceptedRevision === revision) return acceptedText(record, needsSignatures);
  const held = record?.heldRevision ?? null;
  if (held !== null) {
    const subject = held.revision === revision ? "it" : "an earlier one";
    const hint = `grantkeeper describe approval ${shortRevision(held.revision)}`;
    return {
      outcome: "warning",
      text: `the controller holds ${subject} and does not enforce it: ${held.reason}; ${hint}`,
    };
  }
  if (!needsSignatures) return { outcome: "passed", text: null };
  const text = "its signatures are not verified yet: the controller does it before it accepts the revision";
  return { outcome: "not-checked", text };
}

function acceptedText({ verified }: SourceRecord, needsSignatures: boolean): RecordedOutcome {
  if (verified?.status === "True") return { outcome: "passed", text: `accepted: ${verified.message}` };
  if (verified !== undefined)
    return { outcome: "warning", text: `accepted, but not verified: ${verified.message}` };
  if (!needsSignatures) return { outcome: "passed", text: null };
  return { outcome: "warning", text: "accepted before signatures were verified; the commits after it are" };
}
