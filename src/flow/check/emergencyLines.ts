import { DEFAULT_LANGUAGE } from '../../words/languages.js';
import type { SystemKey } from '../../words/systemTexts.js';
import type { CompiledFlow, Flows } from '../compiled.js';
import { waits } from '../steps/index.js';
import type { FlowFault } from '../yamlFile.js';
import { fault } from './fault.js';
import type { Spoken } from './placed.js';

/**
 * Lines that an emergency's answer names, in every language. They stand in the program, not in a file that is edited:
 * a wrong figure here costs lives. Whoever changes one gives its source.
 */
export const EMERGENCY_LINES = [
  /** The one emergency call, free, day and night: Permenkominfo 10/2016; Banyuwangi answers it. */
  { line: '112', first: true },
  /** Ambulance, the older line; 119 took its place in most regencies. */
  { line: '118', first: false },
  /** Public Safety Center 119: Permenkes 19/2016 on the integrated emergency system. */
  { line: '119', first: false },
  /** The Ministry of Health's help in a mental crisis, with 119: healing119.id. */
  { line: 'healing119.id', first: false },
] as const;

/** Texts of the engine that name the emergency line. */
const LOCKED_TEXTS: readonly SystemKey[] = ['health_closing', 'handed_over_no_village', 'voice_handed_over'];

/** The answers to emergencies name their lines, in every language, at once, and nothing stands before them. */
export function checkEmergencyLines(flows: Flows, texts: readonly Spoken[]): FlowFault[] {
  const answering = answeringFlows(flows);
  return [...ways(answering), ...whole(answering, texts), ...each(answering, texts)];
}

function answeringFlows(flows: Flows): CompiledFlow[] {
  const found = flows.vocabulary.emergencyKinds.flatMap(
    (kind) => flows.byIntent.get(kind) ?? flows.byId.get('emergency') ?? [],
  );
  return [...new Set(found)];
}

/** Nobody in need is asked anything first. */
function ways(answering: readonly CompiledFlow[]): FlowFault[] {
  return answering.flatMap((flow) => [
    ...(flow.needs !== 'nothing'
      ? [fault(flow, 1, 'an emergency is answered only where the village is known', 'take out `needs:`')]
      : []),
    ...flow.steps
      .filter((step) => waits(step) || step.type === 'look_up' || step.type === 'do' || step.type === 'wait')
      .map((step) =>
        fault(
          flow,
          step.line,
          `the answer to an emergency stops at "${step.id}"`,
          'say where to call, and end: ask and look up nothing',
        ),
      ),
  ]);
}

/** All answers together name all lines. */
function whole(answering: readonly CompiledFlow[], texts: readonly Spoken[]): FlowFault[] {
  const said = answersOf(answering, texts);
  const first = said[0];
  if (!first) return [];
  return [...new Set(said.map(({ language }) => language))].flatMap((language) => {
    const own = said.filter((text) => text.language === language);
    // A language that is being translated lacks whole texts: those are missing, not edited away.
    if (own.length < said.filter((text) => text.language === DEFAULT_LANGUAGE).length) return [];
    return EMERGENCY_LINES.filter(({ line }) => !own.some((text) => names(text, line))).map(({ line }) =>
      own[0]!.fault(
        `no answer to an emergency names ${line} any more`,
        `put ${line} back: emergency lines cannot be edited away`,
      ),
    );
  });
}

/** Each answer names 112, before any other line; a translation names what the Indonesian text names. */
function each(answering: readonly CompiledFlow[], texts: readonly Spoken[]): FlowFault[] {
  const said = answersOf(answering, texts);
  const locked = texts.filter(
    ({ flow, of }) => flow === null && (LOCKED_TEXTS as readonly string[]).includes(of),
  );
  return [...said, ...locked].flatMap((text) => {
    const own = texts.find(
      (other) =>
        other.of === text.of &&
        other.step === text.step &&
        other.language === DEFAULT_LANGUAGE &&
        other.kind === text.kind,
    );
    const missing = EMERGENCY_LINES.filter(
      ({ line, first }) => !names(text, line) && (first || (own !== undefined && names(own, line))),
    );
    const faults = missing.map(({ line }) =>
      text.fault(
        `this answer to an emergency does not name ${line}`,
        `write ${line} into it: emergency lines are locked`,
      ),
    );
    const source = text.words.source;
    const others = EMERGENCY_LINES.filter(({ first, line }) => !first && names(text, line));
    const isLate = others.some(({ line }) => source.search(edges(line)) < source.search(edges('112')));
    return missing.length === 0 && isLate
      ? [
          ...faults,
          text.fault('another line stands before 112', 'begin with 112: it is free, and answers at night'),
        ]
      : faults;
  });
}

function answersOf(answering: readonly CompiledFlow[], texts: readonly Spoken[]): Spoken[] {
  return texts.filter(
    ({ flow, step, kind }) =>
      flow !== null && answering.includes(flow) && (kind === 'end' || kind === 'say') && step !== null,
  );
}

function names(text: Spoken, line: string): boolean {
  return edges(line).test(text.words.source);
}

function edges(line: string): RegExp {
  return new RegExp(`(?<![\\p{L}\\d])${line.replaceAll('.', '\\.')}(?![\\p{L}\\d])`, 'u');
}
