import { IamActionData } from "../../../../src/aws/action-data/action-data.ts";
import { readShippedPolicies } from "../../../../src/aws/action-data/shipped-policies.ts";
import { compile } from "../../../../src/manifest/compile/compile.ts";
import type { CorrectedProject } from "../../../../src/workbench/corrections/trial.ts";
import { findingsOffline, type OfflineFacts } from "../../../../src/workbench/project/findings.ts";
import { COMPILE_CONTEXT, NOW_MS, parseText } from "../../../support/manifests.ts";
import type { Texts } from "./corrected-cases.ts";

const FACTS: OfflineFacts = {
  actionData: await new IamActionData().load(["dynamodb", "ec2", "iam", "lambda", "logs", "s3", "sqs"]),
  shipped: await readShippedPolicies(),
  nowMs: NOW_MS,
  authors: new Map(),
};

/** Of the platform. */
interface PlatformProject extends CorrectedProject {
  readonly service: null;
}

function projectOf(texts: Texts): PlatformProject {
  const files = Object.entries(texts).map(([path, text]) => parseText(path, text));
  return {
    service: null,
    files,
    compilation: compile(files, COMPILE_CONTEXT),
    snapshot: {
      files: Object.entries(texts).map(([path, text]) => ({ path, bytes: new TextEncoder().encode(text) })),
    },
    withTexts: (changed) => projectOf({ ...texts, ...Object.fromEntries(changed) }),
  };
}

/** Manifests that were compiled and judged without AWS. */
export function judged(texts: Texts) {
  const project = projectOf(texts);
  return { project, facts: FACTS, findings: findingsOffline(project.compilation, FACTS) };
}
