import { format } from "prettier";
import { dashboardJson, type Panel } from "./dashboard-json.ts";
import type { Page } from "./page.ts";

const ACCOUNT = `instance=~"$instance",account=~"$account"`;
const ANY = `instance=~"$instance"`;

/** The rows, in their order: the answer first, then the causes. */
const ROWS: readonly (readonly [title: string, panels: readonly Panel[]])[] = [
  [
    "Health",
    [
      stat("Accounts that are not read", "GrantkeeperAccountUnreadable fires after 15 minutes.", {
        expr: `count(grantkeeper_account_readable{${ACCOUNT}} == 0) or vector(0)`,
        redFrom: 1,
      }),
      stat("Bindings that differ from Git", "In observe they stay; in enforce they are corrected.", {
        expr: `sum(grantkeeper_bindings{${ACCOUNT},state="drifted"})`,
        redFrom: null,
      }),
      stat("Bindings that are refused", "By a guard rule; their last applied state remains in effect.", {
        expr: `sum(grantkeeper_binding_verdicts{${ACCOUNT},state="refused"})`,
        redFrom: 1,
      }),
      stat("Bindings awaiting approval", "grantkeeper get approvals lists them.", {
        expr: `sum(grantkeeper_binding_verdicts{${ACCOUNT},state="held"})`,
        redFrom: null,
      }),
    ],
  ],
  [
    "Drift",
    [
      series("Bindings by state", "All bindings and ManagedPolicies of the accounts.", 12, "short", [
        [`sum by (state) (grantkeeper_bindings{${ACCOUNT}})`, "{{state}}"],
      ]),
      series("Drift found and reverted", "Changes in AWS within an hour.", 12, "short", [
        [
          `sum by (severity) (increase(grantkeeper_drift_found_total{${ACCOUNT}}[1h]))`,
          "found, {{severity}}",
        ],
        [`sum(increase(grantkeeper_drift_reverted_total{${ACCOUNT}}[1h]))`, "reverted"],
      ]),
      series("How long drift existed until it was reverted", "95 of 100 were reverted faster.", 12, "s", [
        [
          `histogram_quantile(0.95, sum by (le, severity) (increase(grantkeeper_drift_stood_seconds_bucket{${ACCOUNT}}[1d])))`,
          "{{severity}}",
        ],
      ]),
      series("Roles and policies without a manifest", "Grantkeeper made them and keeps them.", 12, "short", [
        [`grantkeeper_orphans{${ACCOUNT}}`, "{{account}}"],
      ]),
    ],
  ],
  [
    "Coverage",
    [
      series("Functions in AWS by state", "grantkeeper get coverage has the same by account.", 12, "short", [
        [`sum by (state) (grantkeeper_coverage_functions{${ACCOUNT}})`, "{{state}}"],
      ]),
      series(
        "Functions without a manifest",
        "grantkeeper get functions --uncovered lists them.",
        12,
        "short",
        [[`grantkeeper_coverage_functions{${ACCOUNT},state="uncovered"}`, "{{account}}"]],
      ),
      series("Adoption by stage", "grantkeeper get functions has the stage of each.", 12, "short", [
        [`sum by (state) (grantkeeper_adoption_bindings{${ACCOUNT}})`, "{{state}}"],
      ]),
      series("Open waves", "grantkeeper get waves has what each waits for.", 12, "short", [
        [`sum by (state) (grantkeeper_adoption_waves{${ACCOUNT}})`, "{{state}}"],
      ]),
      series(
        "Denied calls of functions",
        "grantkeeper denials --server has the lines to fix them.",
        12,
        "short",
        [
          [
            `sum by (function) (increase(grantkeeper_function_denied_calls_total{${ACCOUNT}}[1h]))`,
            "{{function}}",
          ],
        ],
      ),
      series(
        "Permissions without a seen use",
        "By grantkeeper suggest --metrics, by granularity and confidence. A hint, not a proof; nothing is removed by itself.",
        12,
        "short",
        [
          [
            "sum by (namespace, granularity, confidence) (grantkeeper_unused_permissions)",
            "{{namespace}}: {{confidence}}, by {{granularity}}",
          ],
          ["sum by (namespace) (grantkeeper_unknown_permissions)", "{{namespace}}: use not known"],
          ["sum(grantkeeper_unused_permissions_unread)", "accounts, roles and files that were not read"],
        ],
      ),
      series(
        "Shortest window of the evidence, and its age",
        "The windows in seconds. GrantkeeperUnusedPermissionsOld fires after 35 days.",
        12,
        "s",
        [
          [
            "86400 * min by (namespace, granularity, confidence) (grantkeeper_unused_permissions_window_days)",
            "{{namespace}}: {{confidence}}, by {{granularity}}",
          ],
          ["time() - min(grantkeeper_unused_permissions_timestamp_seconds)", "age of the report"],
        ],
      ),
    ],
  ],
  [
    "Passes and AWS",
    [
      series("Time since the last complete read", "It stays below three sweeps.", 12, "s", [
        [`time() - grantkeeper_last_sweep_timestamp_seconds{${ACCOUNT}}`, "{{account}}"],
      ]),
      series("Passes by outcome", "done, failed (the account was not read), fault (an error).", 12, "short", [
        [`sum by (outcome) (increase(grantkeeper_passes_total{${ACCOUNT}}[5m]))`, "{{outcome}}"],
      ]),
      series(
        "Duration of passes",
        "95 of 100 were faster; all: complete, keys: of single bindings.",
        12,
        "s",
        [
          [
            `histogram_quantile(0.95, sum by (le, scope) (rate(grantkeeper_pass_duration_seconds_bucket{${ACCOUNT}}[$__rate_interval])))`,
            "{{scope}}",
          ],
        ],
      ),
      series("AWS requests", "By operation.", 12, "reqps", [
        [
          `sum by (operation) (rate(grantkeeper_aws_requests_total{${ACCOUNT}}[$__rate_interval]))`,
          "{{operation}}",
        ],
      ]),
      series("AWS requests that failed", "By operation and code.", 12, "reqps", [
        [
          `sum by (operation, result) (rate(grantkeeper_aws_requests_total{${ACCOUNT},result!="ok"}[$__rate_interval]))`,
          "{{operation}} {{result}}",
        ],
      ]),
      series("Writes", "By call and outcome.", 12, "short", [
        [
          `sum by (call, outcome) (increase(grantkeeper_writes_total{${ACCOUNT}}[5m]))`,
          "{{call}} {{outcome}}",
        ],
      ]),
      series(
        "Writes without a known result",
        "A read shows the result; more than 30 minutes are an alert.",
        12,
        "short",
        [[`grantkeeper_open_intents{${ACCOUNT}}`, "{{account}}"]],
      ),
      series("Functions", "In AWS, and declared in Git.", 12, "short", [
        [`sum by (where) (grantkeeper_functions{${ACCOUNT}})`, "{{where}}"],
      ]),
    ],
  ],
  [
    "Source",
    [
      series("State of the newest revision", "1 for the state that it has.", 8, "short", [
        [`grantkeeper_revision_state{${ANY}}`, "{{source}} {{state}}"],
      ]),
      series("Fetches by result", "Within five minutes.", 8, "short", [
        [
          `sum by (source, result) (increase(grantkeeper_source_fetches_total{${ANY}}[5m]))`,
          "{{source}} {{result}}",
        ],
      ]),
      series(
        "Queues that are read",
        "0: pushes are noticed at the interval, changes by a sweep.",
        8,
        "short",
        [
          [`grantkeeper_push_queue_readable{${ANY}}`, "{{queue}}"],
          [`grantkeeper_change_queue_readable{${ANY}}`, "{{queue}}"],
        ],
      ),
      series("Files that are not read completely", "What they declared before stays applied.", 8, "short", [
        [`sum by (source) (grantkeeper_refused_files{${ANY}})`, "{{source}} refused"],
        [`grantkeeper_broken_files{${ANY}}`, "{{source}} broken"],
      ]),
    ],
  ],
  [
    "Alerts, record and process",
    [
      series("Alert messages", "By route and result, within five minutes.", 8, "short", [
        [
          `sum by (route, result) (increase(grantkeeper_alerts_sent_total{${ANY}}[5m]))`,
          "{{route}} {{result}}",
        ],
      ]),
      series("Oldest alert that waits", "More than 15 minutes are an alert.", 8, "s", [
        [`grantkeeper_alerts_oldest_waiting_seconds{${ANY}}`, "{{route}}"],
      ]),
      series("Checkpoints without a copy outside", "0 if the record is anchored.", 8, "short", [
        [`grantkeeper_audit_unanchored_checkpoints{${ANY}}`, "{{copy}}"],
      ]),
      series("Retention that is hindered", "1: entries are kept longer than audit.retention.", 8, "short", [
        [`grantkeeper_audit_retention_stalled{${ANY}}`, "{{instance}}"],
      ]),
      series("Age of the last verified backup", "Missing: none is known.", 8, "s", [
        [`time() - grantkeeper_backup_last_success_timestamp_seconds{${ANY}}`, "{{instance}}"],
      ]),
      series("Failed backups since the last good one", "0 if the last one is good.", 8, "short", [
        [`grantkeeper_backup_failures{${ANY}}`, "{{instance}}"],
        [`grantkeeper_backup_overdue{${ANY}}`, "{{instance}} overdue"],
        [`grantkeeper_backup_unknown{${ANY}}`, "{{instance}} unknown"],
      ]),
      series("Entries of the record", "By kind, within an hour.", 8, "short", [
        [`sum by (kind) (increase(grantkeeper_audit_entries_total{${ANY}}[1h]))`, "{{kind}}"],
      ]),
      series("Free disk of the state directory", "When it is full, nothing is written to AWS.", 8, "bytes", [
        [`grantkeeper_state_disk_free_bytes{${ANY}}`, "{{instance}}"],
      ]),
      series("Requests to the API", "By status.", 8, "reqps", [
        [`sum by (status) (rate(grantkeeper_http_requests_total{${ANY}}[$__rate_interval]))`, "{{status}}"],
      ]),
      series("Bindings that wait for a pass", "A push fills it; it is empty within minutes.", 8, "short", [
        [`grantkeeper_queue_depth{${ANY}}`, "{{instance}}"],
      ]),
      series("Suspensions", "While one is in effect, nothing is written for what it covers.", 8, "short", [
        [`grantkeeper_suspensions{${ANY}}`, "{{instance}}"],
      ]),
      series(
        "Spans that no collector got",
        "Only with telemetry.otlp; by reason, within an hour.",
        8,
        "short",
        [[`sum by (reason) (increase(grantkeeper_telemetry_spans_dropped_total{${ANY}}[1h]))`, "{{reason}}"]],
      ),
      series("Time until API tokens expire", "Requests with an expired token are refused.", 8, "s", [
        [`grantkeeper_token_expires_timestamp_seconds{${ANY}} - time()`, "{{token}}"],
      ]),
    ],
  ],
];

function stat(
  title: string,
  description: string,
  { expr, redFrom }: { readonly expr: string; readonly redFrom: number | null },
): Panel {
  const queries = [{ expr, legend: "" }];
  return { title, description, type: "stat", unit: "short", width: 6, queries, redFrom };
}

function series(
  title: string,
  description: string,
  width: 8 | 12,
  unit: Panel["unit"],
  queries: readonly (readonly [expr: string, legend: string])[],
): Panel {
  const all = queries.map(([expr, legend]) => ({ expr, legend }));
  return { title, description, type: "timeseries", unit, width, queries: all, redFrom: null };
}

/** The dashboard that people import into Grafana. */
export const dashboardPage: Page = {
  path: "deploy/grafana/grantkeeper.json",
  text: () => format(JSON.stringify(dashboardJson(ROWS)), { parser: "json", printWidth: 110 }),
};
