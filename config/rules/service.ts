/** Services, and the nodes that can run them. */
import { repetitions } from "../../limits/problem.ts";
import { pullThroughCacheProblems, registryCredentialsProblems } from "../../limits/service/ecr-image.ts";
import { roomProblems } from "../../limits/service/placement.ts";
import { variablesProblems } from "../../limits/service/secrets.ts";
import { nodesOf } from "../views.ts";
import type { Rule } from "./rule.ts";

const placement: Rule = (config) => {
  const nodes = nodesOf(config);
  return Object.entries(config.services).flatMap(([name, service]) =>
    roomProblems(`services.${name}`, nodes, service),
  );
};

const permissions: Rule = ({ services }) =>
  Object.entries(services).flatMap(([name, { policies, secretsKeyArns }]) => [
    ...repetitions(`services.${name}.policies`, policies),
    ...repetitions(`services.${name}.secretsKeyArns`, secretsKeyArns),
  ]);

const variables: Rule = ({ services }) =>
  Object.entries(services).flatMap(([name, { environment, secrets }]) =>
    variablesProblems(`services.${name}`, environment, secrets),
  );

const images: Rule = ({ services }) =>
  Object.entries(services).flatMap(([name, { image, registryCredentials, pullThroughCache }]) => [
    ...(registryCredentials === undefined
      ? []
      : registryCredentialsProblems(`services.${name}.registryCredentials`, image)),
    ...(pullThroughCache ? pullThroughCacheProblems(`services.${name}.pullThroughCache`, image) : []),
  ]);

export const serviceRules: readonly Rule[] = [placement, permissions, variables, images];
