/** The messages of terraform-provider-aws, by id and by filter, and of EC2 and ECS. */
const absent =
  /no matching .* found|couldn't find resource|query returned no results|InvalidServiceName|\.NotFound|empty result|ClusterNotFound/;

/** Returns what a data source found; undefined if AWS has no such resource. */
export async function unlessAbsent<T>(find: () => Promise<T>): Promise<T | undefined> {
  try {
    return await find();
  } catch (error) {
    if (absent.test(String(error))) return undefined;
    throw error;
  }
}
