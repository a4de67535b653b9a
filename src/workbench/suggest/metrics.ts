import { rename, writeFile } from "node:fs/promises";
import { CliError } from "../../cli/toolbox/cli-error.ts";
import { errorCode } from "../../model/values/error-code.ts";
import { byText } from "../../text/order.ts";
import type { SuggestionReport } from "./report.ts";

const CONFIDENCES = ["strong", "moderate", "weak"] as const;

/**
 * The unused permissions as metrics. Namespaces are few, and their names have no character that a label would escape.
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function unusedMetrics({ manifests }: Pick<SuggestionReport, "manifests">, nowMs: number): string {
  const byNamespace = Map.groupBy(manifests, ({ manifest }) => manifest.split("/")[0] ?? "");
  const counts = [...byNamespace]
    .toSorted(([a], [b]) => byText(a, b))
    .flatMap(([namespace, own]) =>
      CONFIDENCES.map((confidence) => {
        const found = own.flatMap(({ permissions }) =>
          permissions.filter((one) => one.confidence === confidence),
        );
        return `grantkeeper_unused_permissions{namespace="${namespace}",confidence="${confidence}"} ${found.length}`;
      }),
    );
  return [
    "# HELP grantkeeper_unused_permissions Permissions of manifests whose use was not seen, by namespace and confidence.",
    "# TYPE grantkeeper_unused_permissions gauge",
    ...counts,
    "# HELP grantkeeper_unused_permissions_timestamp_seconds When the evidence of use was read.",
    "# TYPE grantkeeper_unused_permissions_timestamp_seconds gauge",
    `grantkeeper_unused_permissions_timestamp_seconds ${Math.floor(nowMs / 1_000)}`,
    "",
  ].join("\n");
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
