/** One line of the report. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** The most that is allowed; without one the figure only informs. */
  readonly budget?: number;
  /** What it was computed from, or how. */
  readonly how: string;
}

/** A benchmark's figures, and what has to be said about them. */
export interface Report {
  readonly name: string;
  readonly title: string;
  readonly figures: readonly Figure[];
  readonly notes: readonly string[];
}

/** Whether a figure is within its budget; one without a budget always is. */
export function passes({ value, budget }: Figure): boolean {
  return budget === undefined || value <= budget;
}

/** The report as a table for people. */
export function formatReport({ title, figures, notes }: Report): string {
  const rows = figures.map((figure) => [
    figure.what,
    format(figure.value, figure.unit),
    figure.budget === undefined ? "" : `≤ ${format(figure.budget, figure.unit)}`,
    figure.budget === undefined ? "" : passes(figure) ? "PASS" : "FAIL",
    figure.how,
  ]);
  const table = [["", "measured", "budget", "", "from"], ...rows];
  const widths = [0, 1, 2, 3].map((i) => Math.max(...table.map((row) => (row[i] ?? "").length)));
  const lines = table.map((row) =>
    row
      .map((cell, i) => (i === 1 || i === 2 ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
  return [title, ...lines.map((line) => `  ${line}`), ...notes.map((note) => `  ${note}`)].join("\n");
}

function format(value: number, unit: string): string {
  const digits = unit === "MB" || unit === "ms" ? 0 : unit === "×" ? 3 : 2;
  return unit === "×" ? `${value.toFixed(digits)} ×` : `${value.toFixed(digits)} ${unit}`;
}
