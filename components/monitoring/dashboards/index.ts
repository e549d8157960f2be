/** A dashboard for Grafana. */
export interface Dashboard {
  /** Name of its file, without `.json`. */
  readonly name: string;
  /** What Grafana imports; the file is read when this is asked for. */
  readonly json: string;
}

// The types bring the files into the built package: the compiler copies what it imports, be it for a type alone.
const files = {
  cluster: () => require("./cluster.json") as typeof import("./cluster.json"),
  environment: () => require("./environment.json") as typeof import("./environment.json"),
};

/** Every dashboard that `npm run generate` writes into this folder. */
export const dashboards: readonly Dashboard[] = Object.entries(files).map(([name, read]) => ({
  name,
  get json() {
    return JSON.stringify(read());
  },
}));
