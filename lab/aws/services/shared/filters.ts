/** Filters of EC2's Describe operations, which the provider finds resources by. */
export const filters = (of: Readonly<Record<string, string>>) =>
  Object.entries(of).map(([Name, value]) => ({ Name, Values: [value] }));
