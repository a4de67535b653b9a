import { useMemo, useState, type ReactNode } from "react";
import type { PlanObject } from "../../api/bindings.ts";
import type { WaiverObject } from "../../api/manifests.ts";
import { BASE_PATH } from "../../api/group.ts";
import type { ApiList } from "../../api/object.ts";
import { clockTime } from "../../wording/time.ts";
import { keysText } from "../../wording/words.ts";
import { ruleCountsText } from "../../wording/rule-counts.ts";
import { countedBreaches, notJudged, ruleRows, type RuleRow } from "../view/rule-rows.ts";
import { useAllPages } from "../client/all-pages.ts";
import { useNow } from "../client/clock.ts";
import { accountNames, useOverview } from "../client/overview.ts";
import { useResource } from "../client/resources.ts";
import { Age, Section, State } from "../parts/basics.tsx";
import { PagedView } from "../parts/paged-view.tsx";
import { ResourceView } from "../parts/resource-view.tsx";
import { SimpleTable } from "../parts/simple-table.tsx";
import { useIsEveryAccountRead } from "../parts/account-lines.tsx";
import { TargetLink } from "../parts/target-link.tsx";

const PAGE = 250;

/** Which rules are broken, by what Git declares and by what AWS has. */
export function Rules(): ReactNode {
  const plans = useAllPages<PlanObject>(`${BASE_PATH}/plans`, PAGE);
  const waivers = useResource<ApiList<WaiverObject>>(`${BASE_PATH}/waivers`);
  return (
    <>
      <h1>Rules</h1>
      <PagedView paged={plans} what="The plans">
        {(items, isComplete) => <Board plans={items} isComplete={isComplete} />}
      </PagedView>
      <Section title="Waivers">
        <ResourceView resource={waivers} what="The waivers">
          {({ items }) => <Waivers waivers={items} />}
        </ResourceView>
      </Section>
    </>
  );
}

function Board({
  plans,
  isComplete,
}: {
  readonly plans: readonly PlanObject[];
  readonly isComplete: boolean;
}): ReactNode {
  const rows = useMemo(() => ruleRows(plans), [plans]);
  const unknown = useMemo(() => notJudged(plans), [plans]);
  const isEveryAccountRead = useIsEveryAccountRead();
  return (
    <>
      {unknown.map(({ reason, keys }) => (
        <p key={reason}>
          <State tone="quiet">
            {keysText(keys)} {keys.length === 1 ? "was" : "were"} not judged, or not completely
          </State>
          <span className="detail">{reason}</span>
        </p>
      ))}
      {rows.length === 0 ? (
        <p className="empty">
          {isComplete && unknown.length === 0 && isEveryAccountRead
            ? "No rule is broken."
            : "No broken rule was found in what was read."}
        </p>
      ) : (
        <>
          <p className="quiet-text summary" role="status">
            {ruleCountsText(countedBreaches(plans))}
          </p>
          <ul className="differences">
            {rows.map((row) => (
              <Rule key={row.rule} row={row} />
            ))}
          </ul>
        </>
      )}
    </>
  );
}

const COUNTS = [
  { field: "refused", title: "refused", tone: "bad" },
  { field: "inAws", title: "in AWS", tone: "bad" },
  { field: "warned", title: "warned", tone: "warn" },
  { field: "warnedInAws", title: "warned, in AWS", tone: "warn" },
  { field: "waived", title: "waived", tone: "plain" },
] as const;

function Rule({ row }: { readonly row: RuleRow }): ReactNode {
  const [isOpen, open] = useState(false);
  return (
    <li>
      <p>
        <strong>{row.rule}</strong>{" "}
        {COUNTS.filter(({ field }) => row[field].length > 0).map(({ field, title, tone }) => (
          <span key={field} className="count-of">
            <State tone={tone}>
              {row[field].length} {title}
            </State>
          </span>
        ))}
        {row.since !== null && (
          <span className="quiet-text">
            {" "}
            for <Age at={row.since} />
          </span>
        )}
      </p>
      <p className="detail">{row.why}</p>
      <button type="button" className="plain" aria-expanded={isOpen} onClick={() => open(!isOpen)}>
        {isOpen ? "Hide the bindings" : "Show the bindings"}
      </button>
      {isOpen && <Bindings row={row} />}
    </li>
  );
}

const SHOWN = 200;

function Bindings({ row }: { readonly row: RuleRow }): ReactNode {
  const overview = useOverview();
  const accounts = accountNames(overview.value);
  const all = COUNTS.flatMap(({ field, title }) => row[field].map((key) => ({ key, title })));
  return (
    <>
      <ul className="targets">
        {all.slice(0, SHOWN).map(({ key, title }) => (
          <li key={`${title} ${key}`}>
            <TargetLink bindingKey={key} accounts={accounts} /> <span className="quiet-text">{title}</span>
          </li>
        ))}
      </ul>
      {all.length > SHOWN && <p className="quiet-text">and {all.length - SHOWN} more</p>}
    </>
  );
}

function Waivers({ waivers }: { readonly waivers: readonly WaiverObject[] }): ReactNode {
  const overview = useOverview();
  const accounts = accountNames(overview.value);
  const nowMs = useNow();
  return (
    <SimpleTable
      title="Waivers"
      heads={["Waiver", "Rule", "Binding", "Until", "Owner", "Reason"]}
      empty="No waivers that you may see."
      rows={waivers.map(({ metadata, spec, status }) => ({
        id: metadata.name,
        cells: [
          metadata.name,
          <span key="rule" className="nowrap">
            {fieldOf(spec["rule"])}
          </span>,
          status.binding === null ? (
            <State key="binding" tone="bad">
              no effect: it does not compile
            </State>
          ) : (
            <TargetLink key="binding" bindingKey={status.binding} accounts={accounts} />
          ),
          <span key="until" className="nowrap">
            {timeOf(spec["until"] ?? spec["expires"], nowMs)}
          </span>,
          fieldOf(spec["owner"]),
          fieldOf(spec["reason"]),
        ],
      }))}
    />
  );
}

/** As the manifest has it, if it is no time. */
function timeOf(value: unknown, nowMs: number): string {
  const text = fieldOf(value);
  return Number.isNaN(Date.parse(text)) ? text : clockTime(text, nowMs);
}

function fieldOf(value: unknown): string {
  return typeof value === "string" ? value : "-";
}
