/** What a dashboard is made of, before Grafana's own form: what the JSON and the picture both come from. */

/** One expression of a panel, and the name of its series; `{{label}}` stands for a label's value. */
export interface Query {
  readonly expr: string;
  readonly legend: string;
  /** A line to compare with, such as what is declared: drawn with dashes. */
  readonly limit?: boolean;
}

/** From this value on it has this colour. */
export type Step = readonly [from: number, colour: "green" | "orange" | "red" | "blue"];

/** A column of a table: a query's value under this name. */
export interface Column extends Query {
  readonly unit: string;
  readonly steps?: readonly Step[];
  readonly texts?: Readonly<Record<string, readonly [text: string, colour: string]>>;
}

interface Anything {
  readonly title: string;
  /** What it says and when it is bad, for people. */
  readonly description: string;
  /** Columns of 24. */
  readonly width: number;
  readonly height: number;
}

/** A panel with lines, one big number, or a bar of states for each series. */
export interface Chart extends Anything {
  readonly kind: "lines" | "number" | "states";
  /** Grafana's name of the unit, such as `s`, `bytes`, `percentunit` or `short`. */
  readonly unit: string;
  readonly queries: readonly Query[];
  readonly steps?: readonly Step[];
  /** Value to the text that is shown in its place, and its colour. */
  readonly texts?: Readonly<Record<string, readonly [text: string, colour: string]>>;
  /** What is shown where there is no series. */
  readonly nothing?: string;
  /** Top of the axis. */
  readonly max?: number;
}

/** A panel with a line for each cluster. */
export interface Table extends Anything {
  readonly kind: "table";
  readonly columns: readonly Column[];
}

export type Panel = Chart | Table;

/** Panels under one heading. */
export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

export interface Dashboard {
  /** Name of its file. */
  readonly name: string;
  /** Identity in Grafana: a link with it stays valid when the dashboard is installed again. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  /** Whether its variables take several clusters at once. */
  readonly several: boolean;
  readonly rows: readonly Row[];
}

/** A panel with lines, three of which make a row. */
export const lines = (panel: Omit<Chart, "kind" | "width" | "height">): Panel => ({
  kind: "lines",
  width: 8,
  height: 8,
  ...panel,
});

/** Where something stands, in Grafana's grid of 24 columns. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** The rows of a dashboard and their panels, each with its place: from left to right, then the next line. */
export function laidOut(rows: readonly Row[]): { row: Row; place: Place; panels: [Panel, Place][] }[] {
  let y = 0;
  return rows.map((row) => {
    const place = { x: 0, y, w: 24, h: 1 };
    y += 1;
    let [x, tallest] = [0, 0];
    const panels = row.panels.map((panel): [Panel, Place] => {
      if (x + panel.width > 24) {
        y += tallest;
        [x, tallest] = [0, 0];
      }
      const at = { x, y, w: panel.width, h: panel.height };
      x += panel.width;
      tallest = Math.max(tallest, panel.height);
      return [panel, at];
    });
    y += tallest;
    return { row, place, panels };
  });
}
