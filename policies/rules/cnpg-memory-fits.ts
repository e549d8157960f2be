import { CLUSTER } from "../core/cluster";
import { readSetting, settingOf, sizeOf } from "../core/parameters";
import { postgresBytes, quantityBytes, showBytes } from "../core/quantity";
import { resourceRule } from "../core/rule";
import type { View } from "../core/view";

const MB = 1024 ** 2;

export default resourceRule({
  id: "cnpg-memory-fits",
  title: "The memory of an instance is enough for what Postgres's parameters add up to.",
  severity: "high",
  tags: ["resources"],
  why: "Past its memory limit the kernel kills Postgres and every connection with it. CNPG's webhook only compares shared_buffers with the memory request.",
  remedy: "Raise the memory, or lower shared_buffers, maintenance_work_mem or max_connections.",
  url: "https://cloudnative-pg.io/documentation/current/resource_management/",
  types: [CLUSTER],
  parameters: {
    megabytesPerConnection: {
      type: "number",
      default: 1,
      description:
        "Memory that a connection needs at the very least, in MB; idle ones of real applications have more.",
    },
  },
  judge({ resource, view, parameters, report, part }) {
    const resources = view.at("spec", "resources");
    // With huge pages shared_buffers are not in the memory that is limited.
    const hugePages = ["limits", "requests"].some((kind) =>
      resources.keys(kind).some((name) => name.startsWith("hugepages-")),
    );
    if (hugePages) return;
    part(() => {
      const limit = bytesOf(resources.at("limits", "memory"));
      if (limit === undefined) return;
      const buffers = sizeOf(resource, "shared_buffers") ?? 128 * MB;
      const maintenance = sizeOf(resource, "maintenance_work_mem") ?? 64 * MB;
      const connections = Number(readSetting(settingOf(resource, "max_connections")) ?? 100);
      // Where nobody has said what Postgres may take, 100 connections are not what anybody expects of a small cluster.
      const said = ["shared_buffers", "maintenance_work_mem", "max_connections"].some(
        (name) => settingOf(resource, name).at.exists,
      );
      if (!said && buffers < limit) return;
      const needed =
        buffers + maintenance + connections * Number(parameters.megabytesPerConnection) * 1024 ** 2;
      if (needed <= limit) return;
      report(
        resources.at("limits", "memory"),
        `${resources.scalar("limits", "memory")} is less than shared_buffers (${showBytes(buffers)}), maintenance_work_mem (${showBytes(maintenance)}) and ${connections} connections need: at least ${showBytes(needed)}.`,
      );
    });
    part(() => {
      const request = bytesOf(resources.at("requests", "memory"));
      if (request === undefined || !settingOf(resource, "shared_buffers").at.exists) return;
      // The webhook takes a number alone for megabytes, and Postgres for pages.
      const buffers = postgresBytes(settingOf(resource, "shared_buffers").at.scalar() ?? "", "MB") ?? 0;
      if (buffers > request)
        report(
          resources.at("requests", "memory"),
          `${resources.scalar("requests", "memory")} is less than shared_buffers as CNPG reads them (${showBytes(buffers)}), and it refuses that. Request more.`,
        );
    });
  },
});

function bytesOf(view: View): number | undefined {
  return quantityBytes(view.scalar() ?? "");
}
