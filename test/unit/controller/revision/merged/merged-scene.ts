import type { AccountId, Namespace } from "../../../../../src/model/aws/ids.ts";
import type { Key } from "../../../../../src/model/keys/key.ts";
import { emptyKeyRecord } from "../../../../../src/model/keys/key-record.ts";
import type { KeyStatus } from "../../../../../src/model/status.ts";
import type { MergedChange } from "../../../../../src/model/records/pull-requests/merged-change.ts";
import type { Revision } from "../../../../../src/model/values/revision.ts";
import type { ControllerContext } from "../../../../../src/controller/settings.ts";
import { ControllerCaches } from "../../../../../src/controller/state/controller-caches.ts";
import { ControllerState, type EnforcedNow } from "../../../../../src/controller/state/controller-state.ts";
import { EMPTY_ACCOUNT, type AccountMemory } from "../../../../../src/controller/state/account-memory.ts";
import { MergedProgress } from "../../../../../src/controller/revision/merged/progress.ts";
import {
  FakeController,
  manifests,
  READ_ORDERS,
  SETTINGS,
} from "../../../../support/fakes/fake-controller.ts";
import { compileTexts } from "../../../../support/manifests.ts";
import { ACCOUNT_ID } from "../../../../support/pass/bindings.ts";
import { statusOf } from "../../../../support/pass/passes.ts";
import { condition } from "../../../../support/screens/world-states.ts";

export const KEY = `function/${ACCOUNT_ID}/eu-west-1/orders/a` as Key;
export const OLD = revision("0");
export const NEW = revision("1");
export const NEWER = revision("2");

function revision(digit: string): Revision {
  return `main@sha1:${digit.repeat(40)}` as Revision;
}

/** An account in which nothing is followed. */
export const OTHER = "222222222222" as AccountId;
const ACCOUNTS = { prod: ACCOUNT_ID, staging: OTHER };

export const WITH_FUNCTION = manifests({ a: READ_ORDERS }, ACCOUNTS);
export const WITHOUT_FUNCTION = manifests({}, ACCOUNTS);
/** Without the account of the function. */
export const NO_ACCOUNT = manifests({}, { staging: OTHER });

/** A platform source that follows one function of one account, without the loop around it: a test makes each step. */
export class MergedScene {
  readonly fake = new FakeController();
  readonly state = new ControllerState();
  readonly #ports = this.fake.ports();
  readonly #context: ControllerContext = {
    state: this.state,
    caches: new ControllerCaches(),
    settings: { ...SETTINGS, notedSources: new Set<Namespace | null>([null]) },
    ports: this.#ports,
  };
  readonly progress = new MergedProgress(null, this.#context);

  /** The record has this revision, which changed the function; not in force yet. */
  recorded(accepted: Revision, changes: readonly Revision[] = [accepted], changed: readonly Key[] = [KEY]) {
    const merged = changes.map((one) => changeOf(one));
    this.state.merged.recorded(null, { revision: accepted, changes: merged }, changed);
  }

  /** @param changed what the last passes compared otherwise */
  enforced(inForce: Revision, files = WITH_FUNCTION, changed: readonly Key[] = [KEY]): void {
    const compilation = compileTexts(files);
    const now = {
      revision: inForce,
      compilation,
      brokenFileKeys: new Map(),
      inputs: new Map([[null, { revision: inForce }]]),
      accounts: compilation.desired.accounts,
    } as unknown as EnforcedNow;
    this.state.enforce(now, new Map(changed.map((key) => [key, 0])));
  }

  /** A pass over the revision in force compared the function, and is in the record. */
  compared(): void {
    this.state.observed(new Set([KEY]));
    this.state.compared(new Set([KEY]));
  }

  /** The record has the function, of a pass at some time; as declared, if a test states nothing else. */
  hasRecord(change: Partial<KeyStatus> = {}): void {
    const status = statusOf({ key: KEY, conditions: [condition()], ...change });
    this.fake.store.records.set(KEY, { ...emptyKeyRecord(KEY), status });
  }

  unreadable(): void {
    this.passEnded({ failure: "denied" });
  }

  /** What the last pass over the account of the function found. */
  passEnded(memory: Partial<AccountMemory>): void {
    const { failure = null } = memory;
    const pass = { number: 1, accountId: ACCOUNT_ID, keys: [], failure };
    this.state.passEnded(pass, { ...EMPTY_ACCOUNT, ...memory });
  }

  /** Runs when the records of a pass were read, and before its report goes on. */
  afterRead(step: () => void): void {
    const { store } = this.fake;
    const read = store.keySummaries.bind(store);
    store.keySummaries = async (keys) => {
      const found = await read(keys);
      step();
      return found;
    };
  }

  /** Runs while the text of a note is composed. */
  duringText(step: () => void): void {
    const { audit } = this.fake;
    const read = audit.entries.bind(audit);
    audit.entries = (range) => {
      step();
      return read(range);
    };
  }

  get texts(): readonly string[] {
    return this.fake.recorder.alerts.flatMap((alert) =>
      alert.kind === "pull-request-note" ? [alert.text] : [],
    );
  }

  get titles(): readonly string[] {
    return this.texts.map((text) => text.split("\n", 1)[0]?.replace("### Grantkeeper: ", "") ?? "");
  }
}

function changeOf(changed: Revision): MergedChange {
  return {
    revision: changed,
    previous: OLD,
    acceptedAt: "2026-10-01T12:00:00.000Z",
    commits: ["c".repeat(40)],
    keys: { kind: "followed", open: [KEY], done: [], replaced: [] },
    isExact: true,
    errors: { count: 0, shown: [] },
    isEnded: false,
  };
}
