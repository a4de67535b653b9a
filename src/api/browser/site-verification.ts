import type { SiteIndex } from "./site.ts";

/** A step of a verification: a command, and what it shows. */
export interface VerificationStep {
  readonly why: string;
  /** null: it is no command. */
  /** The program with its arguments, and each option; null: there is none. */
  readonly command: readonly string[] | null;
}

/** How an auditor verifies an export, with the commands for exactly this one. */
export function verificationSteps(index: SiteIndex): readonly VerificationStep[] {
  return [
    {
      why: "The files are those of the list of digests. Alone this proves nothing: someone who alters a file can also write the list again. Files that were added are not loaded and not found. Run it in the folder of the export:",
      command: ["sha256sum -c", "--quiet", "--strict SHA256SUMS"],
    },
    {
      why: "The decisive step: the list of digests is the one that was written. Compare its digest with the one that the export printed, which was kept elsewhere. No other step finds altered screens:",
      command: ["sha256sum SHA256SUMS"],
    },
    ...chainSteps(index),
  ];
}

function chainSteps({ evidence, since, version }: SiteIndex): readonly VerificationStep[] {
  if (evidence.kind === "no-entries")
    return [{ why: "The record has no entries in this range: there is no chain to verify.", command: null }];
  if (evidence.kind === "selection")
    return [
      {
        why: "The chain of the record cannot be verified with this export: its namespaces see only some of the entries. Ask the operator for an export of all namespaces, or for the record.",
        command: null,
      },
    ];
  const period = since === null ? [] : ["--period"];
  return [
    {
      why: `No entry of the record was changed, left out or added. Both files are those of the controller's state directory, in copies from a place that its host can't change and never from this export: audit-key.pub.pem has the public key, audit-anchors.jsonl the copies of the checkpoints. The program is Grantkeeper ${version} or newer, and needs neither a controller nor AWS. Without copies, leave out --anchors and its file: then nothing excludes that the owner of the signing key wrote the record again.`,
      command: [
        "grantkeeper audit verify evidence/audit.jsonl",
        ...period,
        "--public-key audit-key.pub.pem",
        "--anchors audit-anchors.jsonl",
      ],
    },
  ];
}

/** What an export has and does not compare with the state before and after it. */
const NOT_COMPARED =
  "rules, waivers, Teams, sources, permissions, exposed functions, accounts and the timeline";

/** What an export does not contain or prove, one sentence each. */
export function missingFacts({ evidence, namespaces, since, unity }: SiteIndex): readonly string[] {
  return [
    "It is not live: it shows what the controller had read and recorded, not what AWS has now.",
    "It has no compiled documents, no complete policy documents of AWS, and no calls of pending plans. The calls that were made are in the record.",
    "Its timeline is of all namespaces that it has together, not of each one.",
    "It cannot evaluate who may do something: grantkeeper who-can asks a controller.",
    "It does not prove that the state on the screens is what AWS had: only the record is a chain that is signed.",
    "No step compares the screens (data/) with the record (evidence/): only the digest that was kept elsewhere shows that they were not altered.",
    `It does not prove that everything is of one moment. Bindings, differences, pending approvals, suspensions and the revision were compared before and after. These were read once, between the two: ${NOT_COMPARED}.`,
    ...(namespaces === null ? [] : [`It has nothing of other namespaces than ${namespaces.join(", ")}.`]),
    ...(since === null ? [] : [`It has no entries of the record before the first one since ${since}.`]),
    ...(evidence.kind === "chain" && evidence.checkpoint === null
      ? ["No signature is among its entries: nothing in it is signed."]
      : []),
    ...(evidence.kind === "chain" && evidence.checkpoint !== null && evidence.checkpoint.upTo < evidence.last
      ? [`The entries after ${evidence.checkpoint.upTo} are in the chain, but no signature covers them.`]
      : []),
    ...(unity.kind === "changed"
      ? [`Its parts are not of one moment. While it was read, these changed: ${unity.what.join(", ")}.`]
      : []),
  ];
}
