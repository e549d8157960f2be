import { MonitoringBackend } from "../../args/monitoring";
import type { Backend } from "./backend";
import { gmp } from "./gmp";
import { prometheusOperator, victoriaMetrics } from "./operators";
import { scrapeConfig } from "./scrapeConfig";

/** What scrapes, by its name in a stack file; nothing for `none`. */
export const backends: Readonly<Record<MonitoringBackend, Backend | undefined>> = {
  [MonitoringBackend.Gmp]: gmp,
  [MonitoringBackend.PrometheusOperator]: prometheusOperator,
  [MonitoringBackend.VictoriaMetrics]: victoriaMetrics,
  [MonitoringBackend.ScrapeConfig]: scrapeConfig,
  [MonitoringBackend.None]: undefined,
};
