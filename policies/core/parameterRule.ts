import { CLUSTER } from "./cluster";
import { type DangerRule, dangers } from "./parameterDangers";
import { readSetting, settingsOf } from "./parameters";
import { type ResourceRule, type RuleFacts, resourceRule } from "./rule";

/** A rule about the values of parameters that the table of dangers has for it. */
export function parameterRule(of: DangerRule, facts: Omit<RuleFacts, "id">): ResourceRule {
  const own = dangers.filter(({ rule }) => rule === of);
  return resourceRule({
    id: `cnpg-parameter-${of}`,
    ...facts,
    types: [CLUSTER],
    judge({ resource, report, part }) {
      for (const setting of settingsOf(resource)) {
        const named = own.filter(({ name }) => name === setting.name);
        if (named.length === 0) continue;
        part(() => {
          const value = readSetting(setting);
          if (value === undefined) return;
          const found = named.find(({ is }) => is(value));
          if (found === undefined) return;
          const { path } = setting.at;
          // Where that is all that there is to do.
          const away = found.says.endsWith(" Take it away.");
          report(path, `"${setting.at.scalar()}" ${found.says}`, away ? [{ path, remove: true }] : []);
        });
      }
    },
  });
}
