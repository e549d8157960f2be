import { CLUSTER } from "../core/cluster";
import { dangers } from "../core/parameterDangers";
import { readSetting, readValue, settingsOf } from "../core/parameters";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "cnpg-parameter-developer",
  title: "Developer options of Postgres are left alone.",
  severity: "low",
  tags: ["configuration"],
  why: "Postgres' documentation says that they should never be used on a production database: some slow it down, some write every page twice, some delay every connection.",
  remedy: "Take the parameter away.",
  url: "https://www.postgresql.org/docs/current/runtime-config-developer.html",
  types: [CLUSTER],
  judge({ resource, report, part }) {
    for (const setting of settingsOf(resource)) {
      const { facts, at, name } = setting;
      if (facts?.developer === undefined || dangers.some((danger) => danger.name === name)) continue;
      const byDefault = readValue(facts, facts.developer);
      part(() => {
        const value = readSetting(setting);
        if (value !== undefined && value !== byDefault)
          report(at, `"${at.scalar()}" is for the development of Postgres. Take the parameter away.`, [
            { path: at.path, remove: true },
          ]);
      });
    }
  },
});
