import { rename, writeFile } from "node:fs/promises";
import { CliError } from "../../cli/toolbox/cli-error.ts";
import { errorCode } from "../../model/values/error-code.ts";
import { byText } from "../../text/order.ts";
import { unreadCount, type SuggestionReport } from "./report.ts";

type CountedReport = Pick<SuggestionReport, "manifests" | "unreadAccounts" | "unreadRoles" | "cloudtrail">;

const CONFIDENCES = ["strong", "moderate", "weak"] as const;
const GRANULARITIES = ["service", "action"] as const;

interface FileMetric {
  readonly labels: readonly string[];
  readonly help: string;
}

const OF_EVIDENCE = ["namespace", "granularity", "confidence"] as const;

/** The metrics of the file, by their names after `grantkeeper_`; all are gauges. */
export const FILE_METRICS = {
  unused_permissions: {
    labels: OF_EVIDENCE,
    help: "Permissions of manifests whose use was not seen, by namespace, granularity and confidence.",
  },
  unused_permissions_window_days: {
    labels: OF_EVIDENCE,
    help: "The shortest window in which the use of these permissions was not seen; only where there are any.",
  },
  unknown_permissions: {
    labels: ["namespace"],
    help: "Permissions of manifests whose use is not known: they count neither as used nor as unused.",
  },
  unused_permissions_unread: {
    labels: [],
    help: "Accounts, roles and CloudTrail files that were not read: nothing counts as unused by them.",
  },
  unused_permissions_timestamp_seconds: { labels: [], help: "When the evidence of use was read." },
} as const satisfies Readonly<Record<string, FileMetric>>;

interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/**
 * The unused permissions as metrics. Namespaces are few, and their names have no character that a label would escape.
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function unusedMetrics(report: CountedReport, nowMs: number): string {
  const byNamespace = [...Map.groupBy(report.manifests, ({ manifest }) => manifest.split("/")[0] ?? "")]
    .toSorted(([a], [b]) => byText(a, b))
    .map(([namespace, own]) => ({ namespace, permissions: own.flatMap(({ permissions }) => permissions) }));
  const groups = byNamespace.flatMap(evidenceGroups);
  const samples = {
    unused_permissions: groups.map(({ labels, days }) => ({ labels, value: days.length })),
    unused_permissions_window_days: groups
      .filter(({ days }) => days.length > 0)
      .map(({ labels, days }) => ({ labels, value: Math.min(...days) })),
    unknown_permissions: byNamespace.map(({ namespace, permissions }) => ({
      labels: { namespace },
      value: permissions.filter(({ use }) => use === "unknown").length,
    })),
    unused_permissions_unread: [{ labels: {}, value: unreadCount(report) }],
    unused_permissions_timestamp_seconds: [{ labels: {}, value: Math.floor(nowMs / 1_000) }],
  } satisfies Readonly<Record<keyof typeof FILE_METRICS, readonly Sample[]>>;
  return Object.entries(samples)
    .map(([name, found]) => metricText(name as keyof typeof FILE_METRICS, found))
    .join("");
}

/** The permissions of a namespace that one kind of evidence does not show: the window of each, in days. */
function evidenceGroups({
  namespace,
  permissions,
}: {
  readonly namespace: string;
  readonly permissions: CountedReport["manifests"][number]["permissions"];
}): readonly { readonly labels: Sample["labels"]; readonly days: readonly number[] }[] {
  return GRANULARITIES.flatMap((granularity) =>
    CONFIDENCES.map((confidence) => ({
      labels: { namespace, granularity, confidence },
      days: permissions
        .filter((one) => one.granularity === granularity && one.confidence === confidence)
        .map(({ days }) => days ?? 0),
    })),
  );
}

function metricText(name: keyof typeof FILE_METRICS, samples: readonly Sample[]): string {
  const full = `grantkeeper_${name}`;
  const lines = samples.map(({ labels, value }) => {
    const inner = Object.entries(labels).map(([label, text]) => `${label}="${text}"`);
    return `${full}${inner.length === 0 ? "" : `{${inner.join(",")}}`} ${value}`;
  });
  return [`# HELP ${full} ${FILE_METRICS[name].help}`, `# TYPE ${full} gauge`, ...lines, ""].join("\n");
}

/** A collector that reads the file meanwhile sees the former one. @throws CliError */
export async function writeMetrics(file: string, text: string): Promise<void> {
  try {
    await writeFile(`${file}.tmp`, text);
    await rename(`${file}.tmp`, file);
  } catch (cause) {
    throw new CliError(`cannot write ${file} (${errorCode(cause) ?? "unknown failure"})`, null, { cause });
  }
}
