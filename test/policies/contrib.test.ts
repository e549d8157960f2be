import assert from "node:assert/strict";
import { contrib, inImage } from "../../components/cluster/contrib";
import { isInImage } from "../../policies/core/contrib";

describe("the policies' list of what is in CNPG's images", () => {
  for (const flavor of ["minimal", "standard", "system"] as const)
    it(`is the components' for ${flavor}`, () => {
      for (const major of [14, 15, 16, 17, 18])
        for (const name of [
          ...contrib("system", 14),
          ...contrib("system", 18),
          ...["pg_cron", "postgis", "plperl"],
        ])
          assert.equal(isInImage(flavor, name, major), inImage(flavor, name, major), `${name} of ${major}`);
    });
});
