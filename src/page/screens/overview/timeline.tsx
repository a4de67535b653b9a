import { useId, type ReactNode } from "react";
import { BASE_PATH } from "../../../api/group.ts";
import type { TimelineObject } from "../../../api/questions.ts";
import type { Timeline, TimelineDrift, TimelineStep } from "../../../model/reads/timeline.ts";
import { TIMELINE_RANGES, type TimelineRange } from "../../../model/reads/timeline-range.ts";
import {
  authorWords,
  highestBarText,
  changeWords,
  endWords,
  gapPlace,
  gapReason,
  nowWords,
  openFor,
} from "../../../wording/timeline-words.ts";
import { clockSecond } from "../../../wording/time.ts";
import { formatSpan } from "../../../model/values/duration.ts";
import { PICTURE_HEIGHT, pictureText, timelineBars } from "../../view/timeline-picture.ts";
import { useResource } from "../../client/resources.ts";
import { screenZone } from "../../client/zone.ts";
import { localZoneText } from "../../view/history/local-time.ts";
import { Ago, State } from "../../parts/basics.tsx";
import { ResourceView } from "../../parts/resource-view.tsx";
import { SimpleTable } from "../../parts/simple-table.tsx";
import { TargetLink } from "../../parts/target-link.tsx";

/** Its age is on the screen, because this is not as often as the rest of the screen. */
const EVERY_MS = 60_000;

interface DriftTimelineProps {
  readonly range: TimelineRange;
  readonly namespace: string | null;
  readonly accounts: ReadonlyMap<string, string>;
  readonly choose: (range: TimelineRange) => void;
}

/** What drifts and since when, what drifted, and when neither is known. */
export function DriftTimeline({ range, namespace, accounts, choose }: DriftTimelineProps): ReactNode {
  const place = namespace === null ? "" : `/namespaces/${encodeURIComponent(namespace)}`;
  const resource = useResource<TimelineObject>(`${BASE_PATH}${place}/timeline?range=${range}`, EVERY_MS);
  return (
    <section className="timeline" aria-label="Drift timeline">
      <div className="timeline-head">
        <h2>Drift</h2>
        <div role="group" aria-label="Range" className="facets">
          {TIMELINE_RANGES.map((one) => (
            <button key={one} type="button" aria-pressed={one === range} onClick={() => choose(one)}>
              {one}
            </button>
          ))}
        </div>
      </div>
      <ResourceView resource={resource} what="The timeline">
        {({ status }) => (
          <>
            <Now timeline={status} />
            <Picture timeline={status} />
            <Tables timeline={status} accounts={accounts} />
          </>
        )}
      </ResourceView>
    </section>
  );
}

function Now({ timeline }: { readonly timeline: Timeline }): ReactNode {
  const { drifting, gaps, notCompared, accounts } = timeline;
  const isUnknown = notCompared > 0 || accounts === 0 || gaps.some(({ until }) => until === null);
  const tone = drifting.length > 0 ? "bad" : isUnknown ? "quiet" : "good";
  return (
    <p>
      <State tone={tone}>{nowWords(timeline)}</State>{" "}
      <span className="quiet-text">
        as of <Ago at={timeline.to} />
      </span>
    </p>
  );
}

function Picture({ timeline: { steps, from, to } }: { readonly timeline: Timeline }): ReactNode {
  const { most } = timelineBars(steps);
  return (
    <figure>
      <Bars steps={steps} />
      <figcaption>
        <span className="axis">
          <span>{formatSpan(Date.parse(to) - Date.parse(from))} ago</span>
          <span>
            <Ago at={to} />
          </span>
        </span>
        {most > 0 && <span>{highestBarText(most)}</span>}
        <span>
          <span className="unknown-key" aria-hidden="true" /> not known
        </span>
      </figcaption>
    </figure>
  );
}

function Bars({ steps }: { readonly steps: readonly TimelineStep[] }): ReactNode {
  const hatch = useId();
  const { bars } = timelineBars(steps);
  return (
    <svg
      role="img"
      aria-label={pictureText(steps)}
      viewBox={`0 0 ${bars.length * 4} ${PICTURE_HEIGHT}`}
      preserveAspectRatio="none"
    >
      <defs>
        <pattern id={hatch} width="4" height="4" patternUnits="userSpaceOnUse">
          <path d="M0,4 L4,0" className="hatch" />
        </pattern>
      </defs>
      {bars.map(({ at, height, isUnknown }, step) => (
        <g key={at}>
          {isUnknown && <rect x={step * 4} y={0} width={4} height={PICTURE_HEIGHT} fill={`url(#${hatch})`} />}
          {!isUnknown && height === 0 && (
            <rect x={step * 4} y={PICTURE_HEIGHT - 1} width={4} height={1} className="calm" />
          )}
          {height > 0 && (
            <rect x={step * 4} y={PICTURE_HEIGHT - height} width={4} height={height} className="drift" />
          )}
        </g>
      ))}
    </svg>
  );
}

interface TablesProps {
  readonly timeline: Timeline;
  readonly accounts: ReadonlyMap<string, string>;
}

/** The same facts as the picture, to read. */
function Tables({ timeline, accounts }: TablesProps): ReactNode {
  const { drifting, ended, gaps, omitted, to } = timeline;
  const nowMs = Date.parse(to);
  const rows = [...drifting, ...ended].map((drift) => driftRow(drift, accounts, nowMs));
  const left = omitted.drifting + omitted.ended;
  return (
    <details>
      <summary>
        {drifting.length + omitted.drifting} drifting, {ended.length + omitted.ended} ended,{" "}
        {gaps.length + omitted.gaps} not known
      </summary>
      <p className="quiet-text">Times in {localZoneText(screenZone(), nowMs)}</p>
      <SimpleTable
        title="Drift in this range"
        heads={["Target", "Since", "Ended", "Changes", "By"]}
        rows={rows}
        empty="No drift was found in what was read."
      />
      {left > 0 && <p className="quiet-text">{left} more are counted in the picture and not listed.</p>}
      <h3>Not known</h3>
      <SimpleTable
        title="Times in which drift is not known"
        heads={["Place", "From", "Until", "Reason"]}
        rows={gaps.map((gap, at) => ({
          id: String(at),
          cells: [
            gapPlace(gap),
            <Time key="from" at={gap.since} nowMs={nowMs} />,
            gap.until === null ? "now" : <Time key="until" at={gap.until} nowMs={nowMs} />,
            gapReason(gap, { nowMs, zone: screenZone() }),
          ],
        }))}
        empty="Every account was read in all of this range."
      />
      {omitted.gaps > 0 && <p className="quiet-text">{omitted.gaps} more are not listed.</p>}
    </details>
  );
}

/** In the zone of the screen, with seconds: two times of one row are often less than a minute apart. */
function Time({ at, nowMs }: { readonly at: string; readonly nowMs: number }): ReactNode {
  return (
    <time className="clock" dateTime={at}>
      {clockSecond(at, { nowMs, zone: screenZone() })}
    </time>
  );
}

function driftRow(
  drift: TimelineDrift,
  accounts: TablesProps["accounts"],
  nowMs: number,
): { readonly id: string; readonly cells: readonly ReactNode[] } {
  const { key, since, ended, risks } = drift;
  return {
    id: `${key} ${ended?.entry ?? ""}`,
    cells: [
      <TargetLink key="target" bindingKey={key} accounts={accounts} />,
      <span key="since">
        <Time at={since} nowMs={nowMs} />
        <span className="detail">for {openFor(drift, nowMs)}</span>
      </span>,
      ended === null ? (
        <State key="ended" tone="bad">
          drifting
        </State>
      ) : (
        <span key="ended">
          <Time at={ended.at} nowMs={nowMs} />
          <span className="detail">
            {endWords(drift)}, entry {ended.entry}
          </span>
        </span>
      ),
      <span key="changes">
        {changeWords(drift).map((change) => (
          <span key={change} className="change-line">
            {change}
          </span>
        ))}
        {risks.map((risk) => (
          <span key={risk} className="tag danger">
            {risk}
          </span>
        ))}
      </span>,
      authorWords(drift),
    ],
  };
}
