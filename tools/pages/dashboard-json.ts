/** A panel of the dashboard: what it shows, and the queries behind it. */
export interface Panel {
  readonly title: string;
  readonly description: string;
  readonly type: "timeseries" | "stat";
  /** A unit of Grafana. */
  readonly unit: "short" | "s" | "bytes" | "reqps";
  /** Of the 24 columns. */
  readonly width: 6 | 8 | 12;
  readonly queries: readonly Query[];
  /** The first value that is shown in red; null: none. */
  readonly redFrom: number | null;
}

interface Query {
  readonly expr: string;
  readonly legend: string;
}

type DashboardRows = readonly (readonly [title: string, panels: readonly Panel[]])[];

const COLUMNS = 24;
const HEIGHT = { row: 1, stat: 4, timeseries: 8 } as const;
const DATASOURCE = { type: "prometheus", uid: "${datasource}" } as const;

/** As Grafana imports it. */
export function dashboardJson(rows: DashboardRows): object {
  return {
    uid: "grantkeeper",
    title: "Grantkeeper",
    description: "AWS Lambda permissions in sync with Git: health, drift, passes, source, alerts and record.",
    tags: ["grantkeeper", "aws"],
    schemaVersion: 39,
    version: 1,
    editable: true,
    refresh: "1m",
    time: { from: "now-6h", to: "now" },
    timezone: "utc",
    templating: {
      list: [
        datasourceVariable(),
        variable("instance", "build_info"),
        variable("account", "account_readable"),
      ],
    },
    annotations: { list: [] },
    panels: placed(rows),
  };
}

function datasourceVariable(): object {
  return { name: "datasource", label: "Data source", type: "datasource", query: "prometheus", hide: 0 };
}

function variable(name: string, metric: string): object {
  return {
    name,
    type: "query",
    datasource: DATASOURCE,
    query: `label_values(grantkeeper_${metric}, ${name})`,
    refresh: 2,
    includeAll: true,
    multi: true,
    allValue: ".*",
    hide: 0,
  };
}

/** Every panel with its number and place: rows from the top, panels from the left. */
function placed(rows: DashboardRows): readonly object[] {
  const panels: object[] = [];
  let y = 0;
  for (const [title, row] of rows) {
    panels.push({
      id: panels.length + 1,
      type: "row",
      title,
      collapsed: false,
      panels: [],
      gridPos: { x: 0, y, w: COLUMNS, h: HEIGHT.row },
    });
    y += HEIGHT.row;
    let x = 0;
    for (const panel of row) {
      if (x + panel.width > COLUMNS) [x, y] = [0, y + HEIGHT[panel.type]];
      panels.push(panelOf(panel, panels.length + 1, { x, y, w: panel.width, h: HEIGHT[panel.type] }));
      x += panel.width;
    }
    y += HEIGHT[row.at(-1)?.type ?? "row"];
  }
  return panels;
}

function panelOf(
  { title, description, type, unit, queries, redFrom }: Panel,
  id: number,
  gridPos: object,
): object {
  const green = { color: "green", value: null };
  const steps = redFrom === null ? [green] : [green, { color: "red", value: redFrom }];
  return {
    id,
    type,
    title,
    description,
    datasource: DATASOURCE,
    gridPos,
    targets: queries.map(({ expr, legend }, at) => ({
      refId: String.fromCharCode(65 + at),
      datasource: DATASOURCE,
      expr,
      legendFormat: legend,
    })),
    fieldConfig: { defaults: { unit, min: 0, thresholds: { mode: "absolute", steps } }, overrides: [] },
    options: {},
  };
}
