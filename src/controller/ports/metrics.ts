/** The metrics, all with the prefix `grantkeeper_`; labels are few and bounded. */
const COUNTERS = {
  passes_total: {
    help: "Passes that ended, by account and outcome: done, failed (the account was not read), fault (an error of Grantkeeper).",
    labels: ["account", "outcome"],
  },
  writes_total: {
    help: "Write calls made, by account, call and outcome.",
    labels: ["account", "call", "outcome"],
  },
  aws_requests_total: {
    help: "AWS requests, by account, operation and result.",
    labels: ["account", "operation", "result"],
  },
  drift_found_total: {
    help: "Drifts that were opened, by account and severity.",
    labels: ["account", "severity"],
  },
  drift_reverted_total: { help: "Drifts that Grantkeeper reverted, by account.", labels: ["account"] },
  source_fetches_total: { help: "Fetches of the source, by result.", labels: ["source", "result"] },
  push_messages_total: {
    help: "Messages of the queues of CodeCommit, by outcome: fetch (a source is fetched soon), repeated, late (older than 15 minutes), foreign (of no source), malformed, oversized.",
    labels: ["outcome"],
  },
  change_messages_total: {
    help: "Messages of the queues of change events, by outcome: read (its keys are read immediately), own (a write of Grantkeeper), unrecorded (by a role of Grantkeeper and not in its record), unrelated (of no object of a manifest), repeated, failed-call, foreign (another kind of event), other-account, contradictory, malformed, oversized.",
    labels: ["outcome"],
  },
  function_denied_calls_total: {
    help: "Calls of functions on their declared roles that AWS denied, as change events showed them, by account and function: the first 50 functions of an account since the start, the others as other; only with changeEvents.",
    labels: ["account", "function"],
  },
  queue_messages_received_elsewhere_total: {
    help: "Messages of a queue of change events or pushes that someone else had received and not deleted when Grantkeeper received them. Those that someone else deletes are not seen.",
    labels: ["queue"],
  },
  policy_changes_without_event_total: {
    help: "Policies of functions that changed without a change event although the events of their region seemed complete; only with changeEvents.",
    labels: ["account", "region"],
  },
  event_searches_total: {
    help: "Searches of CloudTrail for who made a difference, by outcome: searched-early (it may show more later), searched, too-many (more calls than are read), too-old, due (the account left Git), failed; only with aws.lookupEvents.",
    labels: ["outcome"],
  },
  alerts_sent_total: { help: "Alert messages, by route and result.", labels: ["route", "result"] },
  http_requests_total: {
    help: "HTTP requests, by method, route and status.",
    labels: ["method", "route", "status"],
  },
  telemetry_spans_dropped_total: {
    help: "Spans that no collector got, by reason: queue-full, unreachable, refused, stopped; only with telemetry.otlp.",
    labels: ["reason"],
  },
  audit_entries_total: { help: "Audit entries appended, by kind.", labels: ["kind"] },
} as const;

const GAUGES = {
  bindings: {
    help: "Bindings and ManagedPolicies by account and state: each is in one: synced, drifted, pending (only changes from Git differ, and are not applied yet, or the last write is not seen yet), unknown (not read), or not_compared (Git changed it, and no pass has compared the change yet).",
    labels: ["account", "state"],
  },
  binding_verdicts: {
    help: "Bindings and ManagedPolicies of grantkeeper_bindings that a person must look at, by account: held (awaiting approval), refused (by a rule), stricter (an upgrade would refuse it after an approval); one may be in two.",
    labels: ["account", "state"],
  },
  uncompared_bindings: {
    help: "Those of grantkeeper_bindings that are not_compared, by account and what the last pass found of them, before Git changed: drifted, held, refused.",
    labels: ["account", "state"],
  },
  functions: {
    help: "Functions by account: all in AWS, and those that Git declares.",
    labels: ["account", "where"],
  },
  coverage_functions: {
    help: "Functions in AWS by account and state of coverage: managed, switched, observed, proposed, excluded, unknown, uncovered.",
    labels: ["account", "state"],
  },
  adoption_bindings: {
    help: "Declared functions by account and state of adoption: observed, proven, adopted, switched, enforced, not-needed, undoing, unknown.",
    labels: ["account", "state"],
  },
  adoption_waves: {
    help: "Namespaces with an open wave by account and what it does: awaiting-approval, not-ready, switching, moving, watching.",
    labels: ["account", "state"],
  },
  database_lease_held: {
    help: "1 while this controller can renew its lease of the PostgreSQL database: at 0 it soon writes nothing; only with state.database.",
    labels: [],
  },
  replica_active: {
    help: "1 while this replica has the lease of the PostgreSQL database, 0 while it is a standby; only with state.database.",
    labels: [],
  },
  replicas: {
    help: "Replicas of the installation by state: active, standby, lost (not seen for 30 s; forgotten after a day); only with state.database.",
    labels: ["state"],
  },
  replicas_unable: {
    help: "Standbys that cannot compile what is in force as the active replica does (FOLLOWS no in get replicas); only with state.database.",
    labels: [],
  },
  accounts_without_replica: {
    help: "Accounts that are assigned to a lost replica: none makes their passes (get replicas -o wide names them); only with state.database.",
    labels: [],
  },
  orphans: {
    help: "Roles, policies and kept statements of Grantkeeper without a manifest, by account.",
    labels: ["account"],
  },
  account_readable: {
    help: "1 if the last pass read the account; 0 if it failed, if none has ended since the start, or if the last complete read is more than three sweeps old.",
    labels: ["account"],
  },
  account_compared: {
    help: "1 once a pass has compared the account since the start of the process; until then the record is from earlier starts.",
    labels: ["account"],
  },
  aws_request_rate: {
    help: "Requests per second that are made at most now, by API family; AWS's throttling reduces it, and it recovers within a minute.",
    labels: ["account", "region", "family"],
  },
  aws_request_budget: {
    help: "Requests per second that are allowed, by API family: spec.budgets for IAM and Lambda, a fixed number for the others.",
    labels: ["account", "region", "family"],
  },
  aws_requests_waiting: {
    help: "Requests that wait for their turn within the budget, by API family.",
    labels: ["account", "region", "family"],
  },
  aws_clock_offset_seconds: {
    help: "How far AWS's clock was ahead of the controller's by AWS's last answers; negative: behind.",
    labels: [],
  },
  aws_denied_calls: {
    help: "Calls for which access is missing (AWS denied them, or there are no credentials), made as a rare probe only, by account.",
    labels: ["account"],
  },
  last_sweep_timestamp_seconds: {
    help: "When the last complete sweep of an account started.",
    labels: ["account"],
  },
  sweep_interval_seconds: {
    help: "The pause between two complete reads of an account (sweep of the configuration).",
    labels: [],
  },
  source_interval_seconds: {
    help: "The pause between two fetches of a source (sources[].interval).",
    labels: ["source"],
  },
  source_last_read_timestamp_seconds: {
    help: "When the source was last fetched without an error.",
    labels: ["source"],
  },
  revision_state: {
    help: "1 for the state of the newest revision, 0 for the others: in-force, held (awaiting approval), failed (not read, or nothing of it may be enforced).",
    labels: ["source", "state"],
  },
  accepted_revision_timestamp_seconds: {
    help: "When the enforced revision was accepted.",
    labels: ["source"],
  },
  refused_files: {
    help: "Files and folders of the accepted revision that the source does not read, by reason.",
    labels: ["source", "reason"],
  },
  source_verified: {
    help: "1 if the signatures of the newest fetched revision are verified, 0 if not; only with sources[].git.signatures.",
    labels: ["source"],
  },
  source_rolled_back: {
    help: "1 while an older revision of the source is in force because of a rollback, also after its end until a newer one is, otherwise 0.",
    labels: ["source"],
  },
  push_queue_readable: {
    help: "1 if a queue of pushes answered its last request, 0 if not: then its sources are fetched at their interval only; only with codecommit.queueUrl.",
    labels: ["queue"],
  },
  unrecorded_writes: {
    help: "Writes by roles of Grantkeeper that are not in its record, of the last 7 days; only with changeEvents or aws.lookupEvents.",
    labels: ["account"],
  },
  change_queue_readable: {
    help: "1 if a queue of change events answered its last request, 0 if not: then a change in AWS is found by the next sweep only; only with changeEvents.",
    labels: ["queue"],
  },
  change_queue_last_message_timestamp_seconds: {
    help: "When the last messages of a queue of change events were received, of any kind; missing: none since the start. A queue that is answered and stays empty for long may have lost its rule or its trail; only with changeEvents.",
    labels: ["queue"],
  },
  change_events_proven: {
    help: "1 if the change events of Lambda arrive from the region without a known gap, so that a sweep reads only a part of the policies of its functions; 0 if not; only with changeEvents.",
    labels: ["account", "region"],
  },
  change_events_lost: {
    help: "1 if a policy of a function in the region changed and no change event reported it within 15 minutes, until an event of the region arrives again and everything was read after it; 0 if not; only with changeEvents.",
    labels: ["account", "region"],
  },
  function_policies: {
    help: "Functions whose policies the last complete read has, by how: read (by that read), kept (as they were read before, since change events prove that nothing was changed).",
    labels: ["account", "how"],
  },
  oldest_function_policy_timestamp_seconds: {
    help: "When the oldest policy of a function was read that the last complete read has.",
    labels: ["account"],
  },
  account_set_accounts: {
    help: "Accounts that an AccountSet found in its organization at the last reading of it.",
    labels: ["set"],
  },
  broken_files: {
    help: "Files of the accepted revision that cannot be read completely.",
    labels: ["source"],
  },
  audit_record_intact: {
    help: "1 if the end of the audit record was verified at start; 0 if not: then the controller does not start.",
    labels: [],
  },
  audit_record_broken: {
    help: "1 if the last verification of all entries of the audit record did not prove it; 0 if it did; missing before the first. The controller repeats it. An attempt that cannot read the record leaves the value.",
    labels: [],
  },
  audit_unanchored_checkpoints: {
    help: "Signed checkpoints of the record that a place outside of the database (file, log) does not have yet.",
    labels: ["copy"],
  },
  audit_retention_stalled: {
    help: "1 if entries older than audit.retention are kept, because something hinders their removal; 0 if not; only with audit.retention.",
    labels: [],
  },
  backup_last_success_timestamp_seconds: {
    help: "When the last complete and verified backup was written; only if one is known.",
    labels: [],
  },
  backup_failures: { help: "Failed backups since the last good one.", labels: [] },
  backup_overdue: {
    help: "1 if the last good backup is older than backups.maxAge, or backups.maxAge is set and none is known for that time since the start; 0 if not.",
    labels: [],
  },
  backup_unknown: {
    help: "1 if the results of backups cannot be read (backup_failures and backup_overdue then keep their values), or the last good one is of the future; 0 if not.",
    labels: [],
  },
  state_disk_free_bytes: {
    help: "What the process may still write on the file system of the state directory.",
    labels: [],
  },
  state_disk_size_bytes: { help: "The size of that file system.", labels: [] },
  token_expires_timestamp_seconds: { help: "When a token of the API expires.", labels: ["token"] },
  base_credentials_renewed: {
    help: "1 if the AWS credentials of the process were found at the last attempt, 0 if not: the present ones are used until they expire.",
    labels: [],
  },
  alerts_waiting: { help: "Alert messages that are due and not accepted yet, by route.", labels: ["route"] },
  alerts_oldest_waiting_seconds: {
    help: "How long the oldest of these messages has waited; 0 if none waits.",
    labels: ["route"],
  },
  alerts_last_delivered_timestamp_seconds: {
    help: "When the receiver of a route last accepted a message.",
    labels: ["route"],
  },
  queue_depth: { help: "Keys that wait for a pass.", labels: [] },
  open_intents: { help: "Write intents without an outcome.", labels: ["account"] },
  suspensions: { help: "Suspensions in effect.", labels: [] },
  build_info: { help: "Always 1; the version is a label.", labels: ["version"] },
} as const;

const HISTOGRAMS = {
  pass_duration_seconds: {
    help: "How long a pass took.",
    labels: ["account", "scope"],
    buckets: [0.05, 0.25, 1, 5, 15, 60, 180],
  },
  drift_stood_seconds: {
    help: "How long a drift existed until it was reverted.",
    labels: ["account", "severity"],
    buckets: [1, 5, 30, 60, 300, 900, 3600, 86_400],
  },
} as const;

/** All metrics by type, as /metrics shows them and docs/operating.md lists them. */
export const METRICS = { counter: COUNTERS, gauge: GAUGES, histogram: HISTOGRAMS } as const;

/** A name that is not in the list is an error of the compiler, and not of a running controller. */
export type CounterName = keyof typeof COUNTERS;
export type GaugeName = keyof typeof GAUGES;
export type HistogramName = keyof typeof HISTOGRAMS;
