import { parsedJson } from "../../text/json-values.ts";
import type {
  AlertTestObject,
  ApprovalRequest,
  ReconciliationObject,
  ReconciliationRequest,
  RejectionRequest,
  RollbackEndRequest,
  RollbackObject,
  RollbackRequest,
  SuspensionObject,
  SuspensionRequest,
  UndoCommand,
  UndoPlanQuestion,
} from "../../api/commands.ts";
import { keyParts, type Key } from "../../model/keys/key.ts";
import { bindingName } from "../../api/names.ts";
import { BASE_PATH, NAMESPACES_HEADER } from "../../api/group.ts";
import type { ApiList, ApiObject } from "../../api/object.ts";
import type { LocalLink, LocalLinkRequest } from "../../api/browser/sign-in.ts";
import type { TimelineRange } from "../../model/reads/timeline-range.ts";
import type { OverviewObject } from "../../api/overview.ts";
import { RESOURCES, type ResourceName, type ResourceObjects } from "../../api/resources.ts";
import type {
  AccessReportQuestion,
  ExposedObject,
  MergeQuestion,
  ReachObject,
  ProposalQuestion,
  TimelineObject,
  WhoCanQuestion,
  WhyQuestion,
} from "../../api/questions.ts";
import type { Connection } from "./connection.ts";
import { connectionFailure, failureOfAnswer } from "./client-failure.ts";
import { openWatch, type WatchEvent } from "./watch-events.ts";

interface ListFilter {
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  /** More query parameters of this resource. */
  readonly query?: Readonly<Record<string, string>> | undefined;
  /** The most items to read; default: all. */
  readonly most?: number | undefined;
}

interface PageQuery extends ListFilter {
  readonly next?: string | undefined;
}

/** The resources that a request creates. */
interface Requests {
  readonly accessreports: AccessReportQuestion;
  readonly adoptionundoplans: UndoPlanQuestion;
  readonly adoptionundos: UndoCommand;
  readonly approvals: ApprovalRequest;
  readonly grantproposals: ProposalQuestion;
  readonly mergepreviews: MergeQuestion;
  readonly reconciliations: ReconciliationRequest;
  readonly rejections: RejectionRequest;
  readonly rollbacks: RollbackRequest;
  readonly suspensions: SuspensionRequest;
  readonly whocans: WhoCanQuestion;
  readonly whys: WhyQuestion;
}

/** The part of a SelfSubjectReview that is read. */
interface OwnReview {
  readonly status: { readonly userInfo: { readonly extra?: Readonly<Record<string, readonly string[]>> } };
}

const PAGE = 500;
const TIMEOUT_MS = 30_000;
/** Of an answer about every function, or for which the controller reads AWS. */
const LONG_MS = 180_000;

interface RequestParts {
  readonly body?: object | undefined;
  readonly timeoutMs?: number;
}

/** The controller's API. @throws CliError if there is no answer, or if the answer is an error */
export class ApiClient {
  readonly #connection: Connection;
  readonly #signal: AbortSignal;

  constructor(connection: Connection, signal: AbortSignal) {
    this.#connection = connection;
    this.#signal = signal;
  }

  /** The same controller, of which only these namespaces are seen. */
  limitedTo(namespaces: readonly string[]): ApiClient {
    return new ApiClient({ ...this.#connection, namespaces }, this.#signal);
  }

  /** The namespaces that the token sees; null: all. */
  async ownNamespaces(): Promise<readonly string[] | null> {
    const path = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
    const { status } = await this.#request<OwnReview>("POST", path, { body: {} });
    const namespaces = status.userInfo.extra?.["grantkeeper.dev/namespaces"] ?? [];
    return namespaces.includes("*") ? null : namespaces;
  }

  /** @param path below BASE_PATH */
  read<T>(path: string): Promise<T> {
    return this.#send<T>("GET", path);
  }

  overview(): Promise<OverviewObject> {
    return this.#send<OverviewObject>("GET", "/overview");
  }

  exposed(): Promise<ExposedObject> {
    return this.#send<ExposedObject>("GET", "/exposed");
  }

  reach(key: Key, depth: number): Promise<ReachObject> {
    const path = `${pathOf("reaches", keyParts(key).namespace)}/${encodeURIComponent(bindingName(key))}`;
    return this.#request<ReachObject>("GET", `${BASE_PATH}${path}?depth=${depth}`, { timeoutMs: LONG_MS });
  }

  timeline(range: TimelineRange, namespace?: string): Promise<TimelineObject> {
    const place = namespace === undefined ? "" : `/namespaces/${encodeURIComponent(namespace)}`;
    return this.#send<TimelineObject>("GET", `${place}/timeline?range=${range}`);
  }

  async accountNames(): Promise<ReadonlyMap<string, string>> {
    return accountNamesOf((await this.overview()).status.accounts);
  }

  /** Every page. */
  async list<R extends ResourceName>(
    resource: R,
    request: ListFilter = {},
  ): Promise<readonly ResourceObjects[R][]> {
    const items: ResourceObjects[R][] = [];
    const most = request.most ?? Infinity;
    let next: string | undefined;
    do {
      const page = await this.page(resource, { ...request, most: most - items.length, next });
      items.push(...page.items);
      next = page.metadata.continue;
    } while (next !== undefined && items.length < most);
    return items;
  }

  /** One page; its `continue` is `next` for the page after it. */
  page<R extends ResourceName>(
    resource: R,
    { namespace, labelSelector, query: further, most = PAGE, next }: PageQuery,
  ): Promise<ApiList<ResourceObjects[R] & ApiObject<string>>> {
    const query = new URLSearchParams({ limit: String(Math.min(PAGE, most)), ...further });
    if (labelSelector !== undefined) query.set("labelSelector", labelSelector);
    if (next !== undefined) query.set("continue", next);
    return this.#send("GET", `${pathOf(resource, namespace)}?${query.toString()}`);
  }

  /**
   * The changes of a resource until the server ends the watch. @param from a version; null: an event for each object comes
   * first, and a bookmark ends them
   */
  watch<R extends ResourceName>(
    resource: R,
    { namespace, labelSelector }: Pick<ListFilter, "namespace" | "labelSelector">,
    from: string | null,
  ): Promise<AsyncGenerator<WatchEvent<ResourceObjects[R]>, void>> {
    const start: Readonly<Record<string, string>> =
      from === null ? { sendInitialEvents: "true" } : { resourceVersion: from };
    const query = new URLSearchParams({ watch: "true", allowWatchBookmarks: "true", ...start });
    if (labelSelector !== undefined) query.set("labelSelector", labelSelector);
    const path = `${BASE_PATH}${pathOf(resource, namespace)}?${query.toString()}`;
    const call = { connection: this.#connection, path, headers: this.#headers() };
    return openWatch(call, this.#signal);
  }

  /** The progress of a reconcile, with at most `names` of the keys that it waits for. */
  reconciliation(token: string, names?: number): Promise<ReconciliationObject> {
    const query = names === undefined ? "" : `?names=${names}`;
    return this.#send("GET", `${pathOf("reconciliations")}/${encodeURIComponent(token)}${query}`);
  }

  /** The objects of these keys, at most forty: they are in the URL. */
  async ofKeys<R extends "bindings" | "plans">(
    resource: R,
    keys: readonly Key[],
  ): Promise<readonly ResourceObjects[R][]> {
    return keys.length === 0 ? [] : this.list(resource, { query: { keys: keys.join(",") } });
  }

  get<R extends ResourceName>(resource: R, name: string, namespace?: string): Promise<ResourceObjects[R]> {
    return this.#send("GET", `${pathOf(resource, namespace)}/${encodeURIComponent(name)}`);
  }

  create<R extends keyof Requests>(resource: R, request: Requests[R]): Promise<ResourceObjects[R]> {
    const path = `${BASE_PATH}${pathOf(resource)}`;
    const timeoutMs = resource === "accessreports" ? LONG_MS : TIMEOUT_MS;
    return this.#request("POST", path, { body: request, timeoutMs });
  }

  endRollback(request: RollbackEndRequest): Promise<RollbackObject> {
    return this.#send("POST", `${pathOf("rollbacks")}/end`, request);
  }

  resume(id: string, reason: string): Promise<SuspensionObject> {
    return this.#send("POST", `${pathOf("suspensions")}/${encodeURIComponent(id)}/resume`, { reason });
  }

  /** A link that signs in to the page once; only with the local token. */
  localLink(request: LocalLinkRequest): Promise<LocalLink> {
    return this.#request("POST", "/auth/local/links", { body: request });
  }

  testAlert(route: string): Promise<AlertTestObject> {
    return this.#send("POST", `${pathOf("alertroutes")}/${encodeURIComponent(route)}/test`, {});
  }

  #send<T>(method: "GET" | "POST", path: string, body?: object): Promise<T> {
    return this.#request(method, `${BASE_PATH}${path}`, { body });
  }

  async #request<T>(
    method: "GET" | "POST",
    path: string,
    { body, timeoutMs = TIMEOUT_MS }: RequestParts = {},
  ): Promise<T> {
    const { url } = this.#connection;
    const headers = this.#headers();
    if (body !== undefined) headers.set("content-type", "application/json");
    const signal = AbortSignal.any([this.#signal, AbortSignal.timeout(timeoutMs)]);
    let response: Response;
    let text: string;
    try {
      // A redirect is not followed: the token is for this address only.
      response = await fetch(`${url}${path}`, {
        method,
        headers,
        redirect: "manual",
        signal,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      text = await response.text();
    } catch (cause) {
      this.#signal.throwIfAborted();
      throw connectionFailure(this.#connection, cause);
    }
    const answer = parsedJson(text);
    if (!response.ok || answer === undefined)
      throw failureOfAnswer(this.#connection, response.status, answer);
    return answer as T;
  }

  #headers(): Headers {
    const { token, namespaces } = this.#connection;
    const headers = new Headers({ accept: "application/json" });
    if (token !== null) headers.set("authorization", `Bearer ${token}`);
    if (namespaces !== undefined) headers.set(NAMESPACES_HEADER, namespaces.join(","));
    return headers;
  }
}

/** The names of the accounts by their id. */
export function accountNamesOf(accounts: OverviewObject["status"]["accounts"]): ReadonlyMap<string, string> {
  return new Map(accounts.map(({ accountId, name }) => [accountId, name]));
}

function pathOf(resource: ResourceName, namespace?: string): string {
  if (namespace === undefined || !RESOURCES[resource].namespaced) return `/${resource}`;
  return `/namespaces/${encodeURIComponent(namespace)}/${resource}`;
}
