/** How long CloudWatch Logs keeps events. */
import { type Problem, problemIf } from "./problem.ts";

/**
 * In days.
 *
 * Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
 */
export const retentionPeriods = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

/** Why CloudWatch Logs would not take a number of days. */
export function retentionProblems(field: string, days: number): readonly Problem[] {
  const periods: readonly number[] = retentionPeriods;
  return problemIf(!periods.includes(days), {
    field,
    value: String(days),
    rule: `must be one of ${periods.join(", ")}: CloudWatch Logs takes no other number of days`,
    remedy: `choose for example ${periods.find((period) => period > days) ?? periods.at(-1)}`,
  });
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html, "logGroupName" */
export const logGroupPattern = /^[.\-_/#A-Za-z0-9]{1,512}$/;
