import { checkAnswers } from './check/answers.js';
import { checkChoices } from './check/choices.js';
import { checkNames } from './check/names.js';
import { checkWays } from './check/ways.js';
import { checkIntents, checkStarted, checkSystem, checkWordsThatAlwaysWork } from './check/whole.js';
import type { Flows } from './compiled.js';
import type { CompileResult } from './compileFlow.js';
import type { FlowFault } from './yamlFile.js';

/** Looks over all flows together: names that nobody defined, ways that lead nowhere, choices that do not fit. */
export function checkFlows(flows: Flows, results: readonly CompileResult[]): FlowFault[] {
  return [
    ...results.flatMap((result) => [
      ...checkNames(flows, results, result),
      ...checkWays(result.flow),
      ...checkChoices(result.flow),
      ...checkAnswers(result.flow),
    ]),
    ...checkIntents(results),
    ...checkSystem(flows),
    ...checkWordsThatAlwaysWork(flows),
    ...checkStarted(flows),
  ];
}
