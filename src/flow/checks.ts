import { checkAnswers } from './check/answers.js';
import { checkChoices } from './check/choices.js';
import { checkContacts } from './check/contacts.js';
import { checkDeadEnds } from './check/deadEnds.js';
import { checkEmergencyLines } from './check/emergencyLines.js';
import { checkLengths } from './check/lengths.js';
import { checkMoney } from './check/money.js';
import { checkNames } from './check/names.js';
import { writtenValues } from './check/placed.js';
import type { Spoken } from './check/placed.js';
import { checkReading } from './check/reading.js';
import { checkUnsafe } from './check/unsafe.js';
import { checkWays } from './check/ways.js';
import { checkIntents, checkStarted, checkSystem, checkWordsThatAlwaysWork } from './check/whole.js';
import type { Flows } from './compiled.js';
import type { CompileResult } from './compileFlow.js';
import type { Allowed } from './load/allowed.js';
import type { FlowFault } from './yamlFile.js';

/** Looks over all flows together: names that nobody defined, ways that lead nowhere, choices that do not fit. */
export function checkFlows(flows: Flows, results: readonly CompileResult[]): FlowFault[] {
  return [
    ...results.flatMap((result) => [
      ...checkNames(flows, results, result),
      ...checkWays(result.flow),
      ...checkChoices(result.flow),
      ...checkAnswers(result.flow),
      ...checkDeadEnds(result.flow),
    ]),
    ...checkIntents(results),
    ...checkSystem(flows),
    ...checkWordsThatAlwaysWork(flows),
    ...checkStarted(flows),
  ];
}

/** Looks over all words in all languages: what may not be asked or named, what does not fit, what is hard to read. */
export function checkTexts(
  flows: Flows,
  results: readonly CompileResult[],
  texts: readonly Spoken[],
  allowed: Allowed,
): FlowFault[] {
  const shown = [...texts, ...writtenValues(results)];
  return [
    ...checkUnsafe(shown),
    ...checkMoney(shown, allowed),
    ...checkContacts(shown, allowed),
    ...checkEmergencyLines(flows, texts),
    ...checkLengths(texts),
    ...checkReading(texts),
  ];
}
