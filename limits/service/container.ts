/** What ECS and Docker take of a container. */
import { type Problem, problemIf } from "../problem.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html, "memory" */
export const leastMemoryMiB = 6;

/** Why Docker would not take a container's memory. */
export function memoryProblems(field: string, memoryMiB: number): readonly Problem[] {
  return problemIf(!Number.isInteger(memoryMiB) || memoryMiB < leastMemoryMiB, {
    field,
    value: String(memoryMiB),
    rule: `must be a whole number, at least ${leastMemoryMiB}: Docker takes no less for a container`,
    remedy: `raise it to ${leastMemoryMiB} or more`,
  });
}

/** Why ECS would not take a health check's command for a program. */
export function healthCommandProblems(field: string, command: readonly string[]): readonly Problem[] {
  const [program] = command;
  return problemIf(program === undefined || ["CMD", "CMD-SHELL", "NONE"].includes(program), {
    field,
    value: JSON.stringify(command),
    rule: "must be a program with its arguments, as it is run inside the container",
    remedy: 'write for example ["redis-cli", "ping"] or ["sh", "-c", "…"]',
  });
}
