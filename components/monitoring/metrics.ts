import { defaults } from "../args/defaults";
import type { MetricsSettings } from "../args/monitoring";
import type { Check } from "../check";
import type { Metrics } from "../plan/monitoring";
import { bad, type Parsed, parseWait } from "../units";
import { checkQueries } from "./queries";

/**
 * How metrics are served and scraped: as it is set, else as it is inherited.
 *
 * @param inherited what the environment says; of the environment itself, nothing
 */
export function decideMetrics(check: Check, args: MetricsSettings = {}, inherited?: Metrics): Metrics {
  const { interval, scrapeTimeout, tls, disableDefaultQueries } = {
    ...defaults.MetricsSettings,
    ...inherited,
    ...Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined)),
  } as Metrics;
  const every = check.parse("interval", args.interval, scrapeTime);
  const within = check.parse("scrapeTimeout", args.scrapeTimeout, scrapeTime);
  const said = args.scrapeTimeout !== undefined || args.interval !== undefined;
  const [less, more] = [within ?? seconds(scrapeTimeout), every ?? seconds(interval)];
  if (said && less !== undefined && more !== undefined) {
    const key = args.scrapeTimeout === undefined ? "interval" : "scrapeTimeout";
    const allowed =
      key === "interval"
        ? `more than the scrapeTimeout, ${scrapeTimeout}`
        : `less than the interval, ${interval}`;
    check.require(less < more, key, args[key], allowed);
  }
  check.parse("metricsQueriesTTL", args.metricsQueriesTTL, timeToLive);
  const queries = { ...inherited?.queries, ...args.queries };
  checkQueries(check.at("queries"), args.queries, queries);
  return {
    interval,
    scrapeTimeout,
    tls,
    queries,
    disableDefaultQueries,
    metricsQueriesTTL: args.metricsQueriesTTL ?? inherited?.metricsQueriesTTL,
  };
}

function seconds(text: string): number | undefined {
  const parsed = scrapeTime(text);
  return parsed.ok ? parsed.value : undefined;
}

/** How often, or within which time. After five minutes without a sample Prometheus takes a series for gone. */
function scrapeTime(text: string): Parsed<number> {
  const parsed = parseWait(text, 120);
  return parsed.ok && parsed.value >= 1 ? parsed : bad('a time of a second to 2 minutes, such as "30s"');
}

/** Zero would run every query at each scrape. */
function timeToLive(text: string): Parsed<number> {
  const parsed = parseWait(text, 3600);
  return parsed.ok && parsed.value >= 1 ? parsed : bad('a time of a second to an hour, such as "30s"');
}
