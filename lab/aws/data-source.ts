/** One Pulumi function (a data source of the provider) in the simulation. */
import type { Account, Properties } from "./account.ts";

export interface DataSource {
  /** For example `aws:index/getRegion:getRegion`. */
  readonly token: string;
  invoke(aws: Account, args: Properties): Properties;
}

export function dataSource(
  token: string,
  invoke: (aws: Account, args: Properties) => Properties,
): DataSource {
  return { token, invoke };
}
