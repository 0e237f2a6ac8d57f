import type * as pulumi from "@pulumi/pulumi";
import { checked } from "./checked.ts";
import { refuse, when } from "./errors.ts";

/** In days. */
export const retentionPeriods = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

/**
 * Passes on how many days a log group keeps its events, if CloudWatch Logs takes that number.
 *
 * Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
 *
 * @param field path of the argument, for the error
 * @throws RunError when CloudWatch Logs does not take the number
 */
export function logRetention(field: string, days: pulumi.Input<number>): pulumi.Input<number> {
  return checked(days, (plain) => {
    const periods: readonly number[] = retentionPeriods;
    refuse(
      when(!periods.includes(plain), {
        field,
        value: String(plain),
        rule: `CloudWatch Logs keeps events for one of ${periods.join(", ")} days`,
        remedy: `choose for example ${periods.find((period) => period > plain) ?? periods.at(-1)}`,
      }),
    );
  });
}
