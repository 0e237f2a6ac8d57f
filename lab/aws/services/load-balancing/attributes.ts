/** Elastic Load Balancing v2: attributes, which the provider sets one by one after it has created a resource. */

/** Returns `[{ Key, Value }]` for the inputs that have a value, by the API's names. */
export const attributes = (of: Readonly<Record<string, string | number | boolean | undefined>>) =>
  Object.entries(of).flatMap(([Key, value]) => (value === undefined ? [] : [{ Key, Value: String(value) }]));
